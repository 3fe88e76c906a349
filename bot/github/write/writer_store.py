"""The part of the store that writing to GitHub needs, so that tests need little."""

from collections.abc import Sequence
from typing import Protocol

from bot.github.write.labels import KnownLabels
from bot.review.snapshot import Memory
from bot.review.subject import Subject
from bot.store.protocol import Intent, WriteRecord


class WriterStore(KnownLabels, Protocol):
    """Memory, intents, audit log and known labels; `bot.store.protocol.Store` has them all."""

    async def remember(self, subject: Subject, memory: Memory) -> None:
        """Replace what is remembered about a pull request."""

    async def intend(self, subject: Subject, intent: Intent) -> None:
        """Commit that something is about to be created."""

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        """Remove an intent: the creation was recorded, or certainly did not happen."""

    async def intents(self, subject: Subject) -> Sequence[Intent]:
        """Creations that were begun and whose result is unknown."""

    async def record_write(self, record: WriteRecord) -> None:
        """Add a record to the audit log."""
