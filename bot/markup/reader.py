"""Reading reStructuredText for the server: beside the event loop, and each text once.

There is one process, which starts with the first text. A pull request that is reviewed again
mostly brings texts that were read before.
"""

import asyncio
from contextlib import suppress
from hashlib import sha256

from cachetools import LRUCache
from pebble import ProcessExpired

from bot.markup.workers import BROKE_DOWN, SECONDS, MarkupWorkers
from bot.peps.markup import Markup

_KEPT = 1_000
"""Answers kept; nearly all of them are empty."""


class MarkupReader:
    """What parses texts while the bot runs."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        """Prepare.

        Args:
            seconds: How long one text may take.
        """
        self._seconds = seconds
        self._said: LRUCache[bytes, Markup] = LRUCache(_KEPT)
        self._workers: MarkupWorkers | None = None

    async def read(self, text: str) -> Markup:
        """What docutils says of a text, or why it came to no end.

        A text over which the process broke down is read once more: it may have been ended by
        somebody who did not mean the text.
        """
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        known = self._said.get(digest)
        if known is not None:
            return known
        markup = await self._parsed(text)
        if markup.gave_up == BROKE_DOWN:
            markup = await self._parsed(text)
        self._said[digest] = markup
        return markup

    async def close(self) -> None:
        """End the process. What is asked afterwards starts another."""
        workers, self._workers = self._workers, None
        if workers is not None:
            await asyncio.to_thread(workers.close)

    async def _parsed(self, text: str) -> Markup:
        if self._workers is None:
            self._workers = MarkupWorkers(1, seconds=self._seconds)
        workers = self._workers
        try:
            begun = workers.begin(text)
        except RuntimeError:
            # The pool is of no use any more, for example since no process could be started.
            await self.close()
            return Markup(gave_up=BROKE_DOWN)
        with suppress(TimeoutError, ProcessExpired):
            # A review that is called off takes its text along: the future is cancelled with it.
            await asyncio.wrap_future(begun)
        return workers.outcome(begun)
