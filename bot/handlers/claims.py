"""Records which PEP numbers pull requests claim, and has others reviewed when that changes."""

from bot.handlers.invalidator import Invalidator
from bot.peps.number import PepNumber
from bot.review.subject import Subject
from bot.store.protocol import Intent, Store

CLAIMS = "claims"

_CLAIMS_INTENT = Intent(CLAIMS, "")


class Claims:
    """Records the claims of pull requests, and queues reviews of others that a change concerns."""

    def __init__(self, store: Store, invalidator: Invalidator) -> None:
        self._store = store
        self._invalidator = invalidator

    async def record(
        self,
        subject: Subject,
        claimed: frozenset[PepNumber],
        delivery: str,
        *,
        merged: bool = False,
    ) -> None:
        """Record what the pull request claims, and queue reviews of others that this concerns.

        The claims are stored first, or the reviews might not see them. If the process dies in
        between, the intent makes the repeated review queue them.

        Args:
            subject: The pull request.
            claimed: The numbers it claims now.
            delivery: The delivery that led to this, used as the cause of the queued reviews.
            merged: Whether it was merged, so that its number is not free but published.
        """
        known, _ = await self._store.claims(subject.repository)
        before = {claim.number for claim in known if claim.pull_request == subject.number}
        changed = before != claimed
        if changed:
            await self._store.intend(subject, _CLAIMS_INTENT)
            await self._store.set_claims(subject, claimed)
        elif not any(one.kind == CLAIMS for one in await self._store.intents(subject)):
            return
        await self._invalidator.review(
            subject.repository,
            delivery,
            excluding=[subject.number],
            base_changed=merged,
            claims_changed=not merged,
        )
        for intent in await self._store.intents(subject):
            if intent.kind == CLAIMS:
                await self._store.fulfil(subject, intent)
