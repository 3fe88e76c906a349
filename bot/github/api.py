"""gidgethub over our transport, with conditional requests and the translation of refusals.

gidgethub fills in URL templates, encodes, decodes and finds the next page; `_request` is the one
method a transport has to give it, and there everything it lacks is put. Its own etag cache stays
unused: it keeps parsed documents that any reader could change, keyed by the URL alone.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gidgethub import sansio
from gidgethub.abc import GitHubAPI

from bot.github.answer import Answer, Request, failure_of
from bot.github.app import Credentials
from bot.github.cache import Stored
from bot.github.failure import TooLarge, TryLater
from bot.github.transport import Account, Transport
from bot.github.wire import USER_AGENT

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
