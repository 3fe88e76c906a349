"""The aiohttp application, its routes, and the server that listens for it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from typing import cast

from aiohttp import web

from bot.inbox.delivery import InboxUnavailable, Overview
from bot.inbox.inbox import Inbox
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.settings import SettingsInvalid
from bot.web.limits import ORDINARY, LimitedServer, Limits, OneLineFilter, limit_request_time
from bot.web.page_routes import PageRoutes
from bot.web.webhook import Webhook

_READY_WITHIN = 3.0
"""Seconds the store may take to answer before the process counts as not ready."""


def make_app(
    inbox: Inbox,
    *,
    secrets: Sequence[str],
    metrics: Metrics,
    clock: Callable[[], datetime],
    pages: PageRoutes | None = None,
    limits: Limits = ORDINARY,
) -> web.Application:
    """Build the application: webhook, health, metrics and pages."""
    app = make_watch_app(inbox, metrics)
    app.router.add_post("/webhook", Webhook(inbox, secrets, metrics, clock, limits).handle)
    if pages is not None:
        pages.add_to(app)
    return app


def make_watch_app(inbox: Inbox, metrics: Metrics) -> web.Application:
    """Build an application with only health and metrics, for monitoring a process."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        overview = await _check_inbox(inbox, metrics)
        if overview is None:
            return web.json_response({"status": "the store does not answer"}, status=503)
        return web.json_response(
            {
                "status": "ready",
                "deliveries": {state.value: count for state, count in overview.depth.items()},
                "oldest_age_seconds": metrics.age(overview.oldest_unfinished),
                "last_delivery_age_seconds": metrics.age(metrics.last_delivery),
            }
        )

    async def metrics_page(_request: web.Request) -> web.Response:
        await _check_inbox(inbox, metrics)  # if it fails, the other metrics are still served
        return web.Response(
            body=metrics.render(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    app = web.Application(middlewares=[limit_request_time])
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics_page)
    return app


async def _check_inbox(inbox: Inbox, metrics: Metrics) -> Overview | None:
    """The inbox's overview, also passed to the metrics; None if it cannot accept deliveries."""
    overview: Overview | None = None
    with suppress(InboxUnavailable, TimeoutError):
        async with asyncio.timeout(_READY_WITHIN):
            await inbox.check()
            overview = await inbox.overview()
    metrics.queue(overview)
    return overview


_REQUESTS_GRACE = 3.0
"""Seconds that running requests get to finish at shutdown. Together with the worker's grace it is
below the ten seconds that containers get between SIGTERM and SIGKILL."""

_LINGER = 2.0
"""Seconds for which the rest of a refused body is discarded, so that the sender gets the answer."""

_READ_AHEAD = 64 * 1024
"""Bytes of a body that aiohttp buffers per connection before they are read."""

_http_log = logging.getLogger("bot.web.http")
_http_log.addFilter(OneLineFilter())
_log = get_logger()


async def listen(
    stack: AsyncExitStack,
    app: web.Application,
    host: str,
    port: int,
    *,
    setting: str = "PORT",
    limits: Limits = ORDINARY,
) -> int:
    """Serve an application until the stack is left; returns the port.

    Args:
        stack: When it is left, no more connections are accepted, and running requests may finish.
        app: The application.
        host: The address.
        port: The port; 0 for any that is free.
        setting: The name of the setting that the port comes from, for the error message.
        limits: The limits for all connections together.

    Raises:
        SettingsInvalid: The address cannot be used.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_http_log,
        shutdown_timeout=_REQUESTS_GRACE,
        lingering_time=_LINGER,
        read_bufsize=_READ_AHEAD,
        # A few bytes can decompress to a thousand times as many so such bodies are refused.
        auto_decompress=False,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    server = LimitedServer(cast("web.Server", runner.server), limits)
    try:
        listener = await asyncio.get_running_loop().create_server(server, host, port)
    except OSError as error:
        # Only the end of the error's text: asyncio repeats the address in it.
        reason = (error.strerror or str(error)).rpartition(": ")[2]
        raise SettingsInvalid(
            f"HOST, {setting}: cannot listen on {host}:{port} ({reason}); "
            "choose another address, or stop the program that uses it"
        ) from None
    stack.callback(listener.close)
    used: int = listener.sockets[0].getsockname()[1]
    _log.info("listening", host=host, port=used)
    return used
