"""What a stranger may take up before anything is known of them: connections, time and memory.

Whoever finds the address may open connections and send bodies, signed or not. Here is what bounds
them all together; what bounds one address against another is a proxy's work (docs/operator.md).
"""

import asyncio
import hmac
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from aiohttp import web
from aiohttp.http import HttpProcessingError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much there may be at once.

    Attributes:
        seconds: Until a request's headers and body must be whole, counted from the connection or,
            on one that is kept, from the request's first byte; and how long it is kept unused.
        connections: Connections; further ones are closed at once.
        bodies: Bodies being read or judged; further deliveries are answered 503.
        body_bytes: Bytes of all those bodies together.
        longest_body: Bytes of one of them; GitHub's own cap of a payload ("Webhook events and
            payloads").
    """

    seconds: float = 30.0
    connections: int = 512
    bodies: int = 256
    body_bytes: int = 64 * 1024 * 1024
    longest_body: int = 25 * 1024 * 1024


ORDINARY = Limits()
"""What a process of the size that docs/operator.md asks for can take."""


class TooMuchInFlight(Exception):
    """There is no room for this body now."""


class TooManyWaiting(Exception):
    """So many wait for a page already that another one would wait for too long."""


class Room:
    """Counts the bodies that are held in memory.

    Args:
        limits: How much there may be.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.bodies = 0
        self.body_bytes = 0

    @asynccontextmanager
    async def body(self) -> AsyncIterator["BufferedBody"]:
        """Room for one body, given back on leaving.

        Raises:
            TooMuchInFlight: There are too many already.
        """
        if self.bodies >= self._limits.bodies:
            raise TooMuchInFlight
        held = BufferedBody(self, self._limits.body_bytes)
        self.bodies += 1
        try:
            yield held
        finally:
            self.bodies -= 1
            self.body_bytes -= len(held.content)


class BufferedBody:
    """A body as far as it has come."""

    def __init__(self, room: Room, most: int) -> None:
        self.content = bytearray()
        self._room = room
        self._limit = most

    def add(self, piece: bytes) -> None:
        """Keep what came.

        Raises:
            TooMuchInFlight: All bodies together would be larger than there is room for.
        """
        if self._room.body_bytes + len(piece) > self._limit:
            raise TooMuchInFlight
        self._room.body_bytes += len(piece)
        self.content += piece


class LimitedServer:
    """Makes the protocol of each new connection, and closes those that take too long.

    Args:
        server: Makes aiohttp's own protocol.
        limits: How much there may be.
    """

    def __init__(self, server: Callable[[], asyncio.Protocol], limits: Limits) -> None:
        self.limits = limits
        self.connections = 0
        self._server = server

    def __call__(self) -> asyncio.Protocol:
        """The protocol of one more connection."""
        return LimitedConnection(self._server(), self)


class LimitedConnection(asyncio.Protocol):
    """Hands everything on to aiohttp's protocol, and closes the connection when its time is over.

    The time runs from the connection's beginning until `complete` tells that a request has come
    whole, and from its answer until the next one has.
    """

    def __init__(self, inner: asyncio.Protocol, server: LimitedServer) -> None:
        self._inner = inner
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_unused = False

    def complete(self) -> None:
        """A request has come whole; the time that answering takes is ours."""
        self._stop_timer()

    def answered(self) -> None:
        """The request was answered; the connection may be kept a while."""
        self._is_unused = True
        self._start_timer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, unless there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections += 1
        self._inner.connection_made(transport)
        if self._server.connections > self._server.limits.connections:
            self._transport.abort()
        else:
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let the connection go."""
        self._server.connections -= 1
        self._stop_timer()
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hand on bytes; the first ones on a kept connection begin a request."""
        if self._is_unused:
            self._is_unused = False
            self._start_timer()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Hand on that nothing more comes."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Hand on that the other side reads slowly."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand on that it has read."""
        self._inner.resume_writing()

    def _start_timer(self) -> None:
        self._stop_timer()
        if self._transport is not None and not self._transport.is_closing():
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._server.limits.seconds, self._transport.abort)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def body_is_complete(request: web.Request) -> None:
    """Tell the connection of a request that its body has come whole."""
    if (connection := _connection_of(request)) is not None:
        connection.complete()


@web.middleware
async def limit_request_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stop the connection's time where no body is awaited, and start it after the answer."""
    connection = _connection_of(request)
    if connection is not None and not request.can_read_body:
        connection.complete()
    try:
        return await handler(request)
    finally:
        if connection is not None:
            connection.answered()


def _connection_of(request: web.Request) -> LimitedConnection | None:
    """The connection, unless the application is served in another way."""
    if request.transport is None:
        return None
    protocol = request.transport.get_protocol()
    return protocol if isinstance(protocol, LimitedConnection) else None


class OneLineFilter(logging.Filter):
    """Tells of a malformed request in one line; its sender wrote it, and no code of ours failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the traceback out of what aiohttp says of requests that are not HTTP."""
        fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(fault, HttpProcessingError):
            record.exc_info = None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)


def has_signature_format(signature: str | None) -> bool:
    """Whether this is a signature at all, so that it is worth while to read what it signs."""
    return _SIGNATURE.fullmatch(signature or "") is not None


def is_signed(body: bytes | bytearray, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed the body; all are tried, as while one is being rotated."""
    match = _SIGNATURE.fullmatch(signature or "")
    if match is None:
        return False
    signature_bytes = bytes.fromhex(match[1])
    matches = [
        hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256"), signature_bytes)
        for secret in secrets
        if secret
    ]
    return any(matches)
