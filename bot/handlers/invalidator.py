"""Pull requests whose verdict hangs on something beside them, and when they are reviewed again.

What moves is a number (claimed, given up, published, withdrawn), a line of CODEOWNERS at the base,
the policy, or who is who. Whatever told of it, the answer is the same: compare what each open pull
request was judged by with what it would be judged by now, and have those reviewed for which that
differs. So a push that was lost, one too large to list its files and one that rewrites history
count as any other, and a change that two events tell of leads to one review.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256

import structlog
from cachetools import TTLCache

from bot.github.client.client import Clients
from bot.github.client.failure import Gone
from bot.github.read.base_branch import BaseBranch
from bot.github.read.repository import BaseBranchReader
from bot.github.read.surroundings import Reservations, no_reservations
from bot.handlers.internal_jobs import Enqueue, first_sweep_of, review_of
from bot.peps.number import NumberLedger
from bot.policy.load import fingerprint
from bot.review.number_inputs import ledger_of, number_inputs
from bot.review.snapshot import Memory, PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.engine.kind import ChangeKind
from bot.store.documents import EDITORS_SEEN, JUDGED_BY
from bot.store.protocol import Document, Store

MAX_REPEATED_REVIEWS = 5
"""How often in a row a review may lead to the next of the same pull request."""

MAX_REVIEWS_AN_HOUR = 10
"""How often a pull request is reviewed because of others' claims, before an hour without that."""

_HOUR = 3_600.0
_MAX_COUNTED = 10_000
_REPEAT_MARK = "-again-"

_log = structlog.get_logger()


class Invalidator:
    """Finds the pull requests that something else concerns, and has them reviewed."""

    def __init__(
        self,
        *,
        clients: Clients,
        base_branch: BaseBranchReader,
        store: Store,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
        reservations: Reservations = no_reservations,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._review_counts: TTLCache[str, int] = TTLCache(_MAX_COUNTED, _HOUR, monotonic)
        self._reservations = reservations
        self._clients = clients
        self._base_branch = base_branch
        self._store = store
        self._enqueue = enqueue
        self._clock = clock
        # Two events that tell of one change should not find the same pull requests at once. Where
        # two processes do, these are reviewed twice, and the second review finds nothing to do.
        self._lock = asyncio.Lock()

    async def review(
        self,
        repository: Repository,
        cause: str,
        *,
        bases: Iterable[str] = (),
        excluding: Collection[int] = (),
        base_changed: bool = False,
        claims_changed: bool = False,
    ) -> None:
        """Have those open pull requests reviewed that would be judged by something else now.

        Args:
            repository: Where something changed.
            cause: The delivery that told of it.
            bases: Branches to look at, beside those into which numbered PEPs are to be merged.
            excluding: Pull requests that are reviewed anyway.
            base_changed: Whether a base branch may have moved, so that it has to be read again.
            claims_changed: Whether what moved is another pull request's claim. Its author may move
                that as often as he likes: beyond `MAX_REVIEWS_AN_HOUR` the next sweep finds what
                stands.

        Raises:
            GitHubFailure: A base branch could not be read.
        """
        async with self._lock:
            if base_changed:
                await self._base_branch.forget(repository)
            numbered = await self._store.numbered(repository)
            named = {memory.base for memory in numbered.values() if memory.base}
            for base in sorted(named | set(bases)):
                base_branch = await self._read_base_branch(repository, base)
                if base_branch is None:
                    continue
                rules = _Criteria.of(repository, base, base_branch)
                known = await self._store.document(rules.name)
                changed = known is not None and known.text != rules.text
                candidates = await self._open(repository) if changed else numbered
                ledger = await self._ledger(repository, base_branch)
                # A second run after another change of the policy has to be another cause.
                cause_digest = _digest(cause, rules.text)
                for number, memory in candidates.items():
                    if memory.base != base or number in excluding:
                        continue
                    subject = Subject(repository, number)
                    inputs = _number_inputs(subject, memory, ledger, base_branch)
                    if changed or (
                        inputs != memory.number_inputs
                        and (not claims_changed or self._allow_review(subject))
                    ):
                        await self._review_again(subject, memory, inputs, cause_digest)
                if changed or known is None:
                    await self._store_document(rules.name, rules.text)

    async def review_if_outdated(
        self, snapshot: Snapshot, memory: Memory, kind: ChangeKind, delivery: str
    ) -> None:
        """Have a pull request reviewed again if what it was judged by moved meanwhile.

        What moves concerns those known to hang on it. That this one does is known only now, so what
        happened while it was being reviewed is found here.

        Args:
            snapshot: What the review saw.
            memory: What is remembered of it.
            kind: The kind of change.
            delivery: The delivery that led to it.
        """
        subject = snapshot.subject
        if snapshot.state is not PullRequestState.OPEN:
            return
        base_branch = await self._read_base_branch(subject.repository, snapshot.base.branch)
        if base_branch is None:
            return
        ledger = await self._ledger(subject.repository, base_branch)
        inputs = _number_inputs(subject, memory, ledger, base_branch)
        if inputs != memory.number_inputs or base_branch.policy != snapshot.context.policy:
            if (repeats := _repeat_count(delivery) + 1) > MAX_REPEATED_REVIEWS:
                # Nothing moves that often: what reviews see and what is seen here differ for good.
                _log.error("reviews do not settle", reviews=repeats)
            elif base_branch.policy != snapshot.context.policy or self._allow_review(subject):
                await self._review_again(subject, memory, inputs, delivery, repeats)
        elif kind is not ChangeKind.INFRASTRUCTURE and not snapshot.context.numbers.claims_complete:
            await self._enqueue(first_sweep_of(subject.repository, delivery, self._clock()))
        rules = _Criteria.of(subject.repository, snapshot.base.branch, base_branch)
        if await self._store.document(rules.name) is None:
            await self._store_document(rules.name, rules.text)

    async def core_team_changed(self, installation: int, before: Document, text: str) -> None:
        """Have open new PEPs reviewed: a new list may make somebody eligible, or not any more.

        Args:
            installation: Which one's list it is; it concerns no other's repositories.
            before: The copy before it; part of the cause, for a list may become again what it was.
            text: The new list.
        """
        cause = _digest(before.read_at.isoformat(), text)
        for repository in await self._store.repositories():
            if repository.installation == installation:
                await self._review_new_peps(repository, cause)

    async def editors_seen(self, repository: Repository, logins: Iterable[str], cause: str) -> None:
        """Have every open new PEP reviewed if the editors are others than when last looked at.

        They may sponsor PEPs, and what they label instructs the bot.
        """
        name = EDITORS_SEEN.of(repository)
        text = "\n".join(sorted(login.lower() for login in logins))
        known = await self._store.document(name)
        if known is not None and known.text == text:
            return
        if known is not None:
            await self._review_new_peps(repository, _digest(cause, text))
        await self._store_document(name, text)

    async def _review_new_peps(self, repository: Repository, cause: str) -> None:
        for number, memory in (await self._open(repository)).items():
            if memory.is_new_pep:
                await self._enqueue(review_of(Subject(repository, number), cause, self._clock()))

    async def _open(self, repository: Repository) -> Mapping[int, Memory]:
        """The open pull requests that were reviewed; none that is older than the installation."""
        return {
            number: memory
            for number, memory in sorted((await self._store.reviewed(repository)).items())
            if memory.state is PullRequestState.OPEN
        }

    async def _read_base_branch(self, repository: Repository, base: str) -> BaseBranch | None:
        """The facts of a base branch as they are known now; None if it is gone."""
        client = await self._clients.for_repository(repository.full_name, repository.installation)
        try:
            return await self._base_branch.at(client, repository, base)
        except Gone:
            return None

    async def _ledger(self, repository: Repository, base_branch: BaseBranch) -> NumberLedger:
        known, complete = await self._store.claims(repository)
        reserved = await self._reservations(repository)
        return ledger_of(
            base_branch.policy,
            base_branch.published,
            known,
            claims_complete=complete,
            reservations=reserved,
        )

    async def _review_again(
        self, subject: Subject, memory: Memory, inputs: str, delivery: str, repeats: int = 0
    ) -> None:
        """Queue a review, and note what it will go by, so that nobody queues it for that again.

        Queued first: after a crash in between the same cause queues the same review, which the
        inbox knows. `repeats` tells how many reviews led to each other before it.
        """
        cause = f"{_digest(delivery, inputs)}{_REPEAT_MARK}{repeats}"
        await self._enqueue(review_of(subject, cause, self._clock()))
        if inputs != memory.number_inputs:
            await self._store.set_number_inputs(subject, inputs, known=memory.number_inputs)
        _log.info("to be reviewed again", subject=subject.key, review=cause)

    def _allow_review(self, subject: Subject) -> bool:
        """Count what others have done to a pull request; False if that was too often lately.

        Its outlook is not noted then, so that the next sweep, or a push, finds that it differs.
        """
        count = self._review_counts.get(subject.key, 0) + 1
        if count > MAX_REVIEWS_AN_HOUR:
            _log.info("left to the next sweep", subject=subject.key)
            return False
        self._review_counts[subject.key] = count
        return True

    async def _store_document(self, name: str, text: str) -> None:
        await self._store.keep_document(name, Document(text, self._clock()))


def _number_inputs(
    subject: Subject, memory: Memory, ledger: NumberLedger, base_branch: BaseBranch
) -> str:
    return number_inputs(
        memory.numbers, subject.number, ledger, base_branch.policy, base_branch.codeowners
    )


class _Criteria:
    """What pull requests for a base branch were last judged by: the policy, and notes on both."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @classmethod
    def of(cls, repository: Repository, base: str, base_branch: BaseBranch) -> "_Criteria":
        # With the notes: that a policy is invalid is told on every pull request.
        text = "\n".join((fingerprint(base_branch.policy), *base_branch.notes))
        return cls(JUDGED_BY.of(repository, base), text)


def _repeat_count(delivery: str) -> int:
    """How many reviews in a row led to this delivery; 0 for a webhook."""
    count = delivery.rpartition(_REPEAT_MARK)[2] if delivery.startswith("self:") else ""
    return int(count) if count.isdecimal() else 0


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
