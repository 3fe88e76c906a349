"""Sends webhooks: signed, asynchronous, tried once, kept three days, redelivered only on request.

Source: https://docs.github.com/webhooks, "Handling failed webhook deliveries" and "Validating
webhook deliveries". GitHub waits ten seconds for an answer and never tries again by itself.
"""

import asyncio
import hashlib
import hmac
import json
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp

from github_simulator.wire import JsonObject

TIMEOUT_SECONDS = 10.0
RETENTION = timedelta(days=3)
_AT_ONCE = 8


@dataclass(slots=True, eq=False)
class Hook:
    """Where deliveries are sent: an app's webhook, or a repository's own.

    `url` may be empty: then deliveries fail, as if the server did not run yet.
    """

    id: int
    url: str
    secret: str
    events: Collection[str]
    target_type: str
    target_id: int
    content_type: str = "json"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a delivery; `status_code` is 0 if there was no answer."""

    id: int
    delivered_at: datetime
    seconds: float
    status: str
    status_code: int
    redelivery: bool
    request_headers: dict[str, str]
    response_headers: dict[str, str]
    response: str


@dataclass(slots=True, eq=False)
class Delivery:
    """One event for one hook; all attempts carry the same GUID and the same bytes."""

    guid: str
    event: str
    action: str
    payload: JsonObject
    body: bytes
    hook: Hook
    installation_id: int | None
    repository_id: int | None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def status_code(self) -> int | None:
        """How the last attempt was answered, None before the first."""
        return self.attempts[-1].status_code if self.attempts else None

    @property
    def response(self) -> str:
        """The text of the last answer."""
        return self.attempts[-1].response if self.attempts else ""


class Dispatcher:
    """Sends deliveries, several at once, and remembers how each was answered."""

    def __init__(self, clock: Callable[[], datetime], next_id: Callable[[], int]) -> None:
        self.deliveries: list[Delivery] = []
        self._clock = clock
        self._next_id = next_id
        self._queue: asyncio.Queue[tuple[Delivery, bool]] = asyncio.Queue()
        self._held: list[Delivery] | None = None
        self._running = False
        self.silent = False

    def send(
        self,
        hook: Hook,
        event: str,
        payload: JsonObject,
        installation_id: int | None,
        repository_id: int | None,
    ) -> None:
        """Deliver soon; nothing at all while silent."""
        if self.silent:
            return
        delivery = Delivery(
            guid=str(uuid.uuid4()),
            event=event,
            action=str(payload.get("action", "")),
            payload=payload,
            body=json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode(),
            hook=hook,
            installation_id=installation_id,
            repository_id=repository_id,
        )
        self.deliveries.append(delivery)
        if self._held is None:
            self._queue.put_nowait((delivery, False))
        else:
            self._held.append(delivery)

    def hold(self) -> None:
        """Keep deliveries back until `release`."""
        if self._held is None:
            self._held = []

    def release(self, *, shuffle: bool, duplicate: bool, seed: int, reverse: bool = False) -> None:
        """Send what was held, perhaps each twice, perhaps out of order or backwards."""
        waiting = (self._held or []) * (2 if duplicate else 1)
        self._held = None
        if reverse:
            waiting.reverse()
        if shuffle:
            random.Random(seed).shuffle(waiting)  # noqa: S311 - disorder, not secrecy
        for delivery in waiting:
            self._queue.put_nowait((delivery, False))

    def send_again(self, delivery: Delivery) -> None:
        """Send the same event under another GUID, as a second hook to the same place would."""
        copy = replace(delivery, guid=str(uuid.uuid4()), attempts=[])
        self.deliveries.append(copy)
        self._queue.put_nowait((copy, False))

    def redeliver(self, delivery: Delivery) -> None:
        """Try once more, with the same GUID."""
        self._queue.put_nowait((delivery, True))

    def attempts(self) -> list[tuple[Delivery, Attempt]]:
        """Every attempt that is still kept, latest first."""
        oldest = self._clock() - RETENTION
        found = [
            (delivery, attempt)
            for delivery in self.deliveries
            for attempt in delivery.attempts
            if attempt.delivered_at >= oldest
        ]
        return sorted(found, key=lambda pair: pair[1].id, reverse=True)

    async def settle(self) -> None:
        """Return once everything sent so far, and what that caused, was answered.

        Raises:
            RuntimeError: Nothing delivers, so this would wait forever.
        """
        if not self._running:
            raise RuntimeError("the simulator is not being served")
        await self._queue.join()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deliver as long as the block runs."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            workers = [asyncio.create_task(self._work(session)) for _ in range(_AT_ONCE)]
            self._running = True
            try:
                yield
            finally:
                self._running = False
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)

    async def _work(self, session: aiohttp.ClientSession) -> None:
        while True:
            delivery, redelivery = await self._queue.get()
            try:
                delivery.attempts.append(await self._attempt(session, delivery, redelivery))
            finally:
                self._queue.task_done()

    async def _attempt(
        self, session: aiohttp.ClientSession, delivery: Delivery, redelivery: bool
    ) -> Attempt:
        headers = request_headers(delivery)
        begun = time.monotonic()
        code, status, answer_headers, text = 0, "", {}, ""
        try:
            async with session.post(
                delivery.hook.url, data=delivery.body, headers=headers, allow_redirects=False
            ) as answer:
                text = await answer.text()
                code, status = answer.status, answer.reason or ""
                answer_headers = dict(answer.headers)
        except TimeoutError:
            status = "timed out"
        except (aiohttp.ClientError, OSError, ValueError):
            status = "failed to connect to host"
        return Attempt(
            id=self._next_id(),
            delivered_at=self._clock(),
            seconds=round(time.monotonic() - begun, 3),
            status=status,
            status_code=code,
            redelivery=redelivery,
            request_headers=headers,
            response_headers=answer_headers,
            response=text,
        )


def request_headers(delivery: Delivery) -> dict[str, str]:
    """The headers of a delivery, signed with the hook's present secret."""
    key = delivery.hook.secret.encode()
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": f"GitHub-Hookshot/{delivery.guid[:7]}",
        "X-GitHub-Delivery": delivery.guid,
        "X-GitHub-Event": delivery.event,
        "X-GitHub-Hook-ID": str(delivery.hook.id),
        "X-GitHub-Hook-Installation-Target-ID": str(delivery.hook.target_id),
        "X-GitHub-Hook-Installation-Target-Type": delivery.hook.target_type,
        "X-Hub-Signature": f"sha1={hmac.new(key, delivery.body, hashlib.sha1).hexdigest()}",
        "X-Hub-Signature-256": f"sha256={hmac.new(key, delivery.body, hashlib.sha256).hexdigest()}",
    }
