"""Requests as a budget: what may wait leaves the last requests of an hour to those who cannot.

GitHub grants each installation some thousand requests an hour. A push that concerns a thousand pull
requests could use them up, and then a person's command would wait for the next hour. So background
work waits below a third, and everything but commands below a tenth. What waits stays in the inbox,
as what GitHub limits does: it is retried once GitHub has filled up the hour.
"""

from collections.abc import Mapping

import structlog

from bot.app import App
from bot.github.client.client import TryLater
from bot.inbox.delivery import Priority

KEPT: Mapping[Priority, float] = {
    Priority.SWEEP: 1 / 3,
    Priority.REVIEW: 1 / 10,
    Priority.COMMAND: 0,
}
"""The share of an hour's requests that deliveries of a priority leave to more urgent ones."""

_log = structlog.get_logger()


def waits(priority: Priority, share_left: float) -> bool:
    """Whether deliveries of a priority wait while this share of the requests is left."""
    return share_left < KEPT[priority]


def require_requests(app: App, installation: int, priority: Priority) -> None:
    """Return if work of a priority may make requests now.

    The answers that this process got so far tell; nothing is asked.

    Raises:
        TryLater: It has to wait until GitHub fills up the requests of the installation.
    """
    quota = app.clients.quota(installation)
    if not waits(priority, quota.share_left(app.clock())):
        return
    urgency = priority.name.lower()
    _log.info(
        "put off",
        priority=urgency,
        remaining=quota.remaining,
        limit=quota.limit,
        until=None if quota.resets_at is None else quota.resets_at.isoformat(),
    )
    app.metrics.put_off(urgency)
    raise TryLater(
        f"only {quota.remaining} of {quota.limit} requests are left for this hour", quota.resets_at
    )
