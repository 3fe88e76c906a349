"""The part of the store that writing to GitHub needs, so that it can be tested with little."""

from collections.abc import Sequence
from typing import Protocol

from bot.github.write.labels import KnownLabels
from bot.review.snapshot import Memory
from bot.review.subject import Subject
from bot.store.protocol import Intent, WriteRecord


class WriterStore(KnownLabels, Protocol):
    """Memory, intents, the audit, and the labels known; `bot.store.protocol.Store` has them all."""

    async def remember(self, subject: Subject, memory: Memory) -> None:
        """Replace what is remembered about a pull request."""

    async def intend(self, subject: Subject, intent: Intent) -> None:
        """Commit that a create is about to be requested."""

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        """The create is done and recorded, or is known not to have happened."""

    async def intents(self, subject: Subject) -> Sequence[Intent]:
        """Creates that were begun and whose end is unknown."""

    async def record_write(self, record: WriteRecord) -> None:
        """Add a line to the audit."""
