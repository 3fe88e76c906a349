"""A store in memory, with all that writing needs, that keeps a journal of what it was told."""

from collections.abc import Iterable

from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.store.rows import Intent, WriteRecord


class RememberingStore:
    """Implements what `Outbox` needs of `bot.store.store.Store`."""

    def __init__(self, journal: list[str]) -> None:
        self.journal = journal
        self.memories: list[Memory] = []
        self.open: list[Intent] = []
        self.audit: list[WriteRecord] = []
        self.labels: set[str] = set()

    @property
    def memory(self) -> Memory:
        return self.memories[-1]

    async def remember(self, subject: Subject, memory: Memory) -> None:
        self.journal.append("remember")
        self.memories.append(memory)

    async def intend(self, subject: Subject, intent: Intent) -> None:
        self.journal.append(f"intend {intent.kind} {intent.detail}")
        self.open.append(intent)

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        self.journal.append(f"fulfil {intent.kind} {intent.detail}")
        self.open.remove(intent)

    async def record_write(
        self,
        record: WriteRecord,
        memory: Memory | None = None,
        done: Iterable[Intent] | None = (),
    ) -> None:
        self.journal.append(f"audit {record.write}")
        self.audit.append(record)
        if memory is not None:
            await self.remember(record.subject, memory)
        for intent in self.open[:] if done is None else done:
            await self.fulfil(record.subject, intent)

    async def end_review(self, subject: Subject, memory: Memory) -> None:
        self.journal.append("end")
        self.memories.append(memory)
        self.open.clear()

    async def known_labels(self, repository: Repository) -> frozenset[str]:
        return frozenset(self.labels)

    async def add_known_labels(self, repository: Repository, names: Iterable[str]) -> None:
        self.labels |= set(names)
