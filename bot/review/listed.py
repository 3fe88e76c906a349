"""What the queue will tell of a pull request, noted at each review: nothing is read for it then."""

from datetime import datetime

from bot.peps.people import Login
from bot.review.snapshot import Listed, Memory, PullRequestState, Since, Snapshot
from bot.review.verdict import Verdict

_OWN_EVENTS = frozenset({"review", "review rerequested"})
"""The events of reviews that the bot gave itself: nobody did anything here then."""


def listed(snapshot: Snapshot, verdict: Verdict, memory: Memory, now: Since) -> Listed:
    """What is to be told from now on.

    Args:
        snapshot: How the pull request stands.
        verdict: What was made of it.
        memory: What was remembered of it before.
        now: When this is, and which event led to it.
    """
    if snapshot.state is not PullRequestState.OPEN:
        turn = str(snapshot.state)
    else:
        turn = str(verdict.stage) if verdict.stage is not None else ""
    return Listed(
        title=snapshot.change.title,
        opener=snapshot.change.author or Login(""),
        opened=snapshot.change.opened,
        draft=snapshot.change.draft,
        kind=str(verdict.kind),
        turn=turn,
        since=_since(turn, snapshot, memory, now),
        active_at=_active_at(snapshot, memory, now),
    )


def _since(turn: str, snapshot: Snapshot, memory: Memory, now: Since) -> datetime:
    """Since when it is that turn; the reasons for it may change meanwhile."""
    if memory.listed is None:
        # It was so before the bot came to look, and nobody knows for how long.
        return snapshot.updated_at or now.at
    return memory.listed.since if memory.listed.turn == turn else now.at


def _active_at(snapshot: Snapshot, memory: Memory, now: Since) -> datetime:
    """When a person did something last.

    GitHub's `updated_at` also moves when the bot writes. At a person's event it is that event's
    time; at a review that the bot gave itself it counts only if something was pushed or said.
    """
    seen = snapshot.updated_at or now.at
    known = memory.listed
    if known is None or now.event not in _OWN_EVENTS:
        return seen
    said = [act.at for act in snapshot.conversation.acts]
    pushed = [seen] if snapshot.head_sha != memory.head_sha else []
    return max([known.active_at, *said, *pushed])
