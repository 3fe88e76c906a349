"""Readers of reStructuredText for tests: one process for all of a test run, or none."""

from functools import cache

from bot.markup.reader import MarkupReader
from bot.peps.change import Markup


@cache
def shared_reader() -> MarkupReader:
    """The real reader; its process lives as long as the tests, since starting it takes a while."""
    return MarkupReader()


class NullMarkupReader:
    """Finds nothing in any text."""

    async def read(self, text: str) -> Markup:
        return Markup()
