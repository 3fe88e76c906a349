"""Work the bot gives itself, as deliveries of its own: reviews of dependents, and timed work.

Their ids begin with `self:`, which no webhook's id can (see `bot.web.webhook`). They are made from
the delivery that caused them, so that a second run of the same delivery causes nothing twice.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.inbox.delivery import Delivery, DeliveryKind, Priority
from bot.review.subject import Repository, Subject

Enqueue = Callable[[Delivery], Awaitable[object]]
"""Gives a delivery to the inbox."""

REVIEW = "review"
RERUN = "rerequested"
"""The action of a review that somebody asked for again, as GitHub calls it on check runs."""

SWEEP = "sweep"
EVERYTHING = "everything"
"""The action of a sweep after which every pull request is reviewed that ever was."""

FIRST_SWEEP = "first_sweep"
REDELIVERY = "redelivery"
QUEUE = "queue"
REGISTER = "register"
REMINDERS = "reminders"
REMIND = "remind"
SUBMISSION = "submission"
SUBMISSIONS = "submissions"


def review_of(subject: Subject, cause: str, now: datetime, action: str = "") -> Delivery:
    """Have a pull request reviewed because of another delivery."""
    return Delivery(
        id=f"self:review:{subject.key}:{_root_cause(cause)}",
        event=REVIEW,
        action=action,
        key=subject.key,
        kind=DeliveryKind.REVIEW,
        payload=_payload(subject.repository, subject.number),
        received_at=now,
    )


def sweep_of(repository: Repository, cause: str, now: datetime, action: str = "") -> Delivery:
    """Have the open pull requests of a repository looked through."""
    return _repository_job(SWEEP, repository, cause, now, action)


def first_sweep_of(repository: Repository, cause: str, now: datetime) -> Delivery:
    """The same, needless by the time it is handled if all claims are known then.

    Every review that had to do without them asks for it, and one sweep serves them all.
    """
    return _repository_job(FIRST_SWEEP, repository, cause, now)


def redelivery_of(cause: str, now: datetime) -> Delivery:
    """Have GitHub asked for the webhooks that failed; it concerns the app, no repository."""
    return Delivery(
        id=f"self:{REDELIVERY}:{_root_cause(cause)}",
        event=REDELIVERY,
        action="",
        key="app",
        kind=DeliveryKind.ACT,
        payload=b"{}",
        received_at=now,
        priority=Priority.SWEEP,
    )


def queue_issue_of(repository: Repository, week: str, now: datetime) -> Delivery:
    """Have the issue with the editors' queue brought up to date, once in a week of that name."""
    return _repository_job(QUEUE, repository, week, now)


def register_of(repository: Repository, cause: str, now: datetime) -> Delivery:
    """Have the published PEPs read that changed."""
    return _repository_job(REGISTER, repository, cause, now)


def reminders_of(repository: Repository, day: str, now: datetime) -> Delivery:
    """Have what is left to do after merges looked through, once on a day of that name."""
    return _repository_job(REMINDERS, repository, day, now)


def reminder_of(subject: Subject, cause: str, now: datetime) -> Delivery:
    """Have the author of a merged pull request reminded, in line with what else happens there."""
    return _subject_job(REMIND, subject, cause, now)


def submissions_of(repository: Repository, day: str, now: datetime) -> Delivery:
    """Have the trackers looked at in which a repository's PEPs are submitted, once on that day."""
    return _repository_job(SUBMISSIONS, repository, day, now)


def submission_of(issue: Subject, cause: str, now: datetime) -> Delivery:
    """Have what is known and said of a submission brought up to date."""
    return _subject_job(SUBMISSION, issue, cause, now)


def _subject_job(event: str, subject: Subject, cause: str, now: datetime) -> Delivery:
    return Delivery(
        id=f"self:{event}:{subject.key}:{_root_cause(cause)}",
        event=event,
        action="",
        key=subject.key,
        kind=DeliveryKind.ACT,
        payload=_payload(subject.repository, subject.number),
        received_at=now,
        priority=Priority.SWEEP,
    )


def _repository_job(
    event: str, repository: Repository, cause: str, now: datetime, action: str = ""
) -> Delivery:
    return Delivery(
        id=f"self:{event}:{repository.full_name.lower()}:{_root_cause(cause)}",
        event=event,
        action=action,
        key=repository.full_name.lower(),
        kind=DeliveryKind.ACT,
        payload=_payload(repository, None),
        received_at=now,
        priority=Priority.SWEEP,
    )


def _root_cause(cause: str) -> str:
    """The webhook at the root: a chain of causes must not make ever longer ids."""
    return cause.rpartition(":")[2]


def _payload(repository: Repository, number: int | None) -> bytes:
    return json.dumps(
        {
            "repository": {"full_name": repository.full_name},
            "installation": {"id": repository.installation},
            "number": number,
        }
    ).encode()
