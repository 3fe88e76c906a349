"""Listening where the operator wants it."""

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import cast

import structlog
from aiohttp import web

from bot.settings import SettingsInvalid
from bot.web.limits import ORDINARY, LimitedServer, Limits, OneLine

_REQUESTS_GRACE = 3.0
"""Seconds that requests under way have to end at shutdown: with the worker's grace below the ten
that containers are given between SIGTERM and SIGKILL."""

_LINGER = 2.0
"""Seconds that what comes of a refused body is thrown away, so that its sender reads the answer."""

_READ_AHEAD = 64 * 1024
"""Bytes of a body that aiohttp keeps of a connection before anybody asked for them."""

_http_log = logging.getLogger("bot.web.http")
_http_log.addFilter(OneLine())
_log = structlog.get_logger()


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
        stack: On leaving it nothing more is accepted, and requests under way may end.
        app: What is served.
        host: The address.
        port: The port; 0 for any that is free.
        setting: What the port was set by, for the message.
        limits: What all connections may take up together.

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
        # A few bytes can inflate to a thousand times as many (contract: such bodies are refused).
        auto_decompress=False,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    server = LimitedServer(cast("web.Server", runner.server), limits)
    try:
        listener = await asyncio.get_running_loop().create_server(server, host, port)
    except OSError as error:
        # Not the whole text of the error: asyncio repeats the address in it.
        reason = (error.strerror or str(error)).rpartition(": ")[2]
        raise SettingsInvalid(
            f"HOST, {setting}: cannot listen on {host}:{port} ({reason}); "
            "choose another, or stop what uses it"
        ) from None
    stack.callback(listener.close)
    used: int = listener.sockets[0].getsockname()[1]
    _log.info("listening", host=host, port=used)
    return used
