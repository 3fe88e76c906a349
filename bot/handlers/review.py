"""One review, from a hint to the writes: read, judge, compare, write only the difference."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.commands.log import overrides_of
from bot.commands.text import Text
from bot.concurrency import offload
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client, Clients
from bot.github.client.failure import Gone, NotAllowed
from bot.github.read.conversation_reader import MuchText, MuchTextTurn
from bot.github.read.repository import BaseBranchReader
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.write.check_runs import find_check_run
from bot.github.write.labels import label_looks
from bot.github.write.single_write import ANSWER_WRITES
from bot.github.write.writer import Writer, WriteStatus
from bot.handlers.command_contexts import NO_SOURCES, PepSources, PullRequestContexts
from bot.handlers.command_runner import NUMBERS_MOVED, CommandRunner, CommandSession, worth_healing
from bot.handlers.invalidator import Invalidator
from bot.handlers.judgement import (
    CLAIMS,
    Claims,
    Judgement,
    claimed_in,
    judged,
    size_of,
    tell_failures,
)
from bot.metrics import Metrics
from bot.peps.number import is_pep_path
from bot.review.reconcile import WRITE_NAMES, CreateCheckRun, UpdateCheckRun, asked_again
from bot.review.snapshot import CheckRunMemory, Memory, PullRequestState, Since, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict
from bot.rules.engine import all_rules
from bot.store.commands import CommandStore
from bot.store.protocol import Store

_CHECK_RUN_WRITES = frozenset({WRITE_NAMES[CreateCheckRun], WRITE_NAMES[UpdateCheckRun]})

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hint:
    """Why a review is asked for.

    Attributes:
        delivery: The id of the delivery that asks.
        at_least: The pull request's `updated_at` as the event has it: an older reading lags.
        talked: Whether somebody spoke or reviewed, so that the conversation must be read again.
        event: What happened, such as `pull_request synchronize`.
        texts: Texts that hold commands, or held some.
        missed: Whether events may have been missed, so that comments are to be read anywhere.
        set_at: The labels, in lower case, that these events set, and when.
        again: Whether somebody asked for the check run again, so that it is to be written anew.
        comments_told: Of how many new comments the events tell.
        is_young: Whether they are so young that GitHub may not find what they tell of yet.
        deleted: The ids of the comments that were deleted.
    """

    delivery: str
    at_least: datetime | None = None
    talked: bool = False
    event: str = ""
    texts: tuple[Text, ...] = ()
    missed: bool = False
    set_at: Mapping[str, datetime] = field(default_factory=dict)
    again: bool = False
    comments_told: int = 0
    is_young: bool = False
    deleted: frozenset[int] = frozenset()


class Reviewer:
    """Reviews pull requests. Every step may be repeated: a second run finds nothing to do."""

    def __init__(
        self,
        *,
        clients: Clients,
        app: AppIdentity,
        reader: SnapshotReader,
        facts: BaseBranchReader,
        writer: Writer,
        store: Store,
        claims: Claims,
        dependents: Invalidator,
        hearing: CommandRunner,
        commands: CommandStore,
        metrics: Metrics,
        clock: Callable[[], datetime],
        sources: PepSources = NO_SOURCES,
    ) -> None:
        self._clients = clients
        self._app = app
        self._reader = reader
        self._facts = facts
        self._writer = writer
        self._store = store
        self._claims = claims
        self._dependents = dependents
        self._metrics = metrics
        self._hearing = hearing
        self._commands = commands
        self._clock = clock
        self._sources = sources
        self._much_text = MuchText()
        metrics.expect(
            rules=[one.id for one in all_rules()],
            writes=[*WRITE_NAMES.values(), *ANSWER_WRITES],
        )

    async def review(self, subject: Subject, hint: Hint) -> None:
        """Review one pull request.

        Raises:
            GitHubFailure: It cannot be read or written now; the review is to be repeated.
        """
        async with self._much_text.turn() as turn:
            await self._review(subject, hint, turn)

    async def _review(self, subject: Subject, hint: Hint, turn: MuchTextTurn) -> None:
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        memory = await self._store.recall(subject)
        begun, unsure = await self._settle_intents(client, subject)
        ears = await self._hearing.ears(subject)
        overheard: list[Text] = []
        try:
            plain = await self._reader.read(
                subject,
                memory,
                at_least=hint.at_least,
                fresh_conversation=hint.talked or bool(hint.texts),
                whole_conversation=unsure,
                deleted=hint.deleted,
                commanded=bool(hint.texts) or hint.missed,
                comments_told=hint.comments_told,
                overheard=overheard,
                told=hint.texts,
                ordered=overrides_of(ears.given).named,
                set_at=hint.set_at,
                turn=turn,
            )
        except Gone:
            if not hint.is_young:
                await self._claims.follow(subject, frozenset(), hint.delivery)
            raise
        merged = plain.state is PullRequestState.MERGED
        await self._claims.follow(subject, claimed_in(plain), hint.delivery, merged=merged)
        texts = [*hint.texts, *await self._missed(subject, overheard, hint)]
        if not plain.base.keeps_peps and not _touches_peps(plain):
            texts = []  # where no PEPs are kept the bot only listens, as in a council's tracker
        snapshot = await self._heard(client, plain, memory, ears, texts, hint)
        known = await self._found_again(client, snapshot, memory, begun)
        if hint.again:
            known = asked_again(known)
        now = Since(self._clock(), hint.event)
        judgement = await offload(size_of(snapshot), lambda: judged(snapshot, known, now))
        tell_failures(judgement.verdict.failures, self._metrics)
        written = await self._carry_out(client, snapshot, judgement, hint)
        own = {comment.marker: comment.id for comment in snapshot.conversation.own_comments}
        await self._hearing.answer(client, subject, ears, own, hint.delivery)
        await self._dependents.catch_up(
            snapshot, judgement.memory, judgement.verdict.kind, hint.delivery
        )
        self._tell(judgement, written)

    async def _missed(self, subject: Subject, overheard: Sequence[Text], hint: Hint) -> list[Text]:
        """Comments with commands of which no event told; what an event tells of now is not one."""
        told_of = {text.node_id for text in hint.texts}
        now = self._clock()
        return [
            text
            for text in overheard
            if text.node_id not in told_of
            and worth_healing(text, now)
            and not await self._hearing.is_done_with(subject, text)
        ]

    async def _heard(
        self,
        client: Client,
        plain: Snapshot,
        memory: Memory,
        ears: CommandSession,
        texts: Sequence[Text],
        hint: Hint,
    ) -> Snapshot:
        """Carry out what is commanded; the snapshot with all that people ordered."""
        now = self._clock()
        scenes = PullRequestContexts(
            client,
            self._reader,
            self._facts,
            self._commands,
            plain,
            memory,
            now,
            self._sources,
        )
        for text in texts:
            named = text.by_name(plain.accounts)
            await self._hearing.hear(client, plain.subject, named, ears, scenes, hint.delivery)
        snapshot = scenes.snapshot(ears.given)
        if NUMBERS_MOVED in await self._store.intents(plain.subject):
            repository = plain.subject.repository
            await self._dependents.review(repository, hint.delivery, but=[plain.subject.number])
            snapshot = await self._reader.renumbered(snapshot)
        return snapshot

    async def _found_again(
        self,
        client: Client,
        snapshot: Snapshot,
        memory: Memory,
        begun: Sequence[CheckRunMemory],
    ) -> Memory:
        """The memory with the check run that stands, begun and not recorded, or lost with a store.

        Several may have been begun, each on a head of its own; that of the present head counts.
        """
        for run in begun:
            if run.head_sha == snapshot.head_sha:
                return replace(memory, check_run=run)
        # Where a lost store had it, we spoke here.
        if memory.check_run is not None or not snapshot.conversation.own_comments:
            return memory
        found = await self._check_run_on(client, snapshot.subject, snapshot.head_sha)
        return memory if found is None else replace(memory, check_run=found)

    async def _check_run_on(
        self, client: Client, subject: Subject, head_sha: str
    ) -> CheckRunMemory | None:
        """Our check run on a head; None too where the app may not see check runs at all."""
        try:
            return await find_check_run(client, subject, head_sha, self._app.id)
        except NotAllowed:
            return None

    async def _carry_out(
        self, client: Client, snapshot: Snapshot, judgement: Judgement, hint: Hint
    ) -> list[str]:
        """Write what differs, and remember what was seen and written; returns what was written."""
        subject, labels = snapshot.subject, snapshot.context.policy.labels
        # The writer stores this memory after each write. What says "seen" is added at the very end,
        # so that a review cut short is not taken for a whole one.
        written: list[str] = []

        def on_write(name: str, fate: WriteStatus) -> None:
            self._metrics.write(name, fate.value)
            if fate is WriteStatus.REFUSED:
                return
            written.append(name)
            # At once: if a later write fails, the repeated review does not write this again.
            if name in _CHECK_RUN_WRITES:
                self._tell_findings(judgement.verdict)

        memory = await self._writer.carry_out(
            client,
            subject,
            judgement.plan,
            judgement.memory,
            delivery=hint.delivery,
            looks=label_looks(labels),
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

    def _tell_findings(self, verdict: Verdict) -> None:
        """Log and count findings when they are news to somebody: when a check run has them."""
        for finding in verdict.findings:
            self._metrics.finding(finding.rule, finding.severity.value)
            _log.info(
                "finding",
                rule=finding.rule,
                severity=finding.severity.value,
                path=finding.path,
                line=finding.line,
            )

    def _tell(self, judgement: Judgement, written: Sequence[str]) -> None:
        """Log and count what the review came to."""
        verdict = judgement.verdict
        self._metrics.review(verdict.kind.value, verdict.conclusion.value)
        _log.info(
            "reviewed",
            kind=verdict.kind.value,
            conclusion=verdict.conclusion.value,
            rules=sorted({finding.rule for finding in verdict.findings}),
            writes=list(written),
        )

    async def _settle_intents(
        self, client: Client, subject: Subject
    ) -> tuple[Sequence[CheckRunMemory], bool]:
        """Find out what became of creates whose end is unknown, before anything is planned.

        Returns the check runs that were made after all. A comment is found by reading the
        conversation again, which the caller does when the second value is true.
        """
        begun: list[CheckRunMemory] = []
        unsure = False
        for intent in await self._store.intents(subject):
            if intent.kind == CLAIMS or intent == NUMBERS_MOVED:
                continue  # `Claims.follow` and `_heard` end what was begun
            if intent.kind == "check_run":
                found = await self._check_run_on(client, subject, intent.detail)
                if found is not None:
                    begun.append(found)
            else:
                unsure = True
        return begun, unsure


def _touches_peps(snapshot: Snapshot) -> bool:
    return any(is_pep_path(file.path) for file in snapshot.change.files)
