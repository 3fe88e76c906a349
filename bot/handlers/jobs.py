"""Makes and queues internal jobs; the table of events has their kinds."""

import json
from collections.abc import Iterable
from datetime import datetime

from bot.app import App
from bot.handlers.events import EVENTS, Job
from bot.inbox.delivery import Delivery
from bot.review.subject import Repository, Subject


async def queue_job(
    app: App, name: Job, target: Subject | Repository | None, cause: str, action: str = ""
) -> None:
    """Queue an internal job now; the arguments are those of `job_of`."""
    await app.inbox.accept(job_of(name, target, cause, app.clock(), action))


async def queue_reviews(
    app: App, repository: Repository, numbers: Iterable[int], cause: str, action: str = ""
) -> None:
    """Queue reviews of these pull requests."""
    for number in sorted(numbers):
        await queue_job(app, Job.REVIEW, Subject(repository, number), cause, action)


def job_of(
    name: Job, target: Subject | Repository | None, cause: str, now: datetime, action: str = ""
) -> Delivery:
    """An internal job, as a delivery.

    Its id begins with `self:`, which no webhook's id can (see `bot.web.webhook`). It is derived
    from what caused the job, so causing it again makes no second job.

    Args:
        name: The kind of job.
        target: The pull request, issue or repository that it is about; None for the app.
        cause: The delivery that causes it, or the name of a round of scheduled work.
        now: The present time.
        action: What kind of job of this kind it is.
    """
    repository = target.repository if isinstance(target, Subject) else target
    key = ""
    if isinstance(target, Subject):
        key = target.key
    elif target is not None:
        key = target.full_name.lower()
    # The webhook that started a chain of jobs: ids must not get longer and longer.
    root_cause = cause.rpartition(":")[2]
    document = (
        {}
        if repository is None
        else {
            "repository": {"full_name": repository.full_name},
            "installation": {"id": repository.installation},
            "number": target.number if isinstance(target, Subject) else None,
        }
    )
    kind, priority = EVENTS[name].delivered
    return Delivery(
        id=":".join(part for part in ("self", name.value, key, root_cause) if part),
        event=name.value,
        action=action,
        key=key or "app",
        kind=kind,
        payload=json.dumps(document).encode(),
        received_at=now,
        priority=priority,
    )
