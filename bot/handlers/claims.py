"""Records which PEP numbers pull requests claim, and has others reviewed when that changes."""

from bot.app import App
from bot.handlers.invalidator import review_others
from bot.peps.number import PepNumber
from bot.review.subject import Subject
from bot.store.store import Intent

CLAIMS = "claims"

_CLAIMS_INTENT = Intent(CLAIMS, "")


async def record_claims(
    app: App,
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
        app: The app.
        subject: The pull request.
        claimed: The numbers it claims now.
        delivery: The delivery that led to this, used as the cause of the queued reviews.
        merged: Whether it was merged, so that its number is not free but published.
    """
    known, _ = await app.store.claims(subject.repository)
    before = {claim.number for claim in known if claim.pull_request == subject.number}
    changed = before != claimed
    if changed:
        await app.store.intend(subject, _CLAIMS_INTENT)
        await app.store.set_claims(subject, claimed)
    elif not any(one.kind == CLAIMS for one in await app.store.intents(subject)):
        return
    await review_others(
        app,
        subject.repository,
        delivery,
        excluding=[subject.number],
        base_changed=merged,
        claims_changed=not merged,
    )
    for intent in await app.store.intents(subject):
        if intent.kind == CLAIMS:
            await app.store.fulfil(subject, intent)
