"""What a running bot knows of numbers, read from either kind of store."""

import asyncio
from pathlib import Path

import pytest

from bot.offline.numbers import known_numbers
from bot.offline.request import CannotRun
from bot.peps.number import PepNumber
from bot.review.subject import Repository
from bot.store.database import open_database
from bot.store.names import RepositoryNames
from bot.store.store import Store
from tests.store.builders import OTHER, PEPS, subject


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bot.sqlite3"
    url: str = request.getfixturevalue("postgres_url")
    return url


async def _fill(url: str) -> None:
    database = await open_database(url)
    store, names = Store(database), RepositoryNames(database)
    await names.set_name(Repository("python/proposals", 7), 100)
    await names.set_name(PEPS, 100)
    await store.set_claims(subject(), [PepNumber(791)])
    await store.complete_claims(PEPS, True)
    await store.close()


def test_claims_are_known_while_a_server_runs_and_after(url: str) -> None:
    asyncio.run(_fill(url))
    assert known_numbers(url, None).claims == {791}
    assert known_numbers(url, "Python/PEPs").claims == {791}
    assert known_numbers(url, "python/proposals").claims == {791}, "by a former name"
    with pytest.raises(CannotRun, match="the store has: python/peps"):
        known_numbers(url, OTHER.full_name)


def test_a_store_that_is_not_there_is_reported_and_not_made(url: str) -> None:
    for _ in range(2):
        with pytest.raises(CannotRun, match="there is no store"):
            known_numbers(url, None)
