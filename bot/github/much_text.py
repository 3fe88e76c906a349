"""Holding much text: one review at a time, since sixteen may be made at once.

A text takes its own bytes, and ten times as many while rules look at its lines. So a review that
needs more than a little waits for its turn before it reads the rest, and keeps it until it ends.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LITTLE_TEXT = 200_000
"""Bytes of a text that are read without the turn; the longest real PEPs have two thirds of it."""

LITTLE = 400_000
"""Characters of all its texts from which on a review needs the turn."""


class Turn:
    """A review's right to hold much text, once it has taken it."""

    def __init__(self, shared: asyncio.Lock) -> None:
        self._shared = shared
        self._asking = asyncio.Lock()
        self.is_taken = False

    async def take(self) -> None:
        """Wait until no other review holds much text; at once if this one may already."""
        async with self._asking:
            if not self.is_taken:
                await self._shared.acquire()
                self.is_taken = True

    def end(self) -> None:
        """Let the next one have it."""
        if self.is_taken:
            self._shared.release()
            self.is_taken = False


class MuchText:
    """Who holds much text."""

    def __init__(self) -> None:
        self._shared = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[Turn]:
        """A turn that ends with the block, taken only if it is needed."""
        turn = Turn(self._shared)
        try:
            yield turn
        finally:
            turn.end()
