"""A place for a store of each kind: what is promised holds on both."""

from pathlib import Path

import pytest

POSTGRES = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(params=["sqlite", POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The `DATABASE_URL` of a store yet to be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/bot.sqlite3"
    url: str = request.getfixturevalue("postgres_url")
    return url
