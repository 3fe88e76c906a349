"""The server's reader: beside the event loop, each text once, and never lost to a breakdown."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future
from typing import ClassVar

import pytest
from pebble import ProcessExpired

from bot.markup import reader as module
from bot.markup.reader import MarkupReader
from bot.markup.workers import BROKE_DOWN, MarkupWorkers
from bot.peps.markup import Markup
from tests.markup.test_read import below
from tests.markup.test_workers import SLOW

BAD = below("A reference_.")


@pytest.fixture
async def reader() -> AsyncIterator[MarkupReader]:
    made = MarkupReader(seconds=2)
    yield made
    await made.close()


async def test_a_text_is_read_while_the_loop_runs_on(reader: MarkupReader) -> None:
    turns = 0
    reading = asyncio.create_task(reader.read(SLOW))
    while not reading.done():
        turns += 1
        await asyncio.sleep(0.01)
    assert (await reading).gave_up
    assert turns > 20
    assert (await reader.read(BAD)).problems


async def test_nothing_starts_before_the_first_text() -> None:
    unused = MarkupReader()
    await unused.close()


async def test_a_reader_that_was_closed_starts_anew(reader: MarkupReader) -> None:
    await reader.read(BAD)
    await reader.close()
    assert await reader.read(below("Words.")) == Markup()


async def test_a_review_that_is_called_off_takes_its_text_along() -> None:
    slow = MarkupReader(seconds=600)
    reading = asyncio.create_task(slow.read(SLOW))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert (await slow.read(BAD)).problems
    await slow.close()


class Scripted:
    """Workers that do what is written, one item a text."""

    script: ClassVar[list[Markup | Exception]] = []

    def __init__(self, processes: int, *, seconds: float) -> None:
        self.outcome = MarkupWorkers.outcome.__get__(self)
        self._seconds = seconds

    def begin(self, text: str) -> "Future[Markup]":
        item = self.script.pop(0)
        if isinstance(item, RuntimeError):
            raise item
        future: Future[Markup] = Future()
        if isinstance(item, Exception):
            future.set_exception(item)
        else:
            future.set_result(item)
        return future

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("script", "answer", "left"),
    [
        ([Markup(), Markup(gave_up="no")], Markup(), 1),
        ([ProcessExpired("gone"), Markup()], Markup(), 0),
        ([ProcessExpired("gone"), ProcessExpired("gone"), Markup()], Markup(gave_up=BROKE_DOWN), 1),
        ([RuntimeError("no pool"), Markup()], Markup(), 0),
        ([TimeoutError(), Markup()], Markup(gave_up="it took longer than 10 s"), 1),
    ],
)
async def test_a_breakdown_is_tried_once_more_and_answers_are_kept(
    monkeypatch: pytest.MonkeyPatch,
    script: list[Markup | Exception],
    answer: Markup,
    left: int,
) -> None:
    monkeypatch.setattr(module, "MarkupWorkers", Scripted)
    monkeypatch.setattr(Scripted, "script", script)
    reader = MarkupReader()
    assert await reader.read(BAD) == answer
    assert await reader.read(BAD) == answer
    assert len(script) == left
