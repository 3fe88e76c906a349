"""A worker without a web server: it handles what other processes accept into the same database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.github.client.throttle import Limiter
from bot.github.read.parsed_change import MarkupSource
from bot.inbox.clock import Clock, utc_now
from bot.inbox.open import open_inbox
from bot.inbox.protocol import Inbox
from bot.metrics import Metrics
from bot.settings import Settings
from bot.stopping import told_to_stop
from bot.web.app import listen, make_watch_app
from bot.work_parts import WorkParts
from bot.working import working

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LoneWorker:
    """A worker that works.

    Attributes:
        inbox: Where its deliveries come from.
        port: Where it can be watched, None if nowhere.
        work: Its task; it ends only when the worker does.
    """

    inbox: Inbox
    port: int | None
    work: asyncio.Task[None]


async def work(settings: Settings, *, pace: Callable[[], Limiter] | None = None) -> None:
    """Work until SIGTERM or SIGINT.

    Args:
        settings: What the operator set.
        pace: Makes what spaces the writes of an installation; GitHub's limits unless told.

    Raises:
        SettingsInvalid: The key cannot be used, or the address is taken.
        StoreUnusable: The store cannot be opened.
    """
    stop = told_to_stop()
    async with working_alone(settings, pace=pace) as worker:
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, worker.work}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        _log.info("shutting down")
    _log.info("stopped")


@asynccontextmanager
async def working_alone(
    settings: Settings,
    *,
    pace: Callable[[], Limiter] | None = None,
    clock: Clock = utc_now,
    markup: MarkupSource | None = None,
) -> AsyncIterator[LoneWorker]:
    """A worker that works inside the block, and on leaving it ends or hands back what it has.

    Args:
        settings: What the operator set.
        pace: Makes what spaces the writes of an installation; GitHub's limits unless told.
        clock: The time of day.
        markup: What parses reStructuredText; a process of this worker's own unless told.

    Raises:
        SettingsInvalid: The key cannot be used, or the address is taken.
        StoreUnusable: The store cannot be opened.
    """
    metrics = Metrics(clock)
    async with AsyncExitStack() as stack:
        inbox = await open_inbox(settings.database_url, clock=clock)
        stack.push_async_callback(inbox.close)
        parts = await WorkParts.opened(stack, settings, inbox, metrics, clock=clock, markup=markup)
        port: int | None = None
        if settings.worker_port is not None:
            app = make_watch_app(inbox, metrics)
            port = await listen(
                stack, app, settings.host, settings.worker_port, setting="WORKER_PORT"
            )
        yield LoneWorker(inbox, port, await working(parts, stack, pace))
