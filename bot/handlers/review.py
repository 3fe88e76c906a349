"""Makes one review: read a snapshot, run commands, judge, and write only what differs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.commands.log import overrides_of
from bot.commands.text import Text
from bot.concurrency import offload
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client, Clients, Gone
from bot.github.read.conversation_reader import LargeTextLimit, LargeTextPermit
from bot.github.read.repository import BaseBranchReader
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.write.labels import label_styles
from bot.github.write.outbox import SINGLE_WRITE_NAMES
from bot.github.write.writer import Writer, WriteStatus
from bot.handlers.claims import Claims
from bot.handlers.command_contexts import NO_SOURCES, PepSources, PullRequestContexts
from bot.handlers.command_runner import (
    RESERVATIONS_CHANGED,
    CommandRunner,
    CommandSession,
    log_failures,
)
from bot.handlers.invalidator import Invalidator
from bot.handlers.unfinished_writes import UnfinishedWrites
from bot.metrics import Metrics
from bot.peps.number import is_pep_path
from bot.review.reconcile import OPERATIONS, CreateCheckRun, UpdateCheckRun, force_check_run
from bot.review.review import Review, review
from bot.review.snapshot import Memory, PullRequestState, Since, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict
from bot.rules.engine.registry import all_rules
from bot.store.commands import CommandStore
from bot.store.protocol import Store

_CHECK_RUN_WRITES = frozenset({CreateCheckRun.operation, UpdateCheckRun.operation})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hint:
    """What the events that led to a review say.

    Attributes:
        delivery: The id of the delivery that requests the review.
        min_updated_at: The pull request's `updated_at` in the event; an older response lags.
        conversation_changed: Whether somebody commented or reviewed, so that the conversation must
            be read again.
        event: What happened, such as `pull_request synchronize`.
        texts: Texts that contain commands, or did before an edit.
        events_missed: Whether events may have been missed, so that comments must be read even if
            no PEP is touched.
        set_at: The labels, in lower case, that these events set, and when.
        rerun: Whether somebody requested the check run again, so that it must be written again.
        new_comment_count: How many new comments the events contain.
        is_young: Whether the events are so recent that GitHub may not find their subject yet.
        deleted: The ids of comments that were deleted.
    """

    delivery: str
    min_updated_at: datetime | None = None
    conversation_changed: bool = False
    event: str = ""
    texts: tuple[Text, ...] = ()
    events_missed: bool = False
    set_at: Mapping[str, datetime] = field(default_factory=dict)
    rerun: bool = False
    new_comment_count: int = 0
    is_young: bool = False
    deleted: frozenset[int] = frozenset()


class Reviewer:
    """Reviews pull requests. Every step may be repeated; a second run finds nothing to do."""

    def __init__(
        self,
        *,
        clients: Clients,
        app: AppIdentity,
        reader: SnapshotReader,
        base_branch: BaseBranchReader,
        writer: Writer,
        store: Store,
        claims: Claims,
        invalidator: Invalidator,
        runner: CommandRunner,
        commands: CommandStore,
        metrics: Metrics,
        clock: Callable[[], datetime],
        sources: PepSources = NO_SOURCES,
    ) -> None:
        self._clients = clients
        self._unfinished = UnfinishedWrites(store, app)
        self._reader = reader
        self._base_branch = base_branch
        self._writer = writer
        self._store = store
        self._claims = claims
        self._invalidator = invalidator
        self._metrics = metrics
        self._runner = runner
        self._commands = commands
        self._clock = clock
        self._sources = sources
        self._large_text_limit = LargeTextLimit()
        metrics.expect(
            rules=[one.id for one in all_rules()],
            writes=[*OPERATIONS, *SINGLE_WRITE_NAMES],
        )

    async def review(self, subject: Subject, hint: Hint) -> None:
        """Review one pull request.

        Raises:
            GitHubFailure: GitHub cannot be read or written now; the review must be repeated.
        """
        async with self._large_text_limit.permit() as permit:
            await self._review(subject, hint, permit)

    async def _review(self, subject: Subject, hint: Hint, permit: LargeTextPermit) -> None:
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        memory = await self._store.recall(subject)
        found_check_runs, has_open_creates = await self._unfinished.settle_intents(client, subject)
        session = await self._runner.session(subject)
        missed_comments: list[Text] = []
        try:
            plain = await self._reader.read(
                subject,
                memory,
                min_updated_at=hint.min_updated_at,
                fresh_conversation=hint.conversation_changed or bool(hint.texts),
                whole_conversation=has_open_creates,
                deleted=hint.deleted,
                read_everything=bool(hint.texts) or hint.events_missed,
                new_comment_count=hint.new_comment_count,
                missed_comments=missed_comments,
                from_events=hint.texts,
                override_logins=overrides_of(session.logged).named,
                set_at=hint.set_at,
                permit=permit,
            )
        except Gone:
            if not hint.is_young:
                await self._claims.record(subject, frozenset(), hint.delivery)
            raise
        merged = plain.state is PullRequestState.MERGED
        await self._claims.record(subject, plain.claimed_numbers, hint.delivery, merged=merged)
        texts = [*hint.texts, *await self._find_missed_commands(subject, missed_comments, hint)]
        if not plain.base.is_pep_repository and not _touches_peps(plain):
            texts = []  # without PEPs, as in a council's tracker, the bot only reads
        snapshot = await self._run_commands(client, plain, memory, session, texts, hint)
        known = await self._unfinished.recover_check_run(client, snapshot, memory, found_check_runs)
        if hint.rerun:
            known = force_check_run(known)
        now = Since(self._clock(), hint.event)
        result = await offload(snapshot.size, lambda: review(snapshot, known, now))
        log_failures(result.verdict.failures, self._metrics)
        written = await self._carry_out(client, result, hint)
        own = {comment.marker: comment.id for comment in snapshot.conversation.own_comments}
        await self._runner.answer(client, subject, session, own, hint.delivery)
        await self._invalidator.review_if_outdated(
            snapshot, result.memory, result.verdict.kind, hint.delivery
        )
        self._log_review(result.verdict, written)

    async def _find_missed_commands(
        self, subject: Subject, missed_comments: Sequence[Text], hint: Hint
    ) -> list[Text]:
        """Comments with commands that no event reported, neither earlier nor in this batch."""
        reported = {text.node_id for text in hint.texts}
        now = self._clock()
        return [
            text
            for text in missed_comments
            if text.node_id not in reported
            and text.is_recent_enough(now)
            and not await self._runner.is_answered_fully(subject, text)
        ]

    async def _run_commands(
        self,
        client: Client,
        plain: Snapshot,
        memory: Memory,
        session: CommandSession,
        texts: Sequence[Text],
        hint: Hint,
    ) -> Snapshot:
        """Carry out the commands; returns the snapshot with all overrides."""
        now = self._clock()
        contexts = PullRequestContexts(
            client,
            self._reader,
            self._base_branch,
            self._commands,
            plain,
            memory,
            now,
            self._sources,
        )
        for text in texts:
            named = text.by_name(plain.accounts)
            await self._runner.run_commands(
                client, plain.subject, named, session, contexts, hint.delivery
            )
        snapshot = contexts.snapshot(session.logged)
        if RESERVATIONS_CHANGED in await self._store.intents(plain.subject):
            repository = plain.subject.repository
            await self._invalidator.review(
                repository, hint.delivery, excluding=[plain.subject.number]
            )
            snapshot = await self._reader.renumbered(snapshot)
        return snapshot

    async def _carry_out(self, client: Client, result: Review, hint: Hint) -> list[str]:
        """Write what differs, and store the memory; returns the names of the writes made."""
        snapshot = result.snapshot
        subject, labels = snapshot.subject, snapshot.context.policy.labels
        # The writer stores this memory after each write. Head and `updated_at` are added only at
        # the end, so that an interrupted review does not look like a complete one.
        written: list[str] = []

        def on_write(name: str, status: WriteStatus) -> None:
            self._metrics.write(name, status.value)
            if status is WriteStatus.REFUSED:
                return
            written.append(name)
            # Log now: if a later write fails, the repeated review does not write this again.
            if name in _CHECK_RUN_WRITES:
                self._log_findings(result.verdict)

        memory = await self._writer.carry_out(
            client,
            subject,
            result.plan,
            result.memory,
            delivery=hint.delivery,
            styles=label_styles(labels),
            create_missing=labels.create_missing,
            on_write=on_write,
        )
        memory = replace(
            memory,
            state=snapshot.state,
            head_sha=snapshot.head_sha,
            updated_at=snapshot.updated_at,
            comment_count=snapshot.comment_count,
        )
        await self._store.remember(subject, memory)
        for intent in await self._store.intents(subject):
            await self._store.fulfil(subject, intent)
        return written

    def _log_findings(self, verdict: Verdict) -> None:
        """Log and count findings; called when a check run with them was written."""
        for finding in verdict.findings:
            self._metrics.finding(finding.rule, finding.severity.value)
            _log.info(
                "finding",
                rule=finding.rule,
                severity=finding.severity.value,
                path=finding.path,
                line=finding.line,
            )

    def _log_review(self, verdict: Verdict, written: Sequence[str]) -> None:
        """Log and count the result of the review."""
        self._metrics.review(verdict.kind.value, verdict.conclusion.value)
        _log.info(
            "reviewed",
            kind=verdict.kind.value,
            conclusion=verdict.conclusion.value,
            rules=sorted({finding.rule for finding in verdict.findings}),
            writes=list(written),
        )


def _touches_peps(snapshot: Snapshot) -> bool:
    return any(is_pep_path(file.path) for file in snapshot.change.files)
