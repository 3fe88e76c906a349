"""The fixtures of the inbox's tests: every conformance test runs on every kind of inbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.inbox.protocol import Inbox
from tests.inbox.builders import OPENERS, Inboxes, TurnedClock


@pytest.fixture
def clock() -> TurnedClock:
    return TurnedClock()


@pytest.fixture(params=sorted(OPENERS))
async def inboxes(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TurnedClock
) -> AsyncIterator[Inboxes]:
    inboxes = Inboxes(request.param, tmp_path / "bot.sqlite3", clock)
    yield inboxes
    await inboxes.close()


@pytest.fixture
async def inbox(inboxes: Inboxes) -> Inbox:
    return await inboxes.open()
