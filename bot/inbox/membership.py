"""This process as one of the engine's workers: signing on and off, and signs of life in between.

Whoever handles deliveries looks after the others, too: it takes over what a worker leaves that is
gone, and it hears at once of jobs that any process makes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress

import structlog
from procrastinate.jobs import Notification

from bot.inbox import postgres_statements as statements
from bot.inbox.engine import Connection, engine_on
from bot.inbox.lost_workers import Rhythm, WorkerWatch, hand_back_unknown, take_over
from bot.inbox.postgres_connections import Connections
from bot.inbox.protocol import InboxUnavailable
from bot.inbox.subject_job import ALONE, QUEUE, keep_job

_AGAIN_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class Membership:
    """Whether this process is one of the workers, and all that goes with it."""

    def __init__(
        self, connections: Connections, rhythm: Rhythm, known_jobs: Callable[[], Collection[int]]
    ) -> None:
        """Prepare; nobody is signed on yet.

        Args:
            connections: To the database.
            rhythm: How often signs are given.
            known_jobs: The jobs this process knows that it holds.
        """
        self._connections = connections
        self._rhythm = rhythm
        self._known_jobs = known_jobs
        self._worker: int | None = None
        self._upkeep: list[asyncio.Task[None]] = []
        self.claiming = asyncio.Lock()
        """Held while jobs are claimed: until then not all that is held is known."""
        self.changed = asyncio.Event()
        """Set when there may be something to claim."""

    @property
    def worker(self) -> int | None:
        """Which worker this process is; None if it is none, or was taken for lost."""
        return self._worker

    async def sign_on(self) -> int:
        """Become one of the workers, after taking over what earlier ones left.

        Raises:
            InboxUnavailable: The database cannot be used now.
        """
        async with self._connections.transaction() as connection:
            keys = await statements.keys_without_job(connection)
            await statements.lock_keys(connection, keys)
            for key in keys:
                await statements.recover(connection, key, was_alone=False)
                await keep_job(connection, key)
            await take_over(connection, None)
            worker = await engine_on(connection).register_worker()
        self._worker = worker
        if not self._upkeep:
            self._upkeep += [
                asyncio.create_task(_for_ever(self._listen)),
                asyncio.create_task(_for_ever(self._give_signs)),
            ]
        return worker

    def is_lost(self) -> None:
        """Others took this worker for lost: it is none of them any more."""
        _log.error("this worker was taken for lost; its work is done by others")
        self._worker = None
        self.changed.set()

    async def end_upkeep(self) -> None:
        """Give no signs any more, and hear of nothing."""
        for task in self._upkeep:
            task.cancel()
        if self._upkeep:
            await asyncio.wait(self._upkeep)

    async def sign_off(self) -> None:
        """Leave what was not settled for others to begin again, at once."""
        worker, self._worker = self._worker, None
        if worker is not None:
            with suppress(InboxUnavailable):
                async with self._connections.transaction() as connection:
                    await take_over(connection, worker)

    async def _listen(self) -> None:
        async def heard(*, channel: str, notification: Notification) -> None:  # noqa: ARG001
            self.changed.set()

        async with self._connections.apart() as connection:
            # Whatever came while nobody listened.
            self.changed.set()
            await engine_on(connection).listen_for_jobs(
                on_notification=heard, queues=(QUEUE, ALONE)
            )

    async def _give_signs(self) -> None:
        """Tell the others that this worker lives, and find out who does not any more."""
        watch = WorkerWatch(self._rhythm.patience)
        async with self._connections.apart() as connection:
            while True:
                worker = self._worker
                if worker is not None:
                    await engine_on(connection).update_heartbeat(worker)
                signs = await statements.worker_signs(connection)
                if worker is not None and worker not in signs:
                    self.is_lost()
                for gone in (None, *sorted(watch.gone(signs) - {worker})):
                    async with connection.transaction():
                        await take_over(connection, gone)
                await self._hand_back_unknown(connection)
                await asyncio.sleep(self._rhythm.sign)

    async def _hand_back_unknown(self, connection: Connection) -> None:
        """Queue again what was claimed although nobody heard that the transaction came through."""
        if self.claiming.locked() or self._worker is None:
            return
        async with self.claiming, connection.transaction():
            await hand_back_unknown(connection, self._worker, self._known_jobs())


async def _for_ever(work: Callable[[], Awaitable[None]]) -> None:
    """Do something again and again, with a pause where it failed."""
    while True:
        try:
            await work()
        except InboxUnavailable:
            pass  # whoever takes or handles deliveries now tells of it
        except Exception:
            _log.exception("a worker's upkeep failed; it goes on")
        await asyncio.sleep(_AGAIN_SECONDS)
