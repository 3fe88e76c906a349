"""The fixtures of the inbox's tests: every conformance test runs on every kind of inbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.inbox.protocol import Inbox
from tests.inbox.builders import Inboxes, TurnedClock
from tests.postgres import ServerClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def inboxes(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock
) -> AsyncIterator[Inboxes]:
    if request.param == "sqlite":
        inboxes = Inboxes("sqlite", str(tmp_path / "bot.sqlite3"), clock)
    else:
        url = request.getfixturevalue("postgres_url")
        server_clock = ServerClock.of(url)
        server_clock.set(clock.now)
        clock.followers.append(server_clock.set)
        inboxes = Inboxes("postgres", url, clock, server_clock)
    yield inboxes
    await inboxes.close()


@pytest.fixture
async def inbox(inboxes: Inboxes) -> Inbox:
    return await inboxes.open()
