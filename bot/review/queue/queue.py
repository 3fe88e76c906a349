"""The queue: open pull requests by whose turn it is and for how long, from what is remembered.

Editors asked for it (https://github.com/python/peps/issues/5080): pull requests that nobody touched
for a week come first, drafts are separate, and it shows what changed recently. Nothing is read from
GitHub for it; pull requests that the bot has not reviewed yet are only counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta

from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.model import Policy
from bot.review.decision.status_change import Awaiting, awaiting_decision
from bot.review.number_inputs import StoredNumbers
from bot.review.overrides import Reservation
from bot.review.published_peps import KnownPeps
from bot.review.queue.follow_up import FollowUp, follow_ups
from bot.review.queue.sources import ChangedSource
from bot.review.snapshot import Memory, PullRequestState, QueueEntry, Since, Snapshot
from bot.review.stage import ConsentAwaited, Stage
from bot.review.verdict import Verdict
from bot.rules.edits.ownership import AwaitedAnswer
from bot.rules.engine.finding import join_names, safe_name
from bot.rules.engine.kind import ChangeKind

WEEK = timedelta(days=7)
"""A pull request without activity for longer than this is idle and comes first."""

_NO_NUMBERS = StoredNumbers(claims_complete=True)
_NO_PEPS = KnownPeps({})

TURNS = (Stage.EDITOR, Stage.DECISION, Stage.SPONSOR, Stage.AUTHOR)
"""Whose turn it may be, in the order of the queue: first those who read it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open pull request in the queue.

    Attributes:
        number: Its number.
        queue_entry: What the queue says about it.
        waited: How long it has been the same turn.
        idle: How long nobody has done anything on it.
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
    """What changed within the last week: the numbers of pull requests.

    Attributes:
        opened: Opened within the week and still open.
        moved: Opened earlier, and the turn changed within the week (or was first computed then).
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
        turns: Pull requests by whose turn it is, without drafts; idle ones first, then the longest
            waiting.
        drafts: Drafts, whosever turn it is.
        others: Pull requests that touch no PEP, which are nobody's turn.
        not_reviewed: How many known ones have no queue entry yet.
        news: What changed within the last week.
        assigned: The PEP numbers that open pull requests claim, and the pull requests.
        is_complete: Whether every open pull request was checked for such numbers.
        reserved: Numbers that editors reserved.
        reserved_by_policy: Numbers that the policy reserves, with the reason.
        awaiting: Published PEPs that await a decision.
        due: What is left to do after merges.
        sources: The sources of the policy's data that changed.
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
    sources: tuple[ChangedSource, ...] = ()


def queue_of(
    remembered: Mapping[int, Memory],
    now: datetime,
    *,
    numbers: StoredNumbers = _NO_NUMBERS,
    known: KnownPeps = _NO_PEPS,
    policy: Policy | None = None,
) -> Queue:
    """Build the queue.

    Args:
        remembered: The memory of each pull request of a repository, by its number.
        now: The current time.
        numbers: The numbers that open pull requests claim, and those that editors reserved.
        known: What is known about the repository's PEPs.
        policy: The repository's policy; None if it keeps no PEPs.
    """
    waiting = [
        _waiting(number, memory.queue_entry, now)
        for number, memory in remembered.items()
        if memory.state is PullRequestState.OPEN and memory.queue_entry is not None
    ]
    ready = [one for one in waiting if not one.queue_entry.draft]
    reserved = policy.numbers.reserved if policy else {}
    assigned: dict[PepNumber, tuple[int, ...]] = {}
    for claim in sorted(numbers.claims, key=lambda claim: (claim.number, claim.pull_request)):
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
        is_complete=numbers.claims_complete,
        reserved=tuple(numbers.reservations),
        reserved_by_policy={
            number: reserved[number] for number in sorted(reserved.keys() - known.register.keys())
        },
        awaiting=awaiting_decision(known),
        due=follow_ups(known, now, policy) if policy else (),
        sources=known.sources,
    )


def entry_on(queue_entry: QueueEntry, now: datetime) -> QueueEntry:
    """What the queue says at a time: whoever was asked may not have answered in time."""
    over = queue_entry.editors_from
    if over is None or now < over or queue_entry.turn != Stage.AUTHOR:
        return queue_entry
    return replace(queue_entry, turn=str(Stage.EDITOR), since=over)


def open_points(queue_entry: QueueEntry) -> str:
    """Whose answer is awaited, or did not come in time, and what keeps it from being merged."""
    in_time = queue_entry.turn != Stage.EDITOR
    answer = f"{'waiting for' if in_time else 'no answer from'} {queue_entry.awaits}"
    return ", ".join(filter(None, (queue_entry.awaits and answer, queue_entry.obstacles)))


def _waiting(number: int, known: QueueEntry, now: datetime) -> Waiting:
    queue_entry = entry_on(known, now)
    nothing = timedelta()  # a clock may have been turned back meanwhile
    return Waiting(
        number,
        queue_entry,
        waited=max(now - queue_entry.since, nothing),
        idle=max(now - queue_entry.active_at, nothing),
    )


def _ordered(waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Idle pull requests first, the longest idle one on top; then the longest waiting."""
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
        if memory.queue_entry is None:
            continue
        queue_entry = entry_on(memory.queue_entry, now)
        match memory.state:
            case PullRequestState.OPEN:
                # Compare days: the time of day it was opened is not remembered.
                if queue_entry.opened is not None and queue_entry.opened >= (now - WEEK).date():
                    found["opened"].append(number)
                elif now - queue_entry.since <= WEEK and queue_entry.turn:
                    found["moved"].append(number)
            case PullRequestState.MERGED if now - queue_entry.since <= WEEK:
                found["merged"].append(number)
            case PullRequestState.CLOSED if now - queue_entry.since <= WEEK:
                found["closed"].append(number)
    return News(**{name: tuple(numbers) for name, numbers in found.items()})


_OWN_EVENTS = frozenset({"review", "review rerequested"})
"""The events of reviews that the bot started by itself, without anybody doing anything here."""


def queue_entry(snapshot: Snapshot, verdict: Verdict, memory: Memory, now: Since) -> QueueEntry:
    """What the queue says about a pull request after this review.

    Args:
        snapshot: The pull request as it is now.
        verdict: The verdict on it.
        memory: What was remembered about it before.
        now: The time of this review, and the event that led to it.
    """
    if snapshot.state is not PullRequestState.OPEN:
        turn = str(snapshot.state)
    else:
        turn = str(verdict.stage) if verdict.stage is not None else ""
    reason = None if verdict.turn is None else verdict.turn.reason
    answer = reason if isinstance(reason, AwaitedAnswer) else None
    editors_from = None if answer is None else datetime.combine(answer.until, time(), UTC)
    since = _since(turn, snapshot, memory, now)
    if answer is not None and editors_from is not None:
        since = answer.since if turn == Stage.AUTHOR else editors_from
    return QueueEntry(
        title=snapshot.change.title,
        opener=snapshot.change.author or Login(""),
        opened=snapshot.change.opened,
        draft=snapshot.change.draft,
        kind=str(verdict.kind),
        turn=turn,
        since=since,
        active_at=_active_at(snapshot, memory, now),
        awaits=_awaited_people(verdict),
        editors_from=editors_from,
        obstacles=_obstacles(snapshot) if verdict.is_ready else "",
    )


def _obstacles(snapshot: Snapshot) -> str:
    """What keeps a pull request from being merged on which nothing is left to fix."""
    names = tuple(safe_name(one.name) for one in snapshot.failed_checks)
    failing = f"{join_names(names)} {'fails' if len(names) == 1 else 'fail'}" if names else ""
    conflict = f"conflicts with {safe_name(snapshot.base.branch)}" if snapshot.conflicts else ""
    return ", ".join(filter(None, (failing, conflict)))


def _awaited_people(verdict: Verdict) -> str:
    """Whose answer is awaited on a change of a published PEP; a new PEP's comment says it."""
    match verdict.turn.reason if verdict.turn is not None else None:
        case AwaitedAnswer(names):
            return join_names(names)
        case ConsentAwaited(_, names) if verdict.kind is not ChangeKind.NEW_PEP:
            return join_names(names)
    return ""


def _since(turn: str, snapshot: Snapshot, memory: Memory, now: Since) -> datetime:
    """Since when it has been this turn, even if the cause changed since."""
    if memory.queue_entry is None:
        # It was so before the bot first looked, for an unknown time.
        return snapshot.updated_at or now.at
    return memory.queue_entry.since if memory.queue_entry.turn == turn else now.at


def _active_at(snapshot: Snapshot, memory: Memory, now: Since) -> datetime:
    """When a person last did something.

    GitHub's `updated_at` also changes when the bot writes. After a person's event it is the time of
    that event. In a review that the bot started itself only a push and what people said count.
    """
    seen = snapshot.updated_at or now.at
    known = memory.queue_entry
    if known is None or now.event not in _OWN_EVENTS:
        return seen
    act_times = [act.at for act in snapshot.conversation.acts]
    pushed = [seen] if snapshot.head_sha != memory.head_sha else []
    return max([known.active_at, *act_times, *pushed])
