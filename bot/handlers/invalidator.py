"""Finds pull requests whose verdict depends on something that changed elsewhere, to review them.

What can change is a number (claimed, given up, published, withdrawn), a line of CODEOWNERS on the
base branch, the policy, or the people. Whatever reported the change, the reaction is the same:
compare the inputs each open pull request was judged by with the present ones, and review those for
which they differ. So it does not matter if a push was lost, was too large to list its files or
rewrote history, and a change that two events report leads to one review.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from hashlib import sha256

import structlog
from cachetools import TTLCache

from bot.github.client.client import Clients, Gone
from bot.github.read.base_branch import BaseBranch
from bot.github.read.repository import BaseBranchReader
from bot.github.read.surroundings import Reservations, no_reservations
from bot.handlers.internal_jobs import Enqueue, first_sweep_of, review_of
from bot.peps.number import NumberLedger
from bot.review.number_inputs import ledger_of, number_inputs
from bot.review.snapshot import Memory, PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.engine.kind import ChangeKind
from bot.store.documents import EDITORS_SEEN, JUDGED_BY
from bot.store.protocol import Document, Store

MAX_REPEATED_REVIEWS = 5
"""How often in a row a review may cause the next review of the same pull request."""

MAX_REVIEWS_AN_HOUR = 10
"""How many reviews others' claims may cause before a pull request gets none for an hour."""

_HOUR = 3_600.0
_MAX_COUNTED = 10_000
_REPEAT_MARK = "-again-"

_log = structlog.get_logger()


class Invalidator:
    """Finds pull requests that depend on a change elsewhere, and queues reviews of them."""

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
        # Two events that report one change should not find the same pull requests at once. If two
        # processes do, they are reviewed twice, and the second review finds nothing to do.
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
        """Queue reviews of the open pull requests whose inputs differ from those of their verdict.

        Args:
            repository: Where something changed.
            cause: The delivery that reported it.
            bases: Branches to check, besides those into which numbered PEPs are to be merged.
            excluding: Pull requests that are reviewed anyway.
            base_changed: Whether a base branch may have moved, so that it must be read again.
            claims_changed: Whether another pull request's claim changed. Its author may change it
                as often as they like, so after `MAX_REVIEWS_AN_HOUR` reviews the rest is left to
                the next sweep.

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
                name, criteria = JUDGED_BY.of(repository, base), base_branch.criteria
                known = await self._store.document(name)
                changed = known is not None and known.text != criteria
                candidates = await self._open(repository) if changed else numbered
                ledger = await self._ledger(repository, base_branch)
                # If this runs again after another change of the policy, the cause must differ.
                cause_digest = _digest(cause, criteria)
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
                    await self._store_document(name, criteria)

    async def review_if_outdated(
        self, snapshot: Snapshot, memory: Memory, kind: ChangeKind, delivery: str
    ) -> None:
        """Queue another review of a pull request if its inputs changed during the review.

        A change elsewhere leads to reviews of those known to depend on it. That this pull request
        does is known only now, so a change during its review is found here.

        Args:
            snapshot: The snapshot the review was based on.
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
                # Inputs do not change that often: reviews and this check must permanently disagree.
                _log.error("reviews do not settle", reviews=repeats)
            elif base_branch.policy != snapshot.context.policy or self._allow_review(subject):
                await self._review_again(subject, memory, inputs, delivery, repeats)
        elif kind is not ChangeKind.INFRASTRUCTURE and not snapshot.context.numbers.claims_complete:
            await self._enqueue(first_sweep_of(subject.repository, delivery, self._clock()))
        name = JUDGED_BY.of(subject.repository, snapshot.base.branch)
        if await self._store.document(name) is None:
            await self._store_document(name, base_branch.criteria)

    async def core_team_changed(self, installation: int, before: Document, text: str) -> None:
        """Queue reviews of open new PEPs, since a new list may change who is eligible.

        Args:
            installation: The installation whose list it is; only its repositories are concerned.
            before: The previous copy; part of the cause, since a list may change back.
            text: The new list.
        """
        cause = _digest(before.read_at.isoformat(), text)
        for repository in await self._store.repositories():
            if repository.installation == installation:
                await self._review_new_peps(repository, cause)

    async def editors_seen(self, repository: Repository, logins: Iterable[str], cause: str) -> None:
        """Queue reviews of all open new PEPs if the editors have changed since the last check.

        Editors may sponsor PEPs, and labels that they set instruct the bot.
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
        """The open pull requests that were reviewed, so none older than the installation."""
        return {
            number: memory
            for number, memory in sorted((await self._store.reviewed(repository)).items())
            if memory.state is PullRequestState.OPEN
        }

    async def _read_base_branch(self, repository: Repository, base: str) -> BaseBranch | None:
        """The base branch as it is now; None if it does not exist any more."""
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
        """Queue a review, and store the inputs it will use, so that it is queued only once.

        It is queued first: after a crash in between, the same cause queues the same delivery, which
        the inbox recognizes. `repeats` is how many reviews in a row led to this one.
        """
        cause = f"{_digest(delivery, inputs)}{_REPEAT_MARK}{repeats}"
        await self._enqueue(review_of(subject, cause, self._clock()))
        if inputs != memory.number_inputs:
            await self._store.set_number_inputs(subject, inputs, known=memory.number_inputs)
        _log.info("to be reviewed again", subject=subject.key, review=cause)

    def _allow_review(self, subject: Subject) -> bool:
        """Count a review that others' claims caused; False if there were too many lately.

        Then its inputs are not stored, so that the next sweep or push finds that they differ.
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


def _repeat_count(delivery: str) -> int:
    """How many reviews in a row led to this delivery; 0 for a webhook."""
    count = delivery.rpartition(_REPEAT_MARK)[2] if delivery.startswith("self:") else ""
    return int(count) if count.isdecimal() else 0


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
