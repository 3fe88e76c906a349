"""The worker of the running bot: handles deliveries and starts scheduled work.

It is not part of `bot.server` because its imports take longer than the rest of a start; see there.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeVar
from uuid import uuid4

from bot.app import App, Connections
from bot.concurrency import spare_loaded_objects, stop_on_signal
from bot.github.client.app import AppIdentity, parse_app
from bot.github.client.client import Clients, GitHubFailure
from bot.github.client.throttle import BURST, Limiter, token_bucket
from bot.github.read.pull_request_change import MarkupSource
from bot.github.write.outbox import WRITE_NAMES
from bot.handlers.handle import Handler, load_handlers
from bot.handlers.invalidator import core_team_changed
from bot.inbox.attempt import Attempts
from bot.inbox.delivery import Clock, utc_now
from bot.inbox.inbox import Inbox
from bot.inbox.open import open_inbox
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.rules.engine.registry import all_rules
from bot.schedule import (
    LOOK_INTERVAL,
    PRUNING_INTERVAL,
    TimedJobs,
    prune,
    repeat,
    shared_start,
)
from bot.settings import Settings
from bot.store.location import SqliteFile, located
from bot.web.app import listen, make_watch_app

T = TypeVar("T")

_log = get_logger()

load_handlers()  # With this module's imports, since later it would hold up the event loop.

_PAUSE = 2.0
"""Seconds between attempts to ask GitHub who the app is, or to reach the store."""

_REPEAT_LOG_AFTER = 60.0
"""Seconds between log lines about the same trouble."""

_WORK_GRACE = 5.0
"""Seconds that a running review has to end at shutdown before it is handed back."""


async def start_worker(
    opened: Connections, stack: AsyncExitStack, throttle: Callable[[], Limiter] | None
) -> asyncio.Task[None]:
    """Start handling deliveries; when the stack is left, they are finished or handed back.

    Args:
        opened: Store, clients and the rest.
        stack: Left before they are closed.
        throttle: Makes an installation's throttle of writes; by default it keeps GitHub's limits.
    """
    stop = asyncio.Event()
    work = asyncio.create_task(_work(opened, stop, throttle))

    async def stop_worker() -> None:
        stop.set()
        await work

    stack.push_async_callback(stop_worker)
    return work


async def _work(
    opened: Connections, stop: asyncio.Event, throttle: Callable[[], Limiter] | None
) -> None:
    """Handle deliveries until `stop` is set.

    Args:
        opened: Store, clients and the rest.
        stop: Set when the process is to end.
        throttle: Makes an installation's throttle of writes; by default it keeps GitHub's limits.
    """
    identity = await _wait_for_identity(opened.clients, stop)
    if identity is None:
        return

    def bucket(installation: int) -> Limiter:
        if throttle is not None:
            return throttle()
        return opened.inbox.shared_bucket(installation, BURST) or token_bucket()

    handler = Handler(App.build(opened, identity, bucket, core_team_changed))
    opened.metrics.expect(rules=[one.id for one in all_rules()], writes=WRITE_NAMES)
    attempts = Attempts(handler, clock=opened.clock, metrics=opened.metrics)
    # A file belongs to one process, a database to any number of them.
    is_alone = isinstance(located(opened.settings.database_url), SqliteFile)
    start = uuid4().hex if is_alone else shared_start(opened.clock())
    timed = TimedJobs(opened.store, opened.inbox, opened.clock, start)
    forget = partial(prune, opened.inbox, opened.store, opened.clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(repeat(timed.queue, stop, LOOK_INTERVAL))
        tasks.create_task(repeat(forget, stop, PRUNING_INTERVAL))
        await opened.inbox.work(attempts, stop, grace=_WORK_GRACE)


async def _wait_for_identity(clients: Clients, stop: asyncio.Event) -> AppIdentity | None:
    """Ask GitHub who the app is until it answers; None if the process is to end before."""
    logged_at: float | None = None
    while not stop.is_set():
        try:
            response = await _none_if_stopped(clients.app(), stop)
            if response is None:
                break
            identity = parse_app(response)
        except (GitHubFailure, ValueError) as error:
            now = asyncio.get_running_loop().time()
            if logged_at is None or now - logged_at >= _REPEAT_LOG_AFTER:
                logged_at = now
                _log.error("cannot identify the app; deliveries wait", error=str(error))
            await _pause(stop)
        else:
            _log.info("working", app=identity.slug)
            return identity
    return None


async def _none_if_stopped(request: Coroutine[object, object, T], stop: asyncio.Event) -> T | None:
    """The response; None if the process is to end first, since a request may take long to fail."""
    request_task = asyncio.create_task(request)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({request_task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if request_task.done():
        return request_task.result()
    request_task.cancel()
    await asyncio.wait({request_task})
    return None


async def _pause(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PAUSE):
            await stop.wait()


@dataclass(frozen=True, slots=True)
class RunningWorker:
    """A running worker.

    Attributes:
        inbox: Where its deliveries come from.
        port: The port of its health and metrics; None without one.
        work: Its task; it ends only when the worker does.
    """

    inbox: Inbox
    port: int | None
    work: asyncio.Task[None]


async def work(settings: Settings, *, throttle: Callable[[], Limiter] | None = None) -> None:
    """Work until SIGTERM or SIGINT.

    Args:
        settings: The operator's settings.
        throttle: Makes an installation's throttle of writes; by default it keeps GitHub's limits.

    Raises:
        SettingsInvalid: The key cannot be used, or the address is taken.
        StoreUnusable: The store cannot be opened.
    """
    stop = stop_on_signal()
    async with running_worker(settings, throttle=throttle) as worker:
        spare_loaded_objects()
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, worker.work}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        _log.info("shutting down")
    _log.info("stopped")


@asynccontextmanager
async def running_worker(
    settings: Settings,
    *,
    throttle: Callable[[], Limiter] | None = None,
    clock: Clock = utc_now,
    markup: MarkupSource | None = None,
) -> AsyncIterator[RunningWorker]:
    """A worker that runs inside the block; on leaving it, it finishes or hands back deliveries.

    Args:
        settings: The operator's settings.
        throttle: Makes an installation's throttle of writes; by default it keeps GitHub's limits.
        clock: The time of day.
        markup: Parses reStructuredText; by default a child process of this worker does.

    Raises:
        SettingsInvalid: The key cannot be used, or the address is taken.
        StoreUnusable: The store cannot be opened.
    """
    metrics = Metrics(clock)
    async with AsyncExitStack() as stack:
        inbox = await open_inbox(settings.database_url, clock=clock)
        stack.push_async_callback(inbox.close)
        opened = await Connections.open(stack, settings, inbox, metrics, clock=clock, markup=markup)
        port: int | None = None
        if settings.worker_port is not None:
            app = make_watch_app(inbox, metrics)
            port = await listen(
                stack, app, settings.host, settings.worker_port, setting="WORKER_PORT"
            )
        yield RunningWorker(inbox, port, await start_worker(opened, stack, throttle))
