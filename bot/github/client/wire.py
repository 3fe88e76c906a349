"""One HTTP request: to the API's own origin only, with a timeout and a cap in bytes.

Nothing here retries or waits; `bot.github.client.api` does. Failures are raised without aiohttp's
exceptions, because these hold the request with its `Authorization` header.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from bot.github.client.client import (
    GitHubFailure,
    Gone,
    NotAllowed,
    Refused,
    Suspended,
    TooLarge,
    TryLater,
)

_EXPLANATION_LENGTH = 300

LONGEST_PAGE = 50_000_000
"""The most bytes of a successful response that are read. A hundred comments of 65,536 characters,
each escaped to six bytes, must not prevent the review of a pull request."""


def utc_now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the API, the same each time it is sent until there is a response.

    Attributes:
        method: Upper case.
        url: Absolute, with its template filled in.
        accept: The media type asked for.
        body: The JSON to send; None for nothing.
        cap: The most bytes a successful response may have.
        repeatable: True if sending it twice does no more than sending it once, so that it may be
            sent again if the response was lost (RFC 9110 § 9.2.2: not POST and not PATCH).
        elsewhere: Whether GitHub may answer it from another host, as it does for archives. That
            host gets the address alone, which has a token of its own.
    """

    method: str
    url: str
    accept: str
    body: bytes | None = field(default=None, repr=False)
    cap: int = LONGEST_PAGE
    repeatable: bool = True
    elsewhere: bool = False

    def __str__(self) -> str:
        """The method and the path, without the query, which does not belong in a log."""
        return f"{self.method} {urlsplit(self.url).path}"


@dataclass(frozen=True, slots=True)
class Response:
    """A complete response; the names of its headers are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def failure_of(response: Response, request: Request) -> GitHubFailure | None:
    """The failure that a response stands for, if it is no rate limit; None for a success.

    Source: https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
    """
    status = response.status
    if 200 <= status < 300:
        return None
    reason = explanation(response)
    message = f"{request}: {status}{reason}"
    # A version of the API that has ended is a 410 as well, whatever was asked for.
    if status == 404 or (status == 410 and "version" not in reason.lower()):
        return Gone(message)
    if status == 403 and "installation has been suspended" in message.lower():
        return Suspended(message)
    if status in {401, 403, 451}:
        needed = response.headers.get("x-accepted-github-permissions")
        return NotAllowed(f"{message} (needs {needed[:100]})" if needed else message)
    if status >= 500 or status == 408:
        return TryLater(message)
    return Refused(message)


def explanation(response: Response) -> str:
    """GitHub's own explanation of a failure, short and on one line; empty if it gave none."""
    try:
        document = json.loads(response.body)
    except ValueError:
        return ""
    if not isinstance(document, dict):
        return ""
    parts = [str(document.get("message", ""))]
    errors = document.get("errors") or []
    for error in errors if isinstance(errors, list) else [errors]:
        if isinstance(error, dict):
            parts += [str(error[key]) for key in ("field", "code", "message") if key in error]
        else:
            parts.append(str(error))
    line = " ".join(" ".join(parts).split())
    cleaned = "".join(character for character in line if character.isprintable())
    return f" {cleaned[:_EXPLANATION_LENGTH]}" if cleaned else ""


USER_AGENT = "pep-editor-bot"
API_VERSION = "2022-11-28"
"""The version of GitHub's API that all requests ask for; the next one works too (decision 0052)."""

_REDIRECTS = frozenset({301, 302, 307, 308})
_MOST_REDIRECTS = 3
_CHUNK = 64 * 1024
_REFUSAL_CAP = 64 * 1024


class NoResponse(Exception):
    """There was no response. `sent` is False if GitHub certainly never saw the request."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Timing:
    """How one request went: its method, status (None: no response) and seconds."""

    method: str
    status: int | None
    seconds: float


class Wire:
    """Sends single requests to one API."""

    def __init__(
        self, session: aiohttp.ClientSession, api_url: str, *, connect: float, total: float
    ) -> None:
        """Send through `session` to `api_url`, which may have a path (`/api/v3`).

        Args:
            session: Provides the connections; it is not closed here.
            api_url: The API's root.
            connect: Seconds to connect.
            total: Seconds for one request, reading included.

        Raises:
            ValueError: `api_url` is not an http or https URL.
        """
        base = URL(api_url)
        if base.scheme not in {"http", "https"} or not base.host:
            raise ValueError("the API's URL has to begin with https:// or http://")
        self.base_url = str(base).rstrip("/")
        self._origin = base.origin()
        self._path = base.raw_path.rstrip("/") + "/"
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=total, sock_connect=connect)

    async def exchange(
        self,
        request: Request,
        authorization: str | None,
        headers: Mapping[str, str],
        on_timing: Callable[[Timing], None],
    ) -> Response:
        """Send once and read the response, following redirects within the API.

        GitHub redirects requests for a renamed or moved repository; they must be repeated
        unchanged, whatever their method.
        Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api

        Raises:
            NoResponse: The connection failed or timed out.
            TooLarge: A successful response is longer than the request's cap.
            Refused: The request or a redirect leads away from the API.
        """
        for _ in range(_MOST_REDIRECTS + 1):
            if request.elsewhere and self._is_other_host(request):
                authorization, headers = None, {}
            else:
                self._check_target(request)
            started = time.perf_counter()
            status: int | None = None
            try:
                response = await self._once(request, authorization, headers)
                status = response.status
            finally:
                on_timing(Timing(request.method, status, time.perf_counter() - started))
            location = response.headers.get("location")
            if response.status not in _REDIRECTS or location is None:
                return response
            request = replace(request, url=urljoin(request.url, location))
        raise Refused(f"{request}: redirected more than {_MOST_REDIRECTS} times")

    def _is_other_host(self, request: Request) -> bool:
        url = URL(request.url, encoded=True)
        return url.scheme == self._origin.scheme and url.host != self._origin.host

    def _check_target(self, request: Request) -> None:
        url = URL(request.url, encoded=True)
        segments = url.raw_path.lower().replace("%2e", ".").split("/")
        if (
            url.scheme not in {"http", "https"}
            or url.origin() != self._origin
            or url.user is not None
            or not url.raw_path.startswith(self._path)
            or not {".", ".."}.isdisjoint(segments)
        ):
            raise Refused(f"{request.method}: the URL leads away from the API")

    async def _once(
        self, request: Request, authorization: str | None, headers: Mapping[str, str]
    ) -> Response:
        sent = {
            "Accept": request.accept,
            "User-Agent": USER_AGENT,
            "X-GitHub-Api-Version": API_VERSION,
            **headers,
        }
        if request.body is not None:
            sent["Content-Type"] = "application/json; charset=utf-8"
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),
                headers=sent if authorization is None else sent | {"Authorization": authorization},
                data=request.body,
                allow_redirects=False,
                timeout=self._timeout,
            ) as response:
                response_headers = {name.lower(): value for name, value in response.headers.items()}
                return Response(response.status, response_headers, await _read(response, request))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
            raise NoResponse(f"no connection ({type(failure).__name__})", sent=False) from None
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise NoResponse(f"no answer ({type(failure).__name__})", sent=True) from None


async def _read(response: aiohttp.ClientResponse, request: Request) -> bytes:
    good = response.status < 300
    cap = request.cap if good else _REFUSAL_CAP
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > cap:
            # Closed, not released, so that the rest of it is never read.
            response.close()
            if good:
                raise TooLarge(f"{request}: more than {cap} bytes")
            break
    return bytes(body[:cap])
