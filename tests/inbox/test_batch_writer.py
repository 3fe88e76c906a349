"""Deliveries stored in groups: few transactions, and each answered for itself."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.inbox.delivery import Delivery
from bot.inbox.group_commit import BatchWriter
from bot.inbox.protocol import Acceptance, InboxUnavailable
from tests.inbox.builders import review


class FakeStore:
    """Stores groups when it is told to go on."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.fault: Exception | None = None
        self.go_on = asyncio.Event()

    async def store(self, deliveries: Sequence[Delivery]) -> Sequence[Acceptance]:
        names = [delivery.id for delivery in deliveries]
        self.groups.append(names)
        await self.go_on.wait()
        if self.fault is not None:
            raise self.fault
        if "bad" in names:
            raise ValueError("bad")
        return [Acceptance.ACCEPTED] * len(names)


async def _offered(together: BatchWriter, *names: str) -> list[asyncio.Task[Acceptance]]:
    offers = [asyncio.create_task(together.accept(review(name))) for name in names]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return offers


async def test_what_arrives_meanwhile_shares_the_next_transaction() -> None:
    fake_store = FakeStore()
    together = BatchWriter(fake_store.store)
    offers = await _offered(together, "a")
    offers += await _offered(together, "b", "c")
    fake_store.go_on.set()
    assert await asyncio.gather(*offers) == [Acceptance.ACCEPTED] * 3
    assert fake_store.groups == [["a"], ["b", "c"]]


async def test_one_that_cannot_be_stored_takes_no_other_with_it() -> None:
    fake_store = FakeStore()
    together = BatchWriter(fake_store.store)
    offers = await _offered(together, "a", "bad", "c")
    fake_store.go_on.set()
    answers = await asyncio.gather(*offers, return_exceptions=True)
    assert [answers[0], answers[2]] == [Acceptance.ACCEPTED] * 2
    assert isinstance(answers[1], ValueError)


async def test_nobody_waits_again_for_a_database_that_is_away() -> None:
    fake_store = FakeStore()
    together = BatchWriter(fake_store.store)
    offers = await _offered(together, "a")
    offers += await _offered(together, "b")
    fake_store.fault = InboxUnavailable("away")
    fake_store.go_on.set()
    answers = await asyncio.gather(*offers, return_exceptions=True)
    assert [type(answer) for answer in answers] == [InboxUnavailable] * 2
    assert fake_store.groups == [["a"]]
    fake_store.fault = None
    assert await together.accept(review("c")) is Acceptance.ACCEPTED


async def test_who_stops_waiting_stops_nothing() -> None:
    fake_store = FakeStore()
    together = BatchWriter(fake_store.store)
    gone, stays = await _offered(together, "a", "b")
    gone.cancel()
    fake_store.go_on.set()
    assert await stays is Acceptance.ACCEPTED
    with pytest.raises(asyncio.CancelledError):
        await gone
    await together.close()
