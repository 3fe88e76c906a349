"""Makes single writes: throttled, recorded in the audit log, and going on if one is refused.

Used for commands, issues and reminders. What a review writes is planned as a whole (`writer`).
"""

from collections.abc import Awaitable, Callable

import structlog

from bot.github.client.api import utc_now
from bot.github.client.app import Clock
from bot.github.client.client import GitHubFailure, Gone, TryLater
from bot.github.client.throttle import WriteThrottle
from bot.github.write.writer import WriteStatus
from bot.github.write.writer_store import WriterStore
from bot.review.subject import Subject
from bot.store.protocol import Intent, WriteRecord

SINGLE_WRITE_NAMES = (
    "react",
    "take reaction back",
    "reply",
    "change reply",
    "delete reply",
    "set label",
    "take label off",
    "change title",
    "suggest",
    "open queue issue",
    "edit queue issue",
    "remind",
    "post submission line",
    "edit submission line",
)
"""The names of these writes in the audit log, the log and the metrics."""

log = structlog.get_logger(__name__)


class SingleWrites:
    """Makes writes; in a dry run it only records them."""

    def __init__(
        self,
        store: WriterStore,
        *,
        throttle: WriteThrottle,
        dry_run: bool = False,
        clock: Clock = utc_now,
        on_write: Callable[[str, str], None] = lambda _name, _status: None,
    ) -> None:
        """Write no faster than `throttle` allows.

        Args:
            store: Keeps intents, known labels and the audit log.
            throttle: Limits the pace of writes.
            dry_run: Send nothing.
            clock: The current time (UTC), for the audit log.
            on_write: Called with the name and the status of each write.
        """
        self.store = store
        self.throttle = throttle
        self.dry_run = dry_run
        self._clock = clock
        self._on_write = on_write

    async def create_once(
        self,
        subject: Subject,
        intent: Intent,
        name: str,
        detail: str,
        delivery: str,
        create: Callable[[], Awaitable[object]],
    ) -> bool:
        """Create something that must not be created twice; False if GitHub refuses it for good.

        Raises:
            TryLater: It may succeed later, or it is unknown whether it happened.
        """
        if not self.dry_run:
            await self.store.intend(subject, intent)
        # The caller fulfils the intent once it has stored what was created.
        return await self.attempt(subject, name, detail, delivery, create)

    async def attempt(
        self,
        subject: Subject,
        name: str,
        detail: str,
        delivery: str,
        write: Callable[[], Awaitable[object]],
        *,
        missing_is_done: bool = False,
    ) -> bool:
        """Make a write; False if GitHub refuses it for good.

        Raises:
            TryLater: It may succeed later, or it is unknown whether it happened.
        """
        status = WriteStatus.RECORDED if self.dry_run else WriteStatus.WRITTEN
        if not self.dry_run:
            await self.throttle.of(subject.repository.installation).acquire()
            try:
                await write()
            except TryLater:
                raise
            except GitHubFailure as failure:
                if not (missing_is_done and isinstance(failure, Gone)):
                    log.warning("write refused", write=name, reason=str(failure))
                    self._on_write(name, WriteStatus.REFUSED.value)
                    return False
        self._on_write(name, status.value)
        record = WriteRecord(self._clock(), subject, delivery, name, detail, self.dry_run)
        await self.store.record_write(record)
        return True
