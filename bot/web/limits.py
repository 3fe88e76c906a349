"""Limits on connections, time and memory for senders about whom nothing is known yet.

Anybody can open connections and send bodies, signed or not. The limits here apply to all senders
together; limits for each address are the job of a proxy (docs/operator.md). Signatures are checked
here too.
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
    """The limits of one process.

    Attributes:
        seconds: How long a request's headers and body may take to arrive, counted from the
            connection or, on a connection that is reused, from the request's first byte; also how
            long an unused connection is kept.
        connections: The most connections; further ones are closed at once.
        bodies: The most bodies in memory; further deliveries are answered with 503.
        body_bytes: The most bytes of all those bodies together.
        longest_body: The most bytes of one body: GitHub's own limit for a payload (GitHub docs,
            "Webhook events and payloads").
    """

    seconds: float = 30.0
    connections: int = 512
    bodies: int = 256
    body_bytes: int = 64 * 1024 * 1024
    longest_body: int = 25 * 1024 * 1024


ORDINARY = Limits()
"""Limits that fit a process of the size that docs/operator.md recommends."""


class TooMuchInFlight(Exception):
    """There is no room in memory for another body now."""


class TooManyWaiting(Exception):
    """So many requests wait for a page already that another one would wait too long."""


class Room:
    """Counts the bodies that are in memory.

    Args:
        limits: The limits to apply.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.bodies = 0
        self.body_bytes = 0

    @asynccontextmanager
    async def body(self) -> AsyncIterator["BufferedBody"]:
        """Reserve room for one body, until the context is left.

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
    """The part of a body that has arrived so far."""

    def __init__(self, room: Room, most: int) -> None:
        self.content = bytearray()
        self._room = room
        self._limit = most

    def add(self, piece: bytes) -> None:
        """Append bytes that arrived.

        Raises:
            TooMuchInFlight: All bodies together would be larger than allowed.
        """
        if self._room.body_bytes + len(piece) > self._limit:
            raise TooMuchInFlight
        self._room.body_bytes += len(piece)
        self.content += piece


class LimitedServer:
    """Wraps the protocol of each new connection in one that enforces the limits.

    Args:
        server: Makes aiohttp's own protocol.
        limits: The limits to apply.
    """

    def __init__(self, server: Callable[[], asyncio.Protocol], limits: Limits) -> None:
        self.limits = limits
        self.connections = 0
        self._server = server

    def __call__(self) -> asyncio.Protocol:
        """The protocol for a new connection."""
        return LimitedConnection(self._server(), self)


class LimitedConnection(asyncio.Protocol):
    """Passes everything on to aiohttp's protocol, and closes the connection when time is up.

    The time runs from the start of the connection until a complete request has arrived, and from
    the answer until the next one has.
    """

    def __init__(self, inner: asyncio.Protocol, server: LimitedServer) -> None:
        self._inner = inner
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_unused = False

    def complete(self) -> None:
        """Stop the timer: a complete request has arrived, and answering may take its time."""
        self._stop_timer()

    def answered(self) -> None:
        """Start the timer again: the request was answered, and the connection may be reused."""
        self._is_unused = True
        self._start_timer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept the connection, unless there are too many."""
        self._transport = cast("asyncio.Transport", transport)
        self._server.connections += 1
        self._inner.connection_made(transport)
        if self._server.connections > self._server.limits.connections:
            self._transport.abort()
        else:
            self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection."""
        self._server.connections -= 1
        self._stop_timer()
        self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Pass on bytes; on an unused connection they start a request, and its time."""
        if self._is_unused:
            self._is_unused = False
            self._start_timer()
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on that the other side sends nothing more."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """Pass on that the other side reads slowly."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that the other side reads again."""
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
    """Tell a request's connection that the whole body has arrived."""
    if (connection := _connection_of(request)) is not None:
        connection.complete()


@web.middleware
async def limit_request_time(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Stop the connection's timer if no body follows, and restart it after the answer."""
    connection = _connection_of(request)
    if connection is not None and not request.can_read_body:
        connection.complete()
    try:
        return await handler(request)
    finally:
        if connection is not None:
            connection.answered()


def _connection_of(request: web.Request) -> LimitedConnection | None:
    """The request's connection; None if the application is served in another way."""
    if request.transport is None:
        return None
    protocol = request.transport.get_protocol()
    return protocol if isinstance(protocol, LimitedConnection) else None


class OneLineFilter(logging.Filter):
    """Logs a malformed request in one line: it is the sender's mistake, not a bug of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Remove the traceback from aiohttp's records on requests that are not HTTP."""
        fault = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(fault, HttpProcessingError):
            record.exc_info = None
            record.levelno, record.levelname = logging.INFO, "INFO"
        return True


_SIGNATURE = re.compile(r"sha256=([0-9a-fA-F]{64})", re.ASCII)


def has_signature_format(signature: str | None) -> bool:
    """Whether the header looks like a signature, so that the body is worth reading."""
    return _SIGNATURE.fullmatch(signature or "") is not None


def is_signed(body: bytes | bytearray, signature: str | None, secrets: Iterable[str]) -> bool:
    """Whether one of the secrets signed the body; there are several while one is being rotated."""
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
