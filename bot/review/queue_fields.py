"""The queue for programs: on the command line and on the web the same fields."""

from collections.abc import Mapping

from bot.review.awaiting import Awaiting
from bot.review.follow_up import FollowUp
from bot.review.follow_up_told import follow_up_fact
from bot.review.orders import Reservation
from bot.review.queue import Queue, Waiting


def queue_fields(queue: Queue) -> Mapping[str, object]:
    """What a queue says, as JSON can keep it."""
    return {
        "turns": {
            turn.value: [_pull(each) for each in waiting] for turn, waiting in queue.turns.items()
        },
        "drafts": [_pull(each) for each in queue.drafts],
        "no_pep": [_pull(each) for each in queue.others],
        "not_looked_at": queue.unseen,
        "within_a_week": {
            "opened": queue.news.opened,
            "turn_changed": queue.news.moved,
            "merged": queue.news.merged,
            "closed": queue.news.closed,
        },
        "claimed": {str(number): pulls for number, pulls in queue.assigned.items()},
        "claims_complete": queue.is_complete,
        "reserved": [_reserved(held) for held in queue.reserved],
        "reserved_by_policy": {str(number): reason for number, reason in queue.kept.items()},
        "awaiting_decision": [_awaiting(each) for each in queue.awaiting],
        "follow_ups": [_due(each) for each in queue.due],
    }


def _pull(waiting: Waiting) -> dict[str, object]:
    listed = waiting.listed
    return {
        "number": waiting.number,
        "title": listed.title,
        "opener": listed.opener,
        "opened": listed.opened and listed.opened.isoformat(),
        "kind": listed.kind,
        "turn": listed.turn,
        "since": listed.since.isoformat(),
        "last_activity": listed.active_at.isoformat(),
        "idle": waiting.is_idle,
    }


def _awaiting(one: Awaiting) -> dict[str, object]:
    submission = one.submission
    return {
        "pep": one.pep.number,
        "title": one.pep.title,
        "pull_requests": one.pull_requests,
        "issue": submission and submission.url,
        "submitted": submission and submission.opened_at.isoformat(),
    }


def _due(one: FollowUp) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "pep": one.pep.number,
        "title": one.pep.title,
        "what": follow_up_fact(one),
        "since": one.since.isoformat(),
        "pull_request": one.added and one.added.pull_request,
        "url": one.url or None,
    }


def _reserved(held: Reservation) -> dict[str, object]:
    return {
        "number": held.number,
        "pull_request": held.pull_request,
        "reason": held.reason,
        "by": held.by,
        "at": held.at.isoformat(),
        "url": held.url,
    }
