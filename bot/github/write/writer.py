"""Carries out a plan of writes so that a crash at any point neither loses nor repeats one.

Before anything is created an intent is committed, and after each write the memory is stored. A
write that GitHub refuses for good is logged and skipped, since one missing permission must not stop
the others. One that may succeed later is raised, and the next review plans again from the memory.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

import structlog

from bot.github.client.api import utc_now
from bot.github.client.app import Clock
from bot.github.client.client import Client
from bot.github.client.throttle import WriteThrottle
from bot.github.write.check_runs import PageOf, find_check_run, no_page
from bot.github.write.labels import LabelStyle, label_styles
from bot.github.write.plan_progress import PlanProgress
from bot.policy.labels import LabelNames
from bot.review.reconcile import (
    AddLabels,
    CreateCheckRun,
    CreateComment,
    Plan,
    RemoveLabel,
    SetLabels,
    UpdateCheckRun,
    UpdateComment,
    Write,
)
from bot.review.snapshot import Memory
from bot.review.subject import Subject
from bot.store.store import Store, WriteRecord

__all__ = ["Writer", "find_check_run"]

log = structlog.get_logger(__name__)

_LONGEST_COMMENT = 65_536
_DEFAULT_STYLES = label_styles(LabelNames())


class WriteStatus(StrEnum):
    """What became of a write."""

    WRITTEN = "written"
    REFUSED = "refused"
    """GitHub refused it for good."""

    RECORDED = "recorded"
    """This is a dry run: it is only in the audit log."""


OnWrite = Callable[[str, WriteStatus], None]
"""Called with the name of a write (see `bot.review.reconcile`) and its status."""


class Writer:
    """Writes to GitHub; in a dry run it only records what it would have written."""

    def __init__(
        self,
        store: Store,
        *,
        dry_run: bool = False,
        throttle: WriteThrottle | None = None,
        clock: Clock = utc_now,
        page_of: PageOf = no_page,
    ) -> None:
        """Write, and keep memory, intents and audit log in `store`.

        Args:
            store: Keeps memory, intents and the audit log.
            dry_run: Send nothing.
            throttle: Limits the pace of writes; by default to GitHub's limits.
            clock: The current time (UTC), for the audit log.
            page_of: Returns the URL for a check run's "Details" link.
        """
        self._page_of = page_of
        self._store = store
        self._dry_run = dry_run
        self._throttle = throttle or WriteThrottle()
        self._clock = clock

    async def carry_out(
        self,
        client: Client,
        subject: Subject,
        plan: Plan,
        memory: Memory,
        *,
        delivery: str,
        styles: Mapping[str, LabelStyle] = _DEFAULT_STYLES,
        create_missing: bool = True,
        on_write: OnWrite | None = None,
    ) -> Memory:
        """Make the writes of a plan in order.

        Args:
            client: Writes to the subject's repository.
            subject: The pull request.
            plan: What to write. Before it was made, the caller has looked for things whose creation
                was not recorded (`find_check_run`; comments by their marker).
            memory: What is remembered so far; it is updated and stored after each write.
            delivery: The id of the delivery that led to this, for the audit log.
            styles: Color and description, by name, for labels that the repository lacks.
            create_missing: Whether such labels may be created.
            on_write: Called for each write, except one of which it is unknown whether it happened.

        Returns:
            The memory with the result of each write, which the caller stores. In a dry run it is
            `memory` unchanged.

        Raises:
            TryLater: GitHub cannot be written to now. What was written until then is remembered.
            ValueError: A comment or summary is longer than GitHub accepts.
        """
        for write in plan.writes:
            _check_length(write)

        def report(write: Write, status: WriteStatus) -> None:
            if on_write is not None:
                on_write(write.operation, status)

        if self._dry_run:
            for write in plan.writes:
                await self._record(subject, delivery, write)
                log.info("would write", write=write.operation)
                report(write, WriteStatus.RECORDED)
            return memory
        limiter = self._throttle.of(subject.repository.installation)

        async def on_written(write: Write) -> None:
            report(write, WriteStatus.WRITTEN)
            await self._record(subject, delivery, write)

        progress = PlanProgress(
            client,
            self._store,
            subject,
            plan,
            memory,
            throttle=limiter.acquire,
            styles=styles,
            create_missing=create_missing,
            page_of=self._page_of,
            on_written=on_written,
            on_refused=lambda write: report(write, WriteStatus.REFUSED),
        )
        for write in plan.writes:
            await progress.make(write)
        return progress.final_memory()

    async def _record(self, subject: Subject, delivery: str, write: Write) -> None:
        moment: datetime = self._clock()
        detail = _detail(write, whole=self._dry_run)
        await self._store.record_write(
            WriteRecord(moment, subject, delivery, write.operation, detail, self._dry_run)
        )


def _detail(write: Write, *, whole: bool) -> str:
    match write:
        case CreateCheckRun(_, run) | UpdateCheckRun(_, _, run):
            short = f"{run.conclusion.value}: {run.title} ({len(run.annotations)} annotations)"
            whole_text = "\n".join(part for part in (short, run.summary, run.text) if part)
            return whole_text if whole else short
        case AddLabels(names) | SetLabels(names):
            return ", ".join(names)
        case RemoveLabel(name):
            return name
        case CreateComment(marker, body) | UpdateComment(_, marker, body):
            return f"{marker}\n{body}" if whole else marker


def _check_length(write: Write) -> None:
    match write:
        case CreateComment(_, body) | UpdateComment(_, _, body) if len(body) > _LONGEST_COMMENT:
            raise ValueError(f"a comment has at most {_LONGEST_COMMENT} characters")
        case _:
            pass
