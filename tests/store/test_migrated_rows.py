"""Every earlier version's store is brought up to date with all that it remembers."""

from collections.abc import Iterable

import pytest

from bot.store.copying import whole_store
from bot.store.database import open_database
from bot.store.location import located
from bot.store.migrate import is_there, migrate_store, require_current, run_migrations
from bot.store.store import Store
from tests.store.builders import memory, subject
from tests.store.filled import Contents, contents, fill

EARLIER = ("0001", "0002", "0003", "0004", "0005")


async def test_what_earlier_versions_remembered_is_kept_through_all_that_came_after(
    empty_url: str,
) -> None:
    location = located(empty_url)
    kept: dict[str, Contents] = {}
    with whole_store(location, to_change=True) as connection:
        for revision in EARLIER:
            run_migrations(connection, revision)
            # Each table gets its rows in the version that brings it.
            known = {name for before in kept.values() for name in before}
            fill(connection, range(1, 9), but=known)
            found = contents(connection)
            kept[revision] = {name: rows for name, rows in found.items() if name not in known}
    after = await _assert_kept(empty_url, kept.values())
    assert {row["priority"] for row in after["delivery"]} == {1}


@pytest.mark.exhaustive
@pytest.mark.parametrize("revision", EARLIER)
async def test_what_an_earlier_version_remembered_is_kept(empty_url: str, revision: str) -> None:
    with whole_store(located(empty_url), to_change=True) as connection:
        run_migrations(connection, revision)
        fill(connection, range(1, 9))
        before = contents(connection)
    after = await _assert_kept(empty_url, [before])
    if revision < "0003":
        assert {row["priority"] for row in after["delivery"]} == {1}


async def _assert_kept(url: str, kept: Iterable[Contents]) -> Contents:
    """Bring a store up to date, and compare; it is used as any other from then on."""
    location = located(url)
    assert is_there(location)
    migrate_store(location)
    require_current(location)
    with whole_store(location) as connection:
        for before in kept:
            columns = {name: rows[0].keys() for name, rows in before.items()}
            assert contents(connection, columns) == before
        after = contents(connection)
    assert after["repository_id"] == after["repository_name"] == []
    assert after["touched_pep"] == [], "no memory here is one"
    assert after["account"] == []
    assert {row["account"] for row in after["act"]} == {None}
    store = Store(await open_database(url))
    await store.remember(subject(99), memory())
    assert await store.recall(subject(99)) == memory()
    await store.close()
    return after
