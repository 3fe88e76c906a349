"""gidgethub over our transport, with conditional requests and the translation of refusals.

gidgethub fills in URL templates, encodes, decodes and finds the next page; `_request` is the one
method a transport has to give it, and there everything it lacks is put. Its own etag cache stays
unused: it keeps parsed documents that any reader could change, keyed by the URL alone.
"""

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from gidgethub import sansio
from gidgethub.abc import GitHubAPI

from bot.github.client.app import Clock, Credentials
from bot.github.client.failure import CredentialsRefused, TooLarge, TryLater
from bot.github.client.response import Caches, Stored
from bot.github.client.throttle import Quota, limited_until, named_moment, told_at
from bot.github.client.wire import (
    USER_AGENT,
    Answer,
    Request,
    Timing,
    Unanswered,
    Wire,
    explanation,
    failure_of,
)

log = structlog.get_logger(__name__)

_SECOND = timedelta(seconds=1)


def utc_now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try.

    Attributes:
        attempts: How often a repeatable request is sent when it fails.
        backoff: The first pause between attempts in seconds; it doubles, with jitter.
        wait: The longest wait in seconds; what takes longer is left to the inbox.
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
    """One request that went over the wire, for metrics.

    Attributes:
        account: `installation 12`, `app` or `anonymous`.
        method: The method.
        status: The answer's status, None if there was no answer.
        seconds: How long it took.
    """

    account: str
    method: str
    status: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Account:
    """What GitHub counts requests for: an installation, the app, or nobody.

    `name` is `installation 12`, `app` or `anonymous`.
    """

    name: str
    quota: Quota
    caches: Caches


class Transport:
    """Sends requests to one API."""

    def __init__(
        self,
        wire: Wire,
        *,
        patience: Patience,
        clock: Clock = utc_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        on_request: Callable[[Exchange], None] | None = None,
        on_quota: Callable[[str, Quota], None] | None = None,
    ) -> None:
        """Send over `wire`.

        Args:
            wire: The way to the API.
            patience: How long to try.
            clock: The present time (UTC).
            sleep: Waits so many seconds.
            jitter: A number from 0 to 1, so that many do not come back at once.
            on_request: Told of each request that went over the wire.
            on_quota: Told after each answer what is left of which account's requests.
        """
        self.base_url = wire.base_url
        self._wire = wire
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._on_request = on_request
        self._on_quota = on_quota

    async def send(
        self,
        request: Request,
        account: Account,
        credentials: Credentials,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send until there is an answer that is no rate limit and no failure of GitHub's.

        Raises:
            TryLater: The limit lasts too long, GitHub fails or cannot be reached, or the answer to
                a request that may not be repeated was lost.
            TooLarge: A good answer is longer than the request's cap.
            Refused: The request or a redirect leads away from the API.
        """

        def tell(timing: Timing) -> None:
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
                answer = await self._wire.exchange(request, authorization, headers or {}, tell)
            except Unanswered as lost:
                failures += 1
                again = request.repeatable or not lost.sent
                told = f"{request}: {lost}"
                answer = None
            if answer is None:
                await self._back_off(failures, again, told)
                continue
            account.quota.note(answer.headers, self._clock())
            if self._on_quota is not None:
                self._on_quota(account.name, account.quota)
            if answer.status == 401 and credentials.reject(authorization, told_at(answer.headers)):
                if renewed:
                    raise CredentialsRefused(f"{request}: 401{explanation(answer)}")
                renewed = True
            elif (until := limited_until(answer, self._clock())) is not None:
                waits += 1
                account.quota.hold(until, self._clock())
                log.warning("rate limited", request=str(request), until=until.isoformat())
                if waits >= self._patience.attempts:
                    raise TryLater(f"{request}: rate limited", until)
            elif answer.status >= 500 or answer.status == 408:
                failures += 1
                at = named_moment(answer.headers, self._clock())
                told = f"{request}: {answer.status}"
                await self._back_off(failures, request.repeatable, told, at)
            else:
                return answer

    async def _wait_for(self, quota: Quota, request: Request) -> None:
        while pause := quota.pause(self._clock()) / _SECOND:
            if pause > self._patience.wait:
                raise TryLater(f"{request}: rate limited", quota.held_until)
            await self._sleep(pause)

    async def _back_off(
        self, failures: int, again: bool, told: str, at: datetime | None = None
    ) -> None:
        pause = self._patience.backoff * 2 ** (failures - 1) * (0.5 + self._jitter())
        if at is not None:
            pause = max(pause, (at - self._clock()) / _SECOND)
        if not again or failures >= self._patience.attempts or pause > self._patience.wait:
            raise TryLater(told, at)
        log.info("request repeated", request=told, failures=failures)
        await self._sleep(pause)


_RAW = "application/vnd.github.raw+json"
_BLOB = re.compile(r".*/git/blobs/[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TOKEN = re.compile(r".*/app/installations/[0-9]+/access_tokens")

Variables = Mapping[str, str | int]


class Api(GitHubAPI):
    """The API as one account sees it."""

    def __init__(self, transport: Transport, account: Account, credentials: Credentials) -> None:
        """Speak for an account with credentials that GitHub counts for it."""
        super().__init__(USER_AGENT, base_url=transport.base_url)
        self.account = account
        self._transport = transport
        self._credentials = credentials

    async def raw(self, url: str, variables: Variables | None, cap: int) -> bytes:
        """The bytes behind a blob or contents URL, from memory if they are a blob read before.

        Raises:
            TooLarge: There are more than `cap` bytes.
        """
        filled = sansio.format_url(url, variables, base_url=self.base_url)
        request = Request("GET", filled, _RAW, cap=cap)
        is_blob = _BLOB.fullmatch(filled) is not None
        body = self.account.caches.blobs.get(filled) if is_blob else None
        if body is None:
            body = (await self._answer(request, conditional=not is_blob)).body
            if is_blob:
                self.account.caches.blobs.keep(filled, body)
        if len(body) > cap:
            raise TooLarge(f"{request}: more than {cap} bytes")
        return body

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send for gidgethub, whose headers but `accept` the wire makes anew."""
        # Nothing is doubled by a second token; any other POST or PATCH may write twice.
        repeatable = method not in {"POST", "PATCH"} or _TOKEN.fullmatch(url) is not None
        request = Request(method, url, headers["accept"], body or None, repeatable=repeatable)
        answer = await self._answer(request, conditional=method == "GET")
        kind = answer.headers.get("content-type", "")
        if answer.body and not kind.startswith("application/json"):
            raise TryLater(f"{request}: the answer is not JSON")
        told = {"content-type": "application/json; charset=utf-8"}
        if (link := answer.headers.get("link")) is not None:
            told["link"] = link
        return answer.status, told, answer.body

    async def sleep(self, seconds: float) -> None:
        """Wait; gidgethub asks for it, the transport does the waiting."""
        await asyncio.sleep(seconds)

    async def _answer(self, request: Request, *, conditional: bool) -> Answer:
        answers = self.account.caches.answers
        key = f"{request.accept} {request.url}"
        stored = answers.get(key) if conditional else None
        headers = {} if stored is None else {"If-None-Match": stored.etag}
        answer = await self._transport.send(request, self.account, self._credentials, headers)
        if answer.status == 304 and stored is not None:
            return Answer(200, stored.headers, stored.body)
        if (failure := failure_of(answer, request)) is not None:
            raise failure
        if conditional and answer.status == 200 and (etag := answer.headers.get("etag")):
            kept = {n: answer.headers[n] for n in ("content-type", "link") if n in answer.headers}
            answers.keep(key, Stored(etag, kept, answer.body))
        return answer


@contextmanager
def readable(told: str) -> Iterator[None]:
    """Have an answer that gidgethub cannot decode count as a failure of the server's.

    Raises:
        TryLater: The answer was not JSON in UTF-8.
    """
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise TryLater(f"{told}: the answer cannot be read") from None
