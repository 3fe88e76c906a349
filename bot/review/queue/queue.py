"""The queue: open pull requests by whose turn it is and for how long, from what is remembered.

What editors asked for (https://github.com/python/peps/issues/5080): what nobody touched for a week
comes first, drafts stand apart, and one look tells what changed since the last. Nothing is read for
it; what the bot has not looked at yet is counted, not guessed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.peps.number import Claim, PepNumber
from bot.peps.people import Login
from bot.review.decision.status_change import Awaiting
from bot.review.overrides import Reservation
from bot.review.queue.follow_up import FollowUp
from bot.review.snapshot import Memory, PullRequestState, QueueEntry, Since, Snapshot
from bot.review.stage import Stage
from bot.review.verdict import Verdict

WEEK = timedelta(days=7)
"""Without activity for longer than this, a pull request is looked at first."""

TURNS = (Stage.EDITOR, Stage.DECISION, Stage.SPONSOR, Stage.AUTHOR)
"""Whose turns are told, in this order: those who read it first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open pull request in the queue.

    Attributes:
        number: Its number.
        queue_entry: What was noted of it.
        waited: For how long it has been that turn.
        idle: For how long nobody has done anything on it.
    """

    number: int
    queue_entry: QueueEntry
    waited: timedelta
    idle: timedelta

    @property
    def is_idle(self) -> bool:
        """Whether nobody touched it for more than a week."""
        return self.idle > WEEK


@dataclass(frozen=True, slots=True)
class News:
    """What changed within a week; pull requests by number.

    Attributes:
        opened: Opened, and still open.
        moved: Older, and it became that turn within the week (or was first looked at then).
        merged: Merged.
        closed: Closed without being merged.
    """

    opened: tuple[int, ...] = ()
    moved: tuple[int, ...] = ()
    merged: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue of a repository.

    Attributes:
        turns: By whose turn it is, drafts left out; idle ones first, then by how long it waits.
        drafts: Drafts, whosever turn.
        others: Those that touch no PEP, where nobody's turn is told.
        not_reviewed: How many remembered ones the bot has not looked at since it can tell.
        news: What changed within a week.
        assigned: The PEP numbers open pull requests claim, and which.
        is_complete: Whether every open pull request was looked at for such numbers.
        reserved: Numbers that editors reserved.
        reserved_by_policy: Numbers that the policy reserves, with the reason.
        awaiting: Published PEPs that await a decision.
        due: What is left to do after merges.
    """

    turns: Mapping[Stage, tuple[Waiting, ...]]
    drafts: tuple[Waiting, ...]
    others: tuple[Waiting, ...]
    not_reviewed: int
    news: News
    assigned: Mapping[PepNumber, tuple[int, ...]]
    is_complete: bool
    reserved: tuple[Reservation, ...]
    reserved_by_policy: Mapping[PepNumber, str] = field(default_factory=dict)
    awaiting: tuple[Awaiting, ...] = ()
    due: tuple[FollowUp, ...] = ()


def queue_of(
    remembered: Mapping[int, Memory],
    now: datetime,
    *,
    claims: Iterable[Claim] = (),
    is_complete: bool = True,
    reserved: Sequence[Reservation] = (),
    reserved_by_policy: Mapping[PepNumber, str] | None = None,
    awaiting: Sequence[Awaiting] = (),
    due: Sequence[FollowUp] = (),
) -> Queue:
    """Make the queue.

    Args:
        remembered: What is remembered of each pull request of a repository.
        now: The present time.
        claims: The numbers that open pull requests claim.
        is_complete: Whether all of those are known.
        reserved: Numbers that editors reserved.
        reserved_by_policy: Numbers that the policy reserves, with the reason.
        awaiting: Published PEPs that await a decision.
        due: What is left to do after merges.
    """
    waiting = [
        _waiting(number, memory.queue_entry, now)
        for number, memory in remembered.items()
        if memory.state is PullRequestState.OPEN and memory.queue_entry is not None
    ]
    ready = [one for one in waiting if not one.queue_entry.draft]
    assigned: dict[PepNumber, tuple[int, ...]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.number, claim.pull_request)):
        assigned[claim.number] = (*assigned.get(claim.number, ()), claim.pull_request)
    return Queue(
        turns={
            turn: _ordered(one for one in ready if one.queue_entry.turn == turn.value)
            for turn in TURNS
        },
        drafts=_ordered(one for one in waiting if one.queue_entry.draft),
        others=_ordered(one for one in ready if one.queue_entry.turn not in set(TURNS)),
        not_reviewed=sum(
            memory.queue_entry is None and memory.state in (None, PullRequestState.OPEN)
            for memory in remembered.values()
        ),
        news=_news(remembered, now),
        assigned=assigned,
        is_complete=is_complete,
        reserved=tuple(reserved),
        reserved_by_policy=dict(sorted((reserved_by_policy or {}).items())),
        awaiting=tuple(awaiting),
        due=tuple(due),
    )


def _waiting(number: int, queue_entry: QueueEntry, now: datetime) -> Waiting:
    nothing = timedelta()  # a clock may have been turned back meanwhile
    return Waiting(
        number,
        queue_entry,
        waited=max(now - queue_entry.since, nothing),
        idle=max(now - queue_entry.active_at, nothing),
    )


def _ordered(waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Those that nobody touched for a week first, by how long; then by how long they wait."""
    return tuple(
        sorted(
            waiting,
            key=lambda one: (
                not one.is_idle,
                -(one.idle if one.is_idle else one.waited),
                one.number,
            ),
        )
    )


def _news(remembered: Mapping[int, Memory], now: datetime) -> News:
    found: dict[str, list[int]] = {"opened": [], "moved": [], "merged": [], "closed": []}
    for number, memory in sorted(remembered.items()):
        queue_entry = memory.queue_entry
        if queue_entry is None:
            continue
        match memory.state:
            case PullRequestState.OPEN:
                # Days only: GitHub's hour of opening is not remembered.
                if queue_entry.opened is not None and queue_entry.opened >= (now - WEEK).date():
                    found["opened"].append(number)
                elif now - queue_entry.since <= WEEK and queue_entry.turn:
                    found["moved"].append(number)
            case PullRequestState.MERGED if now - queue_entry.since <= WEEK:
                found["merged"].append(number)
            case PullRequestState.CLOSED if now - queue_entry.since <= WEEK:
                found["closed"].append(number)
            case _:
                pass
    return News(**{name: tuple(numbers) for name, numbers in found.items()})


_OWN_EVENTS = frozenset({"review", "review rerequested"})
"""The events of reviews that the bot gave itself: nobody did anything here then."""


def queue_entry(snapshot: Snapshot, verdict: Verdict, memory: Memory, now: Since) -> QueueEntry:
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
    return QueueEntry(
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
    if memory.queue_entry is None:
        # It was so before the bot came to look, and nobody knows for how long.
        return snapshot.updated_at or now.at
    return memory.queue_entry.since if memory.queue_entry.turn == turn else now.at


def _active_at(snapshot: Snapshot, memory: Memory, now: Since) -> datetime:
    """When a person did something last.

    GitHub's `updated_at` also moves when the bot writes. At a person's event it is that event's
    time; at a review that the bot gave itself it counts only if something was pushed or said.
    """
    seen = snapshot.updated_at or now.at
    known = memory.queue_entry
    if known is None or now.event not in _OWN_EVENTS:
        return seen
    act_times = [act.at for act in snapshot.conversation.acts]
    pushed = [seen] if snapshot.head_sha != memory.head_sha else []
    return max([known.active_at, *act_times, *pushed])
