"""gidgethub over our own transport: retries, rate limits, conditional requests, typed failures.

gidgethub encodes, decodes and finds the next page. A transport has to give
it one method, `_request`, and that is where we add what it lacks. We do not use its etag cache: it
keeps parsed documents, which any reader could change, under the URL alone.
"""

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gidgethub.abc import GitHubAPI

from bot.github.client.app import Clock, Credentials
from bot.github.client.client import (
    CachedResponse,
    Caches,
    CredentialsRefused,
    TooLarge,
    TryLater,
)
from bot.github.client.throttle import Quota, rate_limited_until, retry_after, server_time
from bot.github.client.wire import (
    USER_AGENT,
    NoResponse,
    Request,
    Response,
    Timing,
    Wire,
    explanation,
    failure_of,
    utc_now,
)
from bot.logs import get_logger

log = get_logger(__name__)

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to try.

    Attributes:
        attempts: How often a repeatable request is sent if it fails.
        backoff: The first pause between attempts in seconds; it doubles, with jitter.
        wait: The longest wait in seconds; anything longer is left to the inbox.
        connect: Seconds to connect.
        total: Seconds for one attempt, reading included.
    """

    attempts: int = 4
    backoff: float = 0.25
    wait: float = 10.0
    connect: float = 5.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request sent to GitHub, for metrics.

    Attributes:
        account: `installation 12`, `app` or `anonymous`.
        method: The HTTP method.
        status: The response's status, None if there was no response.
        seconds: How long it took.
    """

    account: str
    method: str
    status: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Account:
    """Whom GitHub counts requests against: an installation, the app, or nobody.

    `name` is `installation 12`, `app` or `anonymous`.
    """

    name: str
    quota: Quota
    caches: Caches


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """How requests are sent, and who is told.

    Attributes:
        clock: The current time (UTC).
        sleep: Waits so many seconds.
        jitter: A number from 0 to 1, so that clients do not all retry at once.
        retry_policy: How often and how long to try.
        on_request: Called with each request that was sent.
        on_quota: Called after each response with the account's name and its quota.
    """

    clock: Clock = utc_now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    retry_policy: RetryPolicy = RetryPolicy()
    on_request: Callable[[Exchange], None] | None = None
    on_quota: Callable[[str, Quota], None] | None = None


class Transport:
    """Sends requests to one API."""

    def __init__(self, wire: Wire, options: TransportOptions) -> None:
        """Send over `wire`."""
        self.base_url = wire.base_url
        self._wire = wire
        self._retry_policy = options.retry_policy
        self._clock = options.clock
        self._sleep = options.sleep
        self._jitter = options.jitter
        self._on_request = options.on_request
        self._on_quota = options.on_quota

    async def send(
        self,
        request: Request,
        account: Account,
        credentials: Credentials,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send until there is a response that is neither a rate limit nor a server error.

        Raises:
            TryLater: The rate limit lasts too long, GitHub fails or cannot be reached, or the
                response to a request that may not be repeated was lost.
            TooLarge: A successful response is longer than the request's cap.
            Refused: The request or a redirect leads away from the API.
        """

        def report_timing(timing: Timing) -> None:
            if self._on_request is not None:
                self._on_request(
                    Exchange(account.name, timing.method, timing.status, timing.seconds)
                )

        failures = waits = 0
        renewed = False
        while True:
            await self._wait_for(account.quota, request)
            authorization = await credentials.authorization()
            try:
                response = await self._wire.exchange(
                    request, authorization, headers or {}, report_timing
                )
            except NoResponse as lost:
                failures += 1
                may_repeat = request.repeatable or not lost.sent
                details = f"{request}: {lost}"
                response = None
            if response is None:
                await self._back_off(failures, may_repeat, details)
                continue
            account.quota.update(response.headers, self._clock())
            if self._on_quota is not None:
                self._on_quota(account.name, account.quota)
            if response.status == 401 and credentials.reject(
                authorization, server_time(response.headers)
            ):
                if renewed:
                    raise CredentialsRefused(f"{request}: 401{explanation(response)}")
                renewed = True
            elif (until := self._rate_limited_until(response)) is not None:
                waits += 1
                account.quota.hold(until, self._clock())
                log.warning("rate limited", request=str(request), until=until.isoformat())
                if waits >= self._retry_policy.attempts:
                    raise TryLater(f"{request}: rate limited", until)
            elif response.status >= 500 or response.status == 408:
                failures += 1
                at = retry_after(response.headers, self._clock())
                details = f"{request}: {response.status}"
                await self._back_off(failures, request.repeatable, details, at)
            else:
                return response

    def _rate_limited_until(self, response: Response) -> datetime | None:
        return rate_limited_until(
            response.status, response.headers, lambda: explanation(response), self._clock()
        )

    async def _wait_for(self, quota: Quota, request: Request) -> None:
        while pause := quota.pause(self._clock()) / _SECOND:
            if pause > self._retry_policy.wait:
                raise TryLater(f"{request}: rate limited", quota.held_until)
            await self._sleep(pause)

    async def _back_off(
        self, failures: int, may_repeat: bool, details: str, at: datetime | None = None
    ) -> None:
        pause = self._retry_policy.backoff * 2 ** (failures - 1) * (0.5 + self._jitter())
        if at is not None:
            pause = max(pause, (at - self._clock()) / _SECOND)
        if (
            not may_repeat
            or failures >= self._retry_policy.attempts
            or pause > self._retry_policy.wait
        ):
            raise TryLater(details, at)
        log.info("request retried", request=details, failures=failures)
        await self._sleep(pause)


_JSON = "application/vnd.github+json"
_RAW = "application/vnd.github.raw+json"
_BLOB = re.compile(r".*/git/blobs/[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TOKEN = re.compile(r".*/app/installations/[0-9]+/access_tokens")


class Api(GitHubAPI):
    """The API as one account uses it."""

    def __init__(self, transport: Transport, account: Account, credentials: Credentials) -> None:
        """Use `credentials`, whose requests GitHub counts against `account`."""
        super().__init__(USER_AGENT, base_url=transport.base_url)
        self.account = account
        self._transport = transport
        self._credentials = credentials

    async def raw(self, address: str, cap: int, *, archive: bool = False) -> bytes:
        """The bytes at a blob, contents or archive URL; a blob read before comes from the cache.

        Raises:
            TooLarge: There are more than `cap` bytes.
        """
        accept = _JSON if archive else _RAW
        request = Request("GET", address, accept, cap=cap, elsewhere=archive)
        is_blob = _BLOB.fullmatch(address) is not None
        key = f"{self.account.name} {address}"
        body = self.account.caches.blobs.get(key) if is_blob else None
        if body is None:
            body = (await self._response_to(request, conditional=not (is_blob or archive))).body
            if is_blob:
                self.account.caches.blobs.put(key, body)
        if len(body) > cap:
            raise TooLarge(f"{request}: more than {cap} bytes")
        return body

    async def changed(self, address: str, etag: str) -> tuple[Any, str] | None:
        """A JSON document and its etag; None if it still has this etag. Nothing is cached."""
        request = Request("GET", address, _JSON)
        headers = {"If-None-Match": etag} if etag else {}
        response = await self._transport.send(request, self.account, self._credentials, headers)
        if response.status == 304:
            return None
        if (failure := failure_of(response, request)) is not None:
            raise failure
        return json.loads(response.body), response.headers.get("etag", "")

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send a request for gidgethub; of its headers only `accept` is kept."""
        # Asking for a second token does no harm; any other POST or PATCH might write twice.
        repeatable = method not in {"POST", "PATCH"} or _TOKEN.fullmatch(url) is not None
        request = Request(method, url, headers["accept"], body or None, repeatable=repeatable)
        response = await self._response_to(request, conditional=method == "GET")
        given = response.headers
        if response.body and not given.get("content-type", "").startswith("application/json"):
            raise TryLater(f"{request}: the answer is not JSON")
        # Without a charset, since gidgethub reads JSON as UTF-8 anyway.
        details = {"content-type": "application/json", "link": given.get("link", "")}
        return response.status, details, response.body

    async def sleep(self, seconds: float) -> None:
        """Wait. gidgethub requires this method; the real waiting is done by the transport."""
        await asyncio.sleep(seconds)

    async def _response_to(self, request: Request, *, conditional: bool) -> Response:
        answers = self.account.caches.responses
        key = f"{self.account.name} {request.accept} {request.url}"
        cached = answers.get(key) if conditional else None
        headers = {} if cached is None else {"If-None-Match": cached.etag}
        response = await self._transport.send(request, self.account, self._credentials, headers)
        if response.status == 304 and cached is not None:
            return Response(200, cached.headers, cached.body)
        if (failure := failure_of(response, request)) is not None:
            raise failure
        if conditional and response.status == 200 and (etag := response.headers.get("etag")):
            kept = {
                n: response.headers[n] for n in ("content-type", "link") if n in response.headers
            }
            answers.put(key, CachedResponse(etag, kept, response.body))
        return response
