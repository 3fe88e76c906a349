"""What pull requests claim: kept, and told on when it changes.

A verdict hangs on the numbers that other pull requests claim. So whoever changes a claim has those
reviewed that hang on it.
"""

from bot.handlers.invalidator import Invalidator
from bot.peps.number import PepNumber
from bot.review.subject import Subject
from bot.store.protocol import Intent, Store

CLAIMS = "claims"
"""The kind of intent that a change of claims is about to concern others."""

_MOVED = Intent(CLAIMS, "")


class Claims:
    """Keeps the claims of pull requests, and has those reviewed whom a change concerns."""

    def __init__(self, store: Store, dependents: Invalidator) -> None:
        self._store = store
        self._dependents = dependents

    async def follow(
        self,
        subject: Subject,
        claimed: frozenset[PepNumber],
        delivery: str,
        *,
        merged: bool = False,
    ) -> None:
        """Record what the pull request claims, and have those reviewed whom that concerns.

        They are queued when the claims stand, or they might be reviewed without them; if the
        process dies in between, the intent has the repeated review queue them.

        Args:
            subject: The pull request.
            claimed: What it claims now.
            delivery: The delivery that led to this, as the cause of what is queued.
            merged: Whether it was merged, so that its number is not free but published.
        """
        known, _ = await self._store.claims(subject.repository)
        before = {claim.number for claim in known if claim.pull_request == subject.number}
        changed = before != claimed
        if changed:
            await self._store.intend(subject, _MOVED)
            await self._store.set_claims(subject, claimed)
        elif not any(one.kind == CLAIMS for one in await self._store.intents(subject)):
            return
        await self._dependents.review(
            subject.repository,
            delivery,
            but=[subject.number],
            base_moved=merged,
            claims_moved=not merged,
        )
        for begun in await self._store.intents(subject):
            if begun.kind == CLAIMS:
                await self._store.fulfil(subject, begun)
