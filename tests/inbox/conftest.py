"""The fixtures of the inbox's tests: every conformance test runs on every kind of inbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.inbox.inbox import Inbox
from tests.inbox.builders import Inboxes, TurnedClock
from tests.postgres import ServerClock

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture(params=KINDS)
async def inboxes(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock
) -> AsyncIterator[Inboxes]:
    """Inboxes of each kind; where it takes long to make one, others have used the place before."""
    inboxes = _at(request, tmp_path, clock, "postgres_store")
    yield inboxes
    await inboxes.close()


@pytest.fixture(params=KINDS)
async def nowhere(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock
) -> AsyncIterator[Inboxes]:
    """The same, at places where nothing was made yet."""
    inboxes = _at(request, tmp_path, clock, "postgres_url")
    yield inboxes
    await inboxes.close()


def _at(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock, postgres: str
) -> Inboxes:
    if request.param == "sqlite":
        return Inboxes("sqlite", str(tmp_path / "bot.sqlite3"), clock)
    url = request.getfixturevalue(postgres)
    server_clock = ServerClock.of(url)
    server_clock.set(clock.now)
    clock.followers.append(server_clock.set)
    return Inboxes("postgres", url, clock, server_clock)


@pytest.fixture
async def inbox(inboxes: Inboxes) -> Inbox:
    return await inboxes.open()
