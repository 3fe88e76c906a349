"""Every earlier version's store is brought up to date with all that it remembers."""

import pytest

from bot.store import build
from bot.store.database import open_database
from bot.store.location import located
from bot.store.sql import SqlStore
from bot.store.upkeep import bring_up_to_date, is_there, require_current
from bot.store.whole import whole_store
from tests.store.builders import memory, subject
from tests.store.filled import contents, fill


@pytest.mark.parametrize("revision", ["0001", "0002", "0003", "0004"])
async def test_what_an_earlier_version_remembered_is_kept(url: str, revision: str) -> None:
    location = located(url)
    with whole_store(location, to_change=True) as connection:
        build.run_migrations(connection, revision)
        fill(connection, range(1, 9))
        before = contents(connection)
    assert is_there(location)
    bring_up_to_date(location)
    require_current(location)
    columns = {name: rows[0].keys() for name, rows in before.items()}
    with whole_store(location) as connection:
        assert contents(connection, columns) == before
        after = contents(connection)
    if revision < "0003":
        assert {row["priority"] for row in after["delivery"]} == {1}
    assert after["submission"] == []
    store = SqlStore(await open_database(url))
    await store.remember(subject(99), memory())
    assert await store.recall(subject(99)) == memory()
    await store.close()
