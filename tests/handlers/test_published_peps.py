"""The register where GitHub does not tell everything."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.handlers import published_peps as room
from bot.handlers.published_peps import update_register
from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.review.published_peps import published_from_text
from bot.store.database import open_database
from bot.store.register import RegisterStore, stored_policy
from bot.store.store import Store
from tests.apps import fake_app
from tests.builders import NOW, repository
from tests.empty_store import put_empty_store
from tests.rules.builders import pep_text

QUIET = "[reminders]\nquiet_days = 99\n"


@pytest.mark.parametrize("is_complete", [True, False])
async def test_a_list_of_files_that_was_cut_off_strikes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_complete: bool
) -> None:
    put_empty_store(tmp_path / "bot.sqlite3")
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    store, register = Store(database), RegisterStore(database)
    policies = ["", QUIET]
    blobs: Mapping[PepNumber, str] = {PepNumber(1): "b"}

    async def tip(*_: object) -> tuple[object, str, object]:
        base_branch = SimpleNamespace(
            blobs=blobs, is_complete=is_complete, policy_text=policies.pop(0)
        )
        return None, "main", base_branch

    monkeypatch.setattr(room, "tip_of", tip)
    peps = [published_from_text(PepNumber(one), "b", pep_text(one), NOW) for one in (1, 2)]
    await register.enter(repository(), peps)
    app = fake_app(database)
    await update_register(app, None, repository())
    assert set(await register.register(repository())) == ({1} if is_complete else {1, 2})
    assert await stored_policy(store, repository()) == default_policy()
    await update_register(app, None, repository())
    assert (await stored_policy(store, repository())).reminders.quiet_days == 99
    await database.close()
