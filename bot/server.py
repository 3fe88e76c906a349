"""The running bot: starts and stops the web server, the inbox and the worker, in order.

The server listens as soon as the inbox is open. The modules that the worker needs (everything about
GitHub and reviews) take longer to import than all the rest. So they are imported while deliveries
are accepted already, and not at all if other processes do the work (`bot.run_worker`).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from bot.concurrency import spare_loaded_objects, stop_on_signal
from bot.inbox.delivery import Clock, DeliveryState, InboxUnavailable, utc_now
from bot.inbox.inbox import Inbox
from bot.inbox.open import open_inbox
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.settings import Settings
from bot.web.app import listen, make_app
from bot.web.page_routes import PageRoutes

if TYPE_CHECKING:
    from bot.github.client.throttle import Limiter
    from bot.github.read.pull_request_change import MarkupSource
    from bot.store.store import Store

_log = get_logger()


@dataclass(frozen=True, slots=True)
class Server:
    """A running bot.

    Attributes:
        port: The port it listens on.
        inbox: Its deliveries.
        store: Its memory; None without a worker, since only the worker needs it.
        metrics: Its metrics.
        work: The worker's task, None without a worker; it ends only when the server does.
    """

    port: int
    inbox: Inbox
    store: "Store | None"
    metrics: Metrics
    work: asyncio.Task[None] | None

    async def is_idle(self) -> bool:
        """Whether no delivery waits or is being handled."""
        depth = await self.inbox.depth()
        return not (depth.get(DeliveryState.QUEUED) or depth.get(DeliveryState.RUNNING))


async def serve(
    settings: Settings,
    *,
    with_worker: bool = True,
    throttle: "Callable[[], Limiter] | None" = None,
) -> None:
    """Run until SIGTERM or SIGINT.

    Args:
        settings: The operator's settings.
        with_worker: Whether deliveries are handled here.
        throttle: Makes an installation's throttle of writes; by default it keeps GitHub's limits.

    Raises:
        SettingsInvalid: The key cannot be used, or the address is taken.
        StoreUnusable: The store cannot be opened.
    """
    stop = stop_on_signal()
    async with running(settings, with_worker=with_worker, throttle=throttle) as server:
        spare_loaded_objects()
        _log.info("serving", port=server.port, worker=with_worker, dry_run=settings.dry_run)
        stopping = asyncio.create_task(stop.wait())
        awaited = {stopping} if server.work is None else {stopping, server.work}
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        _log.info("shutting down")
    _log.info("stopped")


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    with_worker: bool = True,
    throttle: "Callable[[], Limiter] | None" = None,
    clock: Clock = utc_now,
    markup: "MarkupSource | None" = None,
) -> AsyncIterator[Server]:
    """A bot that runs inside the block; it accepts deliveries a little before that.

    On leaving the block it stops accepting first, then the worker finishes or hands back its
    deliveries, then the store is closed.

    Args:
        settings: The operator's settings.
        with_worker: Whether deliveries are handled here.
        throttle: Makes an installation's throttle of writes; by default it keeps GitHub's limits.
        clock: The time of day.
        markup: Parses reStructuredText; by default a child process of this server does.

    Raises:
        SettingsInvalid: The key cannot be used, or the address is taken.
        StoreUnusable: The store cannot be opened.
    """
    metrics = Metrics(clock)
    async with AsyncExitStack() as stack:
        inbox = await open_inbox(settings.database_url, clock=clock)
        stack.push_async_callback(inbox.close)
        with suppress(InboxUnavailable):
            # Webhooks from before the start count: a restart must not look like a long silence.
            metrics.last_delivery = (await inbox.overview()).newest_webhook
        # Filled after the server listens, left after it has stopped listening.
        worker_stack = await stack.enter_async_context(AsyncExitStack())
        pages = PageRoutes(settings.database_url, clock, api_url=settings.gh_api_url)
        worker_stack.push_async_callback(pages.close)
        app = make_app(
            inbox,
            secrets=[secret.get_secret_value() for secret in settings.gh_secret],
            metrics=metrics,
            clock=clock,
            pages=pages,
        )
        port = await listen(stack, app, settings.host, settings.port)
        if not with_worker:
            yield Server(port, inbox, None, metrics, None)
            return
        await asyncio.to_thread(import_module, "bot.run_worker")
        from bot.app import Connections
        from bot.run_worker import start_worker

        opened = await Connections.open(
            worker_stack, settings, inbox, metrics, clock=clock, markup=markup
        )
        work = await start_worker(opened, worker_stack, throttle)
        yield Server(port, inbox, opened.store, metrics, work)
