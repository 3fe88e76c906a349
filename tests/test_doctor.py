"""`doctor` checks what an operator can get wrong, and says what to fix."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.cli.doctor import Diagnosis, examine
from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.inbox.delivery import Delivery, DeliveryKind
from bot.inbox.open import open_inbox
from bot.store.database import open_database
from bot.store.location import REVISION
from bot.store.store import Store
from tests.builders import repository
from tests.github.scripted_github import Reply, ScriptedGitHub, private_key, scripted_github
from tests.inbox.builders import handle_all
from tests.test_settings import VARIABLES

APP: dict[str, Any] = {
    "id": 4711,
    "slug": "pep-editor-bot",
    "permissions": dict(PERMISSIONS),
    "events": list(SUBSCRIBED_EVENTS),
}
OWNERS = b"*  @python/pep-editors\n"


@pytest.fixture
async def github(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[ScriptedGitHub]:
    """A simulated GitHub with the app, and settings for it."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    async with scripted_github() as scripted:
        scripted.clock.now = datetime.now(UTC)
        monkeypatch.setenv("GH_APP_ID", "4711")
        monkeypatch.setenv("GH_SECRET", "secret")
        monkeypatch.setenv("GH_PRIVATE_KEY", private_key())
        monkeypatch.setenv("GH_API_URL", scripted.url)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'bot.sqlite3'}")
        scripted.will("GET", "/app", Reply(APP))
        yield scripted


async def install(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    await Store(database).add_repository(repository())
    await database.close()


def about(found: list[Diagnosis], subject: str) -> Diagnosis:
    (only,) = [diagnosis for diagnosis in found if diagnosis.subject == subject]
    return only


def faults(found: list[Diagnosis]) -> list[str]:
    return [f"{one.subject}: {one.message}" for one in found if one.is_fault]


def inbox_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'bot.sqlite3'}"


async def test_what_came_in_and_waits_is_reported(github: ScriptedGitHub, tmp_path: Path) -> None:
    assert about(await examine(), "deliveries").message == "none received yet, none waiting"
    inbox = await open_inbox(inbox_url(tmp_path))
    ago = datetime.now(UTC) - timedelta(minutes=40)
    for name in ("d1", "d2"):
        await inbox.accept(
            Delivery(name, "push", "", f"python/{name}", DeliveryKind.ACT, b"{}", ago)
        )
        if name == "d1":
            await handle_all(inbox, dead=[name])
    await inbox.close()
    found_diagnosis = about(await examine(), "deliveries")
    assert found_diagnosis.message == (
        "last received 40 min ago, 1 waiting, the oldest for 40 min, "
        "1 dead: see `deliveries list --state dead`"
    )
    assert found_diagnosis.is_warning


async def test_a_good_setup_has_no_fault(github: ScriptedGitHub) -> None:
    found = await examine()
    assert faults(found) == []
    assert about(found, "app").message == "its name on GitHub is pep-editor-bot"
    assert about(found, "permissions").message == "all granted"
    assert about(found, "events").message == "all subscribed"
    assert about(found, "repositories").is_warning


@pytest.fixture
def on_postgres(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> ScriptedGitHub:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    return github


@pytest.mark.postgres
async def test_postgresql_is_looked_at_like_a_file(
    on_postgres: ScriptedGitHub, postgres_url: str
) -> None:
    for _ in range(2):
        found = await examine()
        assert faults(found) == []
        assert re.fullmatch(
            rf"can be read and written \(PostgreSQL [0-9.]+.*, schema {REVISION}\)",
            about(found, "store").message,
        )
        assert about(found, "deliveries").message == "none received yet, none waiting"


@pytest.mark.postgres
async def test_a_postgresql_that_cannot_be_used_is_reported_without_its_password(
    on_postgres: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{postgres_url}_none".replace("bot@", "bot:hunter2@"))
    (fault,) = faults(await examine())
    assert "there is no such database: create it" in fault
    assert "hunter2" not in fault


@pytest.mark.postgres
async def test_a_postgresql_that_may_not_be_written_is_reported(
    on_postgres: ScriptedGitHub, postgres_url: str
) -> None:
    await examine()
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        name = owner.info.dbname
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    (fault,) = faults(await examine())
    assert "set to read only" in fault


async def test_a_missing_permission_is_named(github: ScriptedGitHub) -> None:
    granted = PERMISSIONS | {"checks": "read"}
    github.will("GET", "/app", Reply(APP | {"permissions": granted}))
    (fault,) = faults(await examine())
    assert "checks: write" in fault


async def test_a_missing_optional_permission_is_a_remark(github: ScriptedGitHub) -> None:
    granted = {name: level for name, level in PERMISSIONS.items() if name != "members"}
    github.will("GET", "/app", Reply(APP | {"permissions": granted}))
    found = await examine()
    assert faults(found) == []
    assert "members: read" in about(found, "permission").message


async def test_a_missing_event_is_named(github: ScriptedGitHub) -> None:
    github.will("GET", "/app", Reply(APP | {"events": ["push"]}))
    (fault,) = faults(await examine())
    assert "pull_request_review_comment" in fault
    assert "push" not in fault


async def test_a_key_that_github_refuses_is_reported(github: ScriptedGitHub) -> None:
    github.will("GET", "/app", Reply({"message": "Bad credentials"}, 401))
    found = await examine()
    assert about(found, "app").is_fault
    assert "does not accept GH_APP_ID" in about(found, "app").message
    assert "PRIVATE KEY" not in " ".join(one.message for one in found)


async def test_a_github_out_of_reach_is_not_blamed_on_the_key(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.will("GET", "/app", Reply({"message": "Server Error"}, 503))
    (fault,) = faults(await examine())
    assert f"app: {github.url} is unreachable" in fault
    assert "GH_APP_ID" not in fault


async def test_a_key_that_is_none_is_reported_without_being_shown(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_PRIVATE_KEY", "not-a-key-but-secret")
    found = await examine()
    assert about(found, "key").is_fault
    assert "not-a-key-but-secret" not in " ".join(one.message for one in found)


async def test_a_store_that_cannot_be_opened_is_reported(
    github: ScriptedGitHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("no database, and long enough to be taken for none\n" * 9)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'notes.txt'}")
    found = await examine()
    assert about(found, "store").is_fault


async def test_a_repository_that_cannot_be_read_is_a_fault(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    (fault,) = faults(await examine())
    assert fault.startswith("editors of python/peps: the repository cannot be read")


def owned_by_a_team(github: ScriptedGitHub) -> None:
    entry = {"path": ".github/CODEOWNERS", "sha": "c" * 40, "mode": "100644", "type": "blob"}
    pep = {"path": "peps/pep-0001.rst", "sha": "d" * 40, "mode": "100644", "type": "blob"}
    github.will("GET", "/repos/python/peps", Reply({"default_branch": "main"}))
    github.will("GET", "/repos/python/peps/git/trees/main", Reply({"tree": [entry, pep]}))
    github.will("GET", f"/repos/python/peps/git/blobs/{'c' * 40}", Reply(OWNERS))


async def test_the_editors_are_counted(github: ScriptedGitHub, tmp_path: Path) -> None:
    await install(tmp_path)
    owned_by_a_team(github)
    members = [{"login": "edda"}, {"login": "edgar"}]
    github.will("GET", "/orgs/python/teams/pep-editors/members", Reply(members))
    found = await examine()
    assert faults(found) == []
    assert about(found, "editors of python/peps").message == "2 accounts"


async def test_of_a_repository_that_is_only_listened_to_no_editors_are_asked(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    github.will("GET", "/repos/python/peps", Reply({"default_branch": "main"}))
    github.will("GET", "/repos/python/peps/git/trees/main", Reply({"tree": []}))
    found = await examine()
    listened_to = about(found, "python/peps")
    assert listened_to.message == "has no PEPs and no policy, so the bot only listens to it"
    assert not [one for one in found if one.is_fault or one.is_warning]


async def test_a_policy_that_is_not_followed_is_reported_with_its_line(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    entries = [
        {"path": ".github/CODEOWNERS", "sha": "c" * 40, "mode": "100644", "type": "blob"},
        {"path": ".github/pep-bot.toml", "sha": "d" * 40, "mode": "100644", "type": "blob"},
    ]
    github.will("GET", "/repos/python/peps", Reply({"default_branch": "main"}))
    github.will("GET", "/repos/python/peps/git/trees/main", Reply({"tree": entries}))
    github.will("GET", f"/repos/python/peps/git/blobs/{'c' * 40}", Reply(OWNERS))
    github.will("GET", f"/repos/python/peps/git/blobs/{'d' * 40}", Reply(b"\n[lables]\n"))
    github.will("GET", "/orgs/python/teams/pep-editors/members", Reply([{"login": "edda"}]))
    found = await examine()
    found_diagnosis = about(found, "base of python/peps")
    assert found_diagnosis.is_warning
    assert "line 2: Unknown key; did you mean `labels`?" in found_diagnosis.message
    assert about(found, "editors of python/peps").message == "1 account"


async def test_one_editor_is_one_account(github: ScriptedGitHub, tmp_path: Path) -> None:
    await install(tmp_path)
    owned_by_a_team(github)
    github.will("GET", "/orgs/python/teams/pep-editors/members", Reply([{"login": "edda"}]))
    assert about(await examine(), "editors of python/peps").message == "1 account"


async def test_a_team_that_may_not_be_read_leaves_no_editor_and_says_so(
    github: ScriptedGitHub, tmp_path: Path
) -> None:
    await install(tmp_path)
    owned_by_a_team(github)
    members = "/orgs/python/teams/pep-editors/members"
    github.will("GET", members, Reply({"message": "Not here"}, 403))
    found = await examine()
    assert faults(found) == []
    assert "nobody counts as an editor" in about(found, "editors of python/peps").message
