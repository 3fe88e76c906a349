"""`POST /webhook`: verify a delivery, store it, answer. Nothing else happens in the request.

GitHub gives up after 10 seconds and never retries by itself, so the worker does the work later.
"""

import re
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bot.handlers.events import parse_event, routing_of
from bot.handlers.payload import Event
from bot.inbox.delivery import Delivery, InboxUnavailable
from bot.inbox.inbox import Inbox
from bot.logs import add_log_fields, get_logger, log_context
from bot.metrics import Metrics
from bot.web.limits import (
    Limits,
    Room,
    TooMuchInFlight,
    body_is_complete,
    has_signature_format,
    is_signed,
)

_DELIVERY_ID = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_EVENT = re.compile(r"[a-z0-9_]{1,64}", re.ASCII)
_log = get_logger()


class Webhook:
    """Handles the webhook's requests."""

    def __init__(
        self,
        inbox: Inbox,
        secrets: Sequence[str],
        metrics: Metrics,
        clock: Callable[[], datetime],
        limits: Limits,
    ) -> None:
        self._inbox = inbox
        self._secrets = tuple(secrets)
        self._metrics = metrics
        self._clock = clock
        self._room = Room(limits)
        self._longest = limits.longest_body

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one delivery (what is checked, and in which order, is in docs/operator.md)."""
        # The id is logged in any case, so it has to be harmless before anything is verified.
        id_header = request.headers.get("X-GitHub-Delivery", "")
        delivery_id = id_header if _DELIVERY_ID.fullmatch(id_header) else ""
        started = time.perf_counter()
        with log_context(delivery=delivery_id or None):
            try:
                response = await self._respond(request, delivery_id)
            except TooMuchInFlight:
                response = self._refuse(
                    503, "Too many deliveries at once; please redeliver this one."
                )
            if response.status >= 400:
                _log.warning("webhook refused", status=response.status, reason=response.text)
                if not request.content.is_eof():
                    response.force_close()
        self._metrics.answered(time.perf_counter() - started)
        return response

    async def _respond(self, request: web.Request, delivery_id: str) -> web.Response:
        # Unless the sender claims to be GitHub, no byte of the body is read or decompressed.
        if not has_signature_format(request.headers.get("X-Hub-Signature-256")):
            return self._refuse(401, "X-Hub-Signature-256 is missing or malformed.")
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return self._refuse(415, "Send the body uncompressed, without Content-Encoding.")
        if (request.content_length or 0) > self._longest:
            return self._too_long()
        async with self._room.body() as held:
            try:
                async for piece in request.content.iter_any():
                    if len(held.content) + len(piece) > self._longest:
                        return self._too_long()
                    held.add(piece)
            except web.RequestPayloadError:
                return self._refuse(401, "The body cannot be read, so no signature can match.")
            body_is_complete(request)
            return await self._verify(request, delivery_id, held.content)

    async def _verify(
        self, request: web.Request, delivery_id: str, content: bytearray
    ) -> web.Response:
        if not is_signed(content, request.headers.get("X-Hub-Signature-256"), self._secrets):
            return self._refuse(401, "X-Hub-Signature-256 does not match.")
        body = bytes(content)
        name = request.headers.get("X-GitHub-Event", "")
        if not (delivery_id and _EVENT.fullmatch(name)):
            return self._refuse(400, "X-GitHub-Event or X-GitHub-Delivery is missing or malformed.")
        if request.content_type != "application/json":
            return self._refuse(400, "Set the webhook's content type to application/json.")
        try:
            event = parse_event(name, body)
        except (ValueError, RecursionError):
            return self._refuse(400, "The body is not a JSON object.")
        if name == "ping":
            self._metrics.delivery("ping", self._clock())
            _log.info("webhook answered", status="ping", gh_event=name)
            return web.json_response({"delivery": delivery_id, "status": "pong"})
        return await self._accept(delivery_id, name, event, body)

    async def _accept(self, delivery_id: str, name: str, event: Event, body: bytes) -> web.Response:
        routing = routing_of(name, event)
        action = (event.action or "")[:64]
        add_log_fields(
            installation=event.installation,
            subject=routing.key if routing else event.log_subject,
        )
        if routing is None:
            return self._accepted(delivery_id, "ignored", name, action)
        delivery = Delivery(
            id=delivery_id,
            event=name,
            action=action,
            key=routing.key,
            kind=routing.kind,
            payload=body,
            received_at=self._clock(),
            priority=routing.priority,
        )
        try:
            acceptance = await self._inbox.accept(delivery)
        except InboxUnavailable as error:
            _log.error("delivery not accepted", gh_event=name, error=str(error))
            return self._refuse(
                503, "The delivery cannot be stored right now; please redeliver it."
            )
        return self._accepted(delivery_id, acceptance.value, name, action)

    def _too_long(self) -> web.Response:
        return self._refuse(413, f"The payload is larger than {self._longest / 2**20:g} MB.")

    def _accepted(self, delivery_id: str, status: str, event: str, action: str) -> web.Response:
        self._metrics.delivery(status, self._clock())
        _log.info("webhook answered", status=status, gh_event=event, action=action)
        return web.json_response({"delivery": delivery_id, "status": status}, status=202)

    def _refuse(self, status: int, reason: str) -> web.Response:
        self._metrics.refusal(status)
        return web.json_response({"error": reason}, status=status)
