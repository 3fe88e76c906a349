"""The running bot: web server, inbox, worker and GitHub, put together and taken apart in order."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import uuid4

import aiohttp
import structlog
from aiohttp import web

from bot.events.handle import Handler
from bot.events.own import sweep_of
from bot.events.repository import RepositoryWork
from bot.events.review import Reviewer
from bot.github.app_identity import AppIdentity, parse_app
from bot.github.failure import GitHubFailure
from bot.github.http_client import GitHubClients
from bot.github.people_reader import PeopleReader
from bot.github.repository_facts import FactsReader
from bot.github.snapshot_reader import SnapshotReader
from bot.github.transport import Exchange
from bot.github.writer import Limiter, Writer, token_bucket
from bot.inbox.clock import Clock, utc_now
from bot.inbox.delivery import DeliveryState
from bot.inbox.protocol import Inbox
from bot.inbox.sqlite import open_inbox
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.schedule.pruning import prune_deliveries
from bot.settings import Settings, SettingsInvalid
from bot.store.database import open_database
from bot.store.protocol import Store
from bot.store.sql import SqlStore
from bot.web.app import make_app

_log = structlog.get_logger()

_IDENTITY_PAUSE = 5.0
"""Seconds between attempts to learn from GitHub who the app is."""


@dataclass(frozen=True, slots=True)
class Server:
    """A bot that runs.

    Attributes:
        port: Where it listens.
        inbox: Its deliveries.
        store: Its memory.
        metrics: Its figures.
        work: The worker's task, None without a worker; it ends only when the server does.
    """

    port: int
    inbox: Inbox
    store: Store
    metrics: Metrics
    work: asyncio.Task[None] | None

    async def is_idle(self) -> bool:
        """Whether nothing waits or is being handled."""
        depth = await self.inbox.depth()
        return not (depth.get(DeliveryState.QUEUED) or depth.get(DeliveryState.RUNNING))


async def serve(settings: Settings, *, with_worker: bool = True) -> None:
    """Run until SIGTERM or SIGINT.

    Raises:
        SettingsInvalid: The key cannot be used.
        StoreUnusable: The store cannot be opened.
        OSError: The address is taken.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, with_worker=with_worker) as server:
        _log.info("serving", port=server.port, worker=with_worker, dry_run=settings.dry_run)
        stopping = asyncio.create_task(stop.wait())
        awaited = {stopping} if server.work is None else {stopping, server.work}
        await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        _log.info("shutting down")


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    with_worker: bool = True,
    pace: Callable[[], Limiter] = token_bucket,
    clock: Clock = utc_now,
) -> AsyncIterator[Server]:
    """A bot that serves inside the block.

    On leaving it stops accepting first, then the worker finishes or hands back what it has, then
    the store is let go.

    Args:
        settings: What the operator set.
        with_worker: Whether deliveries are handled here.
        pace: Makes what spaces the writes of an installation.
        clock: The present time (UTC), for the day a PEP is judged on and for every deadline.

    Raises:
        SettingsInvalid: The key cannot be used.
        StoreUnusable: The store cannot be opened.
        OSError: The address is taken.
    """
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        clients = _clients(settings, session, metrics, clock)
        # The inbox takes the lock first: a second server must not touch the file at all.
        inbox = await open_inbox(settings.database_url, clock=clock)
        stack.push_async_callback(inbox.close)
        database = await open_database(settings.database_url)
        stack.push_async_callback(database.close)
        store = SqlStore(database)
        work: asyncio.Task[None] | None = None
        if with_worker:
            stop = asyncio.Event()
            work = asyncio.create_task(
                _work(settings, clients, inbox, store, metrics, pace, clock, stop)
            )
            stack.push_async_callback(_stopped, work, stop)
        app = make_app(
            inbox,
            secrets=[secret.get_secret_value() for secret in settings.gh_secret],
            metrics=metrics,
            clock=clock,
        )
        port = await _listen(stack, app, settings)
        yield Server(port, inbox, store, metrics, work)


def _clients(
    settings: Settings, session: aiohttp.ClientSession, metrics: Metrics, clock: Clock
) -> GitHubClients:
    def on_request(exchange: Exchange) -> None:
        metrics.request(exchange.method, exchange.status or 0)
        if exchange.remaining is not None:
            metrics.quota(exchange.account, exchange.remaining)

    try:
        return GitHubClients(
            session,
            app_id=settings.gh_app_id,
            private_key=settings.private_key(),
            api_url=settings.api_url,
            clock=clock,
            on_request=on_request,
        )
    except ValueError as error:
        raise SettingsInvalid(f"GH_PRIVATE_KEY: {error}") from None


async def _listen(stack: AsyncExitStack, app: web.Application, settings: Settings) -> int:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, settings.host, settings.port)
    await site.start()
    port: int = runner.addresses[0][1]
    return port


async def _work(
    settings: Settings,
    clients: GitHubClients,
    inbox: Inbox,
    store: Store,
    metrics: Metrics,
    pace: Callable[[], Limiter],
    clock: Clock,
    stop: asyncio.Event,
) -> None:
    identity = await _identity(clients, stop)
    if identity is None:
        return
    facts = FactsReader()
    reviewer = Reviewer(
        clients=clients,
        app=identity,
        reader=SnapshotReader(
            clients, store, facts, PeopleReader(clients, store, clock), identity, clock
        ),
        writer=Writer(store, dry_run=settings.dry_run, limiter=pace),
        store=store,
        enqueue=inbox.accept,
        metrics=metrics,
        clock=clock,
    )
    repository_work = RepositoryWork(
        clients=clients, facts=facts, store=store, enqueue=inbox.accept, clock=clock
    )
    handler = Handler(
        clients=clients,
        store=store,
        reviewer=reviewer,
        repository_work=repository_work,
        clock=clock,
    )
    # What happened while nobody listened is found by looking through the open pull requests.
    start = uuid4().hex
    for repository in await store.repositories():
        await inbox.accept(sweep_of(repository, start, clock()))
    async with asyncio.TaskGroup() as timed:
        timed.create_task(prune_deliveries(inbox, clock, stop))
        await Worker(inbox, handler, clock=clock, metrics=metrics).run(stop)


async def _identity(clients: GitHubClients, stop: asyncio.Event) -> AppIdentity | None:
    """Who the app is, asked until GitHub answers; None if the process ends before."""
    while not stop.is_set():
        try:
            identity = parse_app(await clients.app())
        except (GitHubFailure, ValueError) as error:
            _log.error("GitHub does not say who this app is; nothing is handled", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(_IDENTITY_PAUSE):
                    await stop.wait()
        else:
            _log.info("working", app=identity.slug)
            return identity
    return None


async def _stopped(work: asyncio.Task[None], stop: asyncio.Event) -> None:
    stop.set()
    await work
