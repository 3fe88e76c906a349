"""One review, from a hint to the writes: read, judge, compare, write only the difference."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.events.own import review_of, sweep_of
from bot.github.app_identity import AppIdentity
from bot.github.check_runs import find_check_run
from bot.github.client import Client, Clients
from bot.github.failure import Gone
from bot.github.label_looks import label_looks
from bot.github.snapshot_reader import SnapshotReader
from bot.github.writer import Writer
from bot.inbox.delivery import Delivery
from bot.metrics import Metrics
from bot.peps.number import PepNumber
from bot.review.desired import Desired
from bot.review.desired_state import desired_state
from bot.review.kind import ChangeKind
from bot.review.plan import Plan
from bot.review.reconcile import known_comments, plan_writes
from bot.review.snapshot import Memory, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict, judge
from bot.store.protocol import Intent, Store
from bot.thinking import think

_CLAIMS = "claims"
"""The kind of intent that a change of claims is about to concern others."""

_EACH_FILE = 1_000

Enqueue = Callable[[Delivery], Awaitable[object]]
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
        enqueue: Enqueue,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._app = app
        self._reader = reader
        self._writer = writer
        self._store = store
        self._enqueue = enqueue
        self._metrics = metrics
        self._clock = clock

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
            await self._follow_claims(subject, frozenset(), hint)
            raise
        await self._follow_claims(subject, _claims(snapshot), hint)
        begun = memory
        verdict, desired, plan = await think(_size(snapshot), lambda: _conclusions(snapshot, begun))
        for finding in verdict.findings:
            self._metrics.finding(finding.rule, finding.severity)
        memory = replace(
            memory,
            comments=known_comments(snapshot, desired, memory),
            conversation=snapshot.conversation if verdict.kind is not ChangeKind.OTHER else None,
            numbers=_numbers(verdict),
            is_new_pep=verdict.kind is ChangeKind.NEW_PEP,
        )
        # The writer stores this memory after each write. What says "seen" is added at the very end,
        # so that a review cut short is not taken for a whole one.
        labels = snapshot.context.policy.labels
        memory = await self._writer.carry_out(
            client,
            subject,
            plan,
            memory,
            delivery=hint.delivery,
            looks=label_looks(labels),
            create_missing=labels.create_missing,
        )
        for write in plan.writes:
            self._metrics.write(type(write).__name__)
        memory = replace(
            memory,
            state=snapshot.state,
            head_sha=snapshot.head_sha,
            updated_at=snapshot.updated_at,
        )
        await self._store.remember(subject, memory)
        for intent in await self._store.intents(subject):
            await self._store.fulfil(subject, intent)
        if verdict.kind is not ChangeKind.OTHER:
            await self._catch_up_with_claims(subject, snapshot, memory.numbers, hint)
        _log.info(
            "reviewed",
            kind=verdict.kind.value,
            conclusion=verdict.conclusion.value,
            rules=sorted({finding.rule for finding in verdict.findings}),
            writes=len(plan.writes),
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
            if intent.kind == _CLAIMS:
                continue  # `_follow_claims` ends what was begun
            if intent.kind == "check_run":
                found = await find_check_run(client, subject, intent.detail, self._app.id)
                if found is not None:
                    memory = replace(memory, check_run=found)
            else:
                unsure = True
        return memory, unsure

    async def _follow_claims(
        self, subject: Subject, claims: frozenset[PepNumber], hint: Hint
    ) -> None:
        """Record what the pull request claims, and have those reviewed whom that concerns.

        They are queued when the claims stand, or they might be reviewed without them; if the
        process dies in between, the intent tells the repeated review whom to queue.
        """
        known, _ = await self._store.claims(subject.repository)
        changed = {claim.number for claim in known if claim.pull_request == subject.number} ^ claims
        begun = [one for one in await self._store.intents(subject) if one.kind == _CLAIMS]
        concerned = {*map(int, changed), *(int(one.detail) for one in begun)}
        for number in changed:
            await self._store.intend(subject, Intent(_CLAIMS, str(number)))
        if changed:
            await self._store.set_claims(subject, claims)
        if concerned:
            await self._review_dependents(subject, concerned, hint)
        for settled in concerned:
            await self._store.fulfil(subject, Intent(_CLAIMS, str(settled)))

    async def _catch_up_with_claims(
        self, subject: Subject, snapshot: Snapshot, numbers: frozenset[int], hint: Hint
    ) -> None:
        """Have this pull request reviewed again if the claims it hangs on moved meanwhile.

        Who claims a number queues those known to hang on it, and so does a sweep. That this one
        does is known only now, so what happened while it was being reviewed is found here.
        """
        ledger = snapshot.context.numbers
        known, complete = await self._store.claims(subject.repository)
        seen, now = (
            {
                claim
                for claim in claims
                if claim.number in numbers and claim.pull_request != subject.number
            }
            for claims in (ledger.claims, known)
        )
        completed = complete and not ledger.claims_complete
        if seen != now or completed:
            again = review_of(subject, f"{hint.delivery}-again", self._clock())
            await self._enqueue(again)
        elif not ledger.claims_complete:
            await self._enqueue(sweep_of(subject.repository, hint.delivery, self._clock()))

    async def _review_dependents(
        self, subject: Subject, numbers: Iterable[int], hint: Hint
    ) -> None:
        """Queue a review of every other pull request whose verdict hangs on these numbers."""
        for number in await self._store.depending_on(subject.repository, numbers):
            if number != subject.number:
                other = Subject(subject.repository, number)
                await self._enqueue(review_of(other, hint.delivery, self._clock()))


def _conclusions(snapshot: Snapshot, memory: Memory) -> tuple[Verdict, Desired, Plan]:
    verdict = judge(snapshot)
    desired = desired_state(snapshot, verdict)
    return verdict, desired, plan_writes(snapshot, desired, memory)


def _size(snapshot: Snapshot) -> int:
    """The characters that rules look at, each file counting for as much as a short text."""
    change = snapshot.change
    texts = [text for file in change.files for text in (file.before, file.after)]
    texts += (change.codeowners_before, change.codeowners_after)
    return _EACH_FILE * len(change.files) + sum(len(text) for text in texts if text is not None)


def _claims(snapshot: Snapshot) -> frozenset[PepNumber]:
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
