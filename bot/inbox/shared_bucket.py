"""A token bucket per installation, shared by all processes; each write to GitHub takes a token.

GitHub counts an app's writes, however many processes it has. And a worker that stood still for so
long that others took over its work must not go on writing when it wakes: only a worker that still
counts as one gets a token.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot.github.client.throttle import BURST
from bot.inbox.engine import Connection
from bot.inbox.protocol import InboxUnavailable

_LONGEST = 600.0
"""Seconds; a turn farther away was given before the server's clock was turned back."""

_NOW = "extract(epoch FROM now())::float8"

# `next_at` is when the bucket will have been full again for `BURST` seconds: each token moves it on
# by the second that one takes to come back, and it is never farther back than a full bucket.
_TAKE = f"""
INSERT INTO pace (installation, next_at)
SELECT %(installation)s, {_NOW} - {BURST} + 1
WHERE EXISTS (SELECT FROM procrastinate_workers WHERE id = %(worker)s)
ON CONFLICT (installation) DO UPDATE SET next_at = 1 + greatest(
    {_NOW} - {BURST},
    CASE WHEN pace.next_at <= {_NOW} + %(longest)s THEN pace.next_at END
)
RETURNING next_at - {_NOW}
"""  # noqa: S608 - a constant

Take = Callable[[Callable[[Connection], Awaitable[float]]], Awaitable[float]]
"""Runs something in a transaction."""


class SharedBucket:
    """A `Limiter`: eight writes at once, then one per second, over all processes."""

    def __init__(self, take: Take, installation: int, worker: Callable[[], int | None]) -> None:
        """Keep the bucket of an installation where `take` runs transactions.

        Args:
            take: Runs something in a transaction.
            installation: Whose writes are spaced.
            worker: Who this process is among the workers; None if it is none of them now.
        """
        self._take = take
        self._installation = installation
        self._worker = worker

    async def acquire(self) -> None:
        """Take one token, waiting until there is one.

        Raises:
            InboxUnavailable: This worker was taken for lost, or the database cannot be asked.
        """
        await asyncio.sleep(max(await self._take(self._turn), 0.0))

    async def _turn(self, connection: Connection) -> float:
        """Seconds until it is this write's turn."""
        values = {
            "installation": self._installation,
            "worker": self._worker(),
            "longest": _LONGEST,
        }
        cursor = await connection.execute(_TAKE, values)
        row = await cursor.fetchone()
        if row is None:
            raise InboxUnavailable("this worker was taken for lost; others do its work")
        return float(row[0])
