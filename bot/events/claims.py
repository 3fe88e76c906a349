"""What pull requests claim, and whom it concerns when a claim comes or goes.

A verdict hangs on the numbers that other pull requests claim. So whoever changes a claim has those
reviewed that hang on it, and a review looks at its end whether claims moved while it was made.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from bot.events.own import Enqueue, review_of, sweep_of
from bot.peps.number import NumberLedger, PepNumber
from bot.review.subject import Subject
from bot.store.protocol import Intent, Store

CLAIMS = "claims"
"""The kind of intent that a change of claims is about to concern others."""


class Claims:
    """Keeps the claims of pull requests, and has those reviewed whom a change concerns."""

    def __init__(self, store: Store, enqueue: Enqueue, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._enqueue = enqueue
        self._clock = clock

    async def follow(self, subject: Subject, claimed: frozenset[PepNumber], delivery: str) -> None:
        """Record what the pull request claims, and have those reviewed whom that concerns.

        They are queued when the claims stand, or they might be reviewed without them; if the
        process dies in between, the intent tells the repeated review whom to queue.

        Args:
            subject: The pull request.
            claimed: What it claims now.
            delivery: The delivery that led to this, as the cause of what is queued.
        """
        known, _ = await self._store.claims(subject.repository)
        before = {claim.number for claim in known if claim.pull_request == subject.number}
        changed = before ^ claimed
        begun = [one for one in await self._store.intents(subject) if one.kind == CLAIMS]
        concerned = {*map(int, changed), *(int(one.detail) for one in begun)}
        for number in changed:
            await self._store.intend(subject, Intent(CLAIMS, str(number)))
        if changed:
            await self._store.set_claims(subject, claimed)
        if concerned:
            await self._review_dependents(subject, concerned, delivery)
        for settled in concerned:
            await self._store.fulfil(subject, Intent(CLAIMS, str(settled)))

    async def catch_up(
        self, subject: Subject, ledger: NumberLedger, numbers: frozenset[int], delivery: str
    ) -> None:
        """Have a pull request reviewed again if the claims it hangs on moved meanwhile.

        Who claims a number queues those known to hang on it, and so does a sweep. That this one
        does is known only now, so what happened while it was being reviewed is found here.

        Args:
            subject: The pull request that was just reviewed.
            ledger: The numbers as that review saw them.
            numbers: Those its verdict hangs on.
            delivery: The delivery that led to it.
        """
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
            await self._enqueue(review_of(subject, f"{delivery}-again", self._clock()))
        elif not ledger.claims_complete:
            await self._enqueue(sweep_of(subject.repository, delivery, self._clock()))

    async def _review_dependents(
        self, subject: Subject, numbers: Iterable[int], delivery: str
    ) -> None:
        for number in await self._store.depending_on(subject.repository, numbers):
            if number != subject.number:
                other = Subject(subject.repository, number)
                await self._enqueue(review_of(other, delivery, self._clock()))
