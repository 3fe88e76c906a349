"""The server's reader: beside the event loop, each text once, and never lost to a breakdown."""

import asyncio
from threading import Event, active_count

import pytest

from bot.markup.process import MarkupProcess
from bot.markup.reader import MarkupReader
from bot.peps.change import Markup
from tests.markup.test_read import below
from tests.markup.test_workers import SLOW, children

ODD = Markup(incomplete_reason="odd")
BAD = below("A reference_.")


async def test_reading_does_not_block_the_loop_and_waiting_texts_can_be_cancelled() -> None:
    reader = MarkupReader(seconds=0.5)
    turns = 0
    reading = asyncio.create_task(reader.read(SLOW))
    waiting = asyncio.create_task(reader.read(BAD))
    await asyncio.sleep(0)
    waiting.cancel()
    while not reading.done():
        turns += 1
        await asyncio.sleep(0.01)
    assert turns > 20
    assert (await reading).incomplete_reason == "it took longer than 0.5 s"
    assert waiting.cancelled()
    assert (await reader.read(BAD)).problems
    await reader.close()


async def test_nothing_starts_before_the_first_text() -> None:
    others, threads = children(), active_count()
    reader = MarkupReader()
    assert (children(), active_count()) == (others, threads)
    assert (await reader.read(BAD)).problems
    assert len(children() - others) == 1
    await reader.close()
    assert children() == others


async def test_a_cancelled_review_cancels_its_text() -> None:
    slow = MarkupReader(seconds=600)
    reading = asyncio.create_task(slow.read(SLOW))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (await slow.read(BAD)).problems
    await slow.close()


async def test_each_text_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def read(process: MarkupProcess, text: str, cancelled: Event) -> Markup:
        asked.append(text)
        return ODD

    monkeypatch.setattr(MarkupProcess, "read", read)
    reader = MarkupReader()
    for text in (BAD, "\ud800", BAD, "\ud800"):
        assert await reader.read(text) == ODD
    assert asked == [BAD, "\ud800"]
    await reader.close()


async def test_closing_does_not_wait_for_what_is_read() -> None:
    reader = MarkupReader(seconds=600)
    reading = asyncio.create_task(reader.read(SLOW))
    await asyncio.sleep(0)
    await reader.close()
    assert (await reading).incomplete_reason
