"""Listening where the operator wants it."""

from contextlib import AsyncExitStack

import structlog
from aiohttp import web

from bot.settings import SettingsInvalid

_REQUESTS_GRACE = 3.0
"""Seconds that requests under way have to end at shutdown: with the worker's grace below the ten
that containers are given between SIGTERM and SIGKILL."""

_log = structlog.get_logger()


async def listen(
    stack: AsyncExitStack, app: web.Application, host: str, port: int, *, setting: str = "PORT"
) -> int:
    """Serve an application until the stack is left; returns the port.

    Args:
        stack: On leaving it nothing more is accepted, and requests under way may end.
        app: What is served.
        host: The address.
        port: The port; 0 for any that is free.
        setting: What the port was set by, for the message.

    Raises:
        SettingsInvalid: The address cannot be used.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_REQUESTS_GRACE)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        # Not the whole text of the error: asyncio repeats the address in it.
        reason = (error.strerror or str(error)).rpartition(": ")[2]
        raise SettingsInvalid(
            f"HOST, {setting}: cannot listen on {host}:{port} ({reason}); "
            "choose another, or stop what uses it"
        ) from None
    used: int = runner.addresses[0][1]
    _log.info("listening", host=host, port=used)
    return used
