"""A GitHub that answers as it was told to, over real HTTP, with a clock that never waits."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bot.github.client.api import Exchange, RetryPolicy, TransportOptions
from bot.github.client.http_client import GitHubClients

REPOSITORY = "python/peps"


@cache
def private_key() -> str:
    """An RSA key in PEM form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


@dataclass(frozen=True)
class Reply:
    """What the server does with one request.

    `dropped` closes the connection instead of answering, after the request was taken in; `silent`
    never answers at all.
    """

    document: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    dropped: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Seen:
    """One request as it came in."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    document: Any

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


class SteppedClock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def pass_by(self, **spans: float) -> None:
        self.now += timedelta(**spans)


class ScriptedGitHub:
    """Answers each path with the replies laid down for it, the last one again and again."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.clock = SteppedClock()
        self.seen: list[Seen] = []
        self.journal: list[str] = []
        self.exchanges: list[Exchange] = []
        self.tokens_given = 0
        self.stopped = asyncio.Event()
        self._replies: dict[tuple[str, str], list[Reply]] = {}
        self.server: TestServer
        self.clients: GitHubClients

    def will(self, method: str, path: str, *replies: Reply) -> None:
        self._replies[method, path] = list(replies)

    def asked(self, method: str, path: str) -> list[Seen]:
        return [seen for seen in self.seen if (seen.method, seen.path) == (method, path)]

    @property
    def url(self) -> str:
        return str(self.server.make_url(self.prefix or "/")).rstrip("/")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        path = request.raw_path.partition("?")[0].removeprefix(self.prefix)
        headers = {name.lower(): value for name, value in request.headers.items()}
        document = json.loads(body) if body else None
        self.seen.append(Seen(request.method, path, request.query_string, headers, document))
        if not path.endswith("/access_tokens"):
            self.journal.append(f"{request.method} {path}")
        replies = self._replies.get((request.method, path))
        if replies is None and path.endswith("/access_tokens"):
            return self._token()
        if replies is None:
            return web.json_response({"message": "Not Found"}, status=404)
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply.dropped:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if reply.silent:
            await self.stopped.wait()
        return self._response(request, reply)

    def _token(self) -> web.Response:
        self.tokens_given += 1
        expiry = self.clock.now + timedelta(hours=1)
        document = {
            "token": f"ghs_secret{self.tokens_given}",
            "expires_at": expiry.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return web.json_response(document, status=201)

    def _response(self, request: web.Request, reply: Reply) -> web.Response:
        etag = reply.headers.get("ETag")
        if etag is not None and request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=reply.headers)
        if isinstance(reply.document, bytes):
            body = reply.document
        else:
            body = b"" if reply.document is None else json.dumps(reply.document).encode()
        kind = {"Content-Type": reply.content_type} if body else {}
        return web.Response(status=reply.status, headers={**kind, **reply.headers}, body=body)


@asynccontextmanager
async def scripted_github(
    prefix: str = "", retry_policy: RetryPolicy | None = None
) -> AsyncIterator[ScriptedGitHub]:
    """A running server with clients that speak to it."""
    github = ScriptedGitHub(prefix)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", github.handle)
    github.server = TestServer(application)
    await github.server.start_server()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        github.clients = GitHubClients(
            session,
            app_id="4711",
            private_key=private_key(),
            api_url=github.url,
            options=TransportOptions(
                github.clock,
                sleep=github.clock.sleep,
                jitter=lambda: 0.5,
                retry_policy=retry_policy or RetryPolicy(),
                on_request=github.exchanges.append,
            ),
        )
        yield github
    github.stopped.set()
    await github.server.close()
