"""One review, from a hint to the writes: read, judge, compare, write only the difference."""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.events.claims import CLAIMS, Claims
from bot.github.app_identity import AppIdentity
from bot.github.check_runs import find_check_run
from bot.github.client import Client, Clients
from bot.github.failure import Gone, NotAllowed
from bot.github.label_looks import label_looks
from bot.github.snapshot_reader import SnapshotReader
from bot.github.writer import Writer
from bot.metrics import Metrics
from bot.peps.number import PepNumber
from bot.review.desired_state import desired_state
from bot.review.kind import ChangeKind
from bot.review.plan import Plan
from bot.review.reconcile import known_comments, plan_writes
from bot.review.snapshot import CheckRunMemory, Memory, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict, judge
from bot.store.protocol import Store
from bot.thinking import think

_EACH_FILE = 1_000

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Hint:
    """Why a review is asked for.

    Attributes:
        delivery: The id of the delivery that asks.
        at_least: The pull request's `updated_at` as the event has it: an older reading lags.
        talked: Whether somebody spoke or reviewed, so that the conversation must be read again.
    """

    delivery: str
    at_least: datetime | None = None
    talked: bool = False


class Reviewer:
    """Reviews pull requests. Every step may be repeated: a second run finds nothing to do."""

    def __init__(
        self,
        *,
        clients: Clients,
        app: AppIdentity,
        reader: SnapshotReader,
        writer: Writer,
        store: Store,
        claims: Claims,
        metrics: Metrics,
    ) -> None:
        self._clients = clients
        self._app = app
        self._reader = reader
        self._writer = writer
        self._store = store
        self._claims = claims
        self._metrics = metrics

    async def review(self, subject: Subject, hint: Hint) -> None:
        """Review one pull request.

        Raises:
            GitHubFailure: It cannot be read or written now; the review is to be repeated.
        """
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        memory = await self._store.recall(subject)
        memory, unsure = await self._settle_intents(client, subject, memory)
        try:
            snapshot = await self._reader.read(
                subject,
                memory,
                at_least=hint.at_least,
                fresh_conversation=hint.talked or unsure,
            )
        except Gone:
            await self._claims.follow(subject, frozenset(), hint.delivery)
            raise
        await self._claims.follow(subject, _claimed(snapshot), hint.delivery)
        known = await self._found_again(client, snapshot, memory)
        judgement = await think(_size(snapshot), lambda: _judged(snapshot, known))
        await self._carry_out(client, snapshot, judgement, hint)
        if judgement.verdict.kind is not ChangeKind.OTHER:
            await self._claims.catch_up(
                subject,
                snapshot.context.numbers,
                _numbers(judgement.verdict),
                hint.delivery,
            )
        self._tell(judgement)

    async def _found_again(self, client: Client, snapshot: Snapshot, memory: Memory) -> Memory:
        """The memory with the check run that stands, where a lost store had it: we spoke here."""
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
        self, client: Client, snapshot: Snapshot, judgement: "_Judgement", hint: Hint
    ) -> None:
        """Write what differs, and remember what was seen and written."""
        subject, labels = snapshot.subject, snapshot.context.policy.labels
        # The writer stores this memory after each write. What says "seen" is added at the very end,
        # so that a review cut short is not taken for a whole one.
        memory = await self._writer.carry_out(
            client,
            subject,
            judgement.plan,
            judgement.memory,
            delivery=hint.delivery,
            looks=label_looks(labels),
            create_missing=labels.create_missing,
        )
        memory = replace(
            memory,
            state=snapshot.state,
            head_sha=snapshot.head_sha,
            updated_at=snapshot.updated_at,
        )
        await self._store.remember(subject, memory)
        for intent in await self._store.intents(subject):
            await self._store.fulfil(subject, intent)

    def _tell(self, judgement: "_Judgement") -> None:
        """Log and count what the review came to."""
        verdict, writes = judgement.verdict, judgement.plan.writes
        for finding in verdict.findings:
            self._metrics.finding(finding.rule, finding.severity)
        for write in writes:
            self._metrics.write(type(write).__name__)
        _log.info(
            "reviewed",
            kind=verdict.kind.value,
            conclusion=verdict.conclusion.value,
            rules=sorted({finding.rule for finding in verdict.findings}),
            writes=len(writes),
        )

    async def _settle_intents(
        self, client: Client, subject: Subject, memory: Memory
    ) -> tuple[Memory, bool]:
        """Find out what became of creates whose end is unknown, before anything is planned.

        A comment is found by reading the conversation again, which the caller does when the second
        value is true.
        """
        unsure = False
        for intent in await self._store.intents(subject):
            if intent.kind == CLAIMS:
                continue  # `Claims.follow` ends what was begun
            if intent.kind == "check_run":
                found = await self._check_run_on(client, subject, intent.detail)
                if found is not None:
                    memory = replace(memory, check_run=found)
            else:
                unsure = True
        return memory, unsure


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What the core makes of a snapshot: the verdict, the writes, and what will be remembered."""

    verdict: Verdict
    plan: Plan
    memory: Memory


def _judged(snapshot: Snapshot, memory: Memory) -> _Judgement:
    verdict = judge(snapshot)
    desired = desired_state(snapshot, verdict)
    plan = plan_writes(snapshot, desired, memory)
    kept = replace(
        memory,
        comments=known_comments(snapshot, desired, memory),
        conversation=snapshot.conversation if verdict.kind is not ChangeKind.OTHER else None,
        numbers=_numbers(verdict),
        is_new_pep=verdict.kind is ChangeKind.NEW_PEP,
    )
    return _Judgement(verdict, plan, kept)


def _size(snapshot: Snapshot) -> int:
    """The characters that rules look at, each file counting for as much as a short text."""
    change = snapshot.change
    texts = [text for file in change.files for text in (file.before, file.after)]
    texts += (change.codeowners_before, change.codeowners_after)
    return _EACH_FILE * len(change.files) + sum(len(text) for text in texts if text is not None)


def _claimed(snapshot: Snapshot) -> frozenset[PepNumber]:
    return frozenset(
        claim.number
        for claim in snapshot.context.numbers.claims
        if claim.pull_request == snapshot.subject.number
    )


def _numbers(verdict: Verdict) -> frozenset[int]:
    """The PEP numbers that the verdict hangs on: claimed ones and suggested ones."""
    return frozenset(
        number
        for standing in verdict.peps
        for number in (standing.number.number, standing.number.suggestion)
        if number is not None
    )
