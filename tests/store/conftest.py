"""A place for a store of each kind: what is promised holds on both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store.database import Database, open_database
from bot.store.store import Store
from tests.empty_store import put_empty_store

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
_FILE = "bot.sqlite3"


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The `DATABASE_URL` of a store that remembers nothing."""
    put_empty_store(tmp_path / _FILE)
    return _place(request, tmp_path, "postgres_store")


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The `DATABASE_URL` of a store yet to be made."""
    return _place(request, tmp_path, "postgres_url")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A store that remembers nothing, open."""
    opened = await open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def _place(request: pytest.FixtureRequest, tmp_path: Path, postgres: str) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / _FILE}"
    url: str = request.getfixturevalue(postgres)
    return url
