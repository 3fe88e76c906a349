"""Jobs the bot gives itself, as deliveries of its own: reviews after a change, and timed work.

Their ids begin with `self:`, which no webhook's id can (see `bot.web.webhook`). An id is derived
from the delivery that caused the job, so running that delivery again causes no second job.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.inbox.delivery import Delivery, DeliveryKind, Priority
from bot.review.subject import Repository, Subject

Enqueue = Callable[[Delivery], Awaitable[object]]
"""Puts a delivery into the inbox."""

REVIEW = "review"
RERUN = "rerequested"
"""The action of a review that somebody requested again, as GitHub calls it for check runs."""

SWEEP = "sweep"
EVERYTHING = "everything"
"""The action of a sweep that reviews every open pull request that was ever reviewed."""

FIRST_SWEEP = "first_sweep"
REDELIVERY = "redelivery"
QUEUE = "queue"
REGISTER = "register"
REMINDERS = "reminders"
REMIND = "remind"
SUBMISSION = "submission"
SUBMISSIONS = "submissions"


def review_of(subject: Subject, cause: str, now: datetime, action: str = "") -> Delivery:
    """A job that reviews a pull request because of another delivery."""
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
    """A job that sweeps the open pull requests of a repository."""
    return _repository_job(SWEEP, repository, cause, now, action)


def first_sweep_of(repository: Repository, cause: str, now: datetime) -> Delivery:
    """A sweep that is skipped if all claims are known by the time it is handled.

    Every review that lacked the claims requests it, and one sweep is enough for all of them.
    """
    return _repository_job(FIRST_SWEEP, repository, cause, now)


def redelivery_of(cause: str, now: datetime) -> Delivery:
    """A job that requests failed webhooks again; it concerns the app, not a repository."""
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
    """A job that updates the issue with the editors' queue, once for each `week`."""
    return _repository_job(QUEUE, repository, week, now)


def register_of(repository: Repository, cause: str, now: datetime) -> Delivery:
    """A job that reads the published PEPs that changed."""
    return _repository_job(REGISTER, repository, cause, now)


def reminders_of(repository: Repository, day: str, now: datetime) -> Delivery:
    """A job that finds what is left to do after merges, once for each `day`."""
    return _repository_job(REMINDERS, repository, day, now)


def reminder_of(subject: Subject, cause: str, now: datetime) -> Delivery:
    """A job that reminds the author of a merged pull request, in the queue of that pull request."""
    return _subject_job(REMIND, subject, cause, now)


def submissions_of(repository: Repository, day: str, now: datetime) -> Delivery:
    """A job that checks the trackers where a repository's PEPs are submitted, once for each day."""
    return _repository_job(SUBMISSIONS, repository, day, now)


def submission_of(issue: Subject, cause: str, now: datetime) -> Delivery:
    """A job that updates what is stored of a submission, and our comment on it."""
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
    """The webhook that started a chain of jobs, so that ids do not get longer and longer."""
    return cause.rpartition(":")[2]


def _payload(repository: Repository, number: int | None) -> bytes:
    return json.dumps(
        {
            "repository": {"full_name": repository.full_name},
            "installation": {"id": repository.installation},
            "number": number,
        }
    ).encode()
