"""The aiohttp application and its routes."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from aiohttp import web

from bot.inbox.protocol import Inbox, InboxUnavailable, Overview
from bot.metrics import Metrics
from bot.web.limits import ORDINARY, Limits, timed
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
    """Build the application: webhook, health, metrics and pages (contract, "HTTP")."""
    app = make_watch_app(inbox, metrics)
    app.router.add_post("/webhook", Webhook(inbox, secrets, metrics, clock, limits).handle)
    if pages is not None:
        pages.add_to(app)
    return app


def make_watch_app(inbox: Inbox, metrics: Metrics) -> web.Application:
    """Build what a process is watched by, and nothing else: health and metrics."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        overview = await _looked(inbox, metrics)
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
        await _looked(inbox, metrics)  # the other figures are wanted all the more without it
        return web.Response(
            body=metrics.render(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    app = web.Application(middlewares=[timed])
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics_page)
    return app


async def _looked(inbox: Inbox, metrics: Metrics) -> Overview | None:
    """The inbox at a glance, told to the metrics too; None if deliveries cannot be taken."""
    overview: Overview | None = None
    with suppress(InboxUnavailable, TimeoutError):
        async with asyncio.timeout(_READY_WITHIN):
            await inbox.check()
            overview = await inbox.overview()
    metrics.queue(overview)
    return overview
