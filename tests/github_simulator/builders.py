"""A scene to test the simulator in: repository, app, a listener for webhooks, a client."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aiohttp
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from github_simulator import GitHubSimulator

PEPS = "python/peps"
APP_ID = 4242
SECRET = "a webhook's secret"
PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "members": "read",
    "checks": "write",
    "issues": "write",
    "pull_requests": "write",
}
EVENTS = [
    "issue_comment",
    "issues",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "repository",
]
FILES = {
    ".github/CODEOWNERS": "* @python/pep-editors\n\npeps/pep-0001.rst  @warsaw\n",
    "peps/pep-0001.rst": "PEP: 1\nTitle: PEP Purpose and Guidelines\n",
}


@cache
def private_key() -> rsa.RSAPrivateKey:
    """One key for all tests: making one, or reading it from PEM, takes longer than a test."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def public_key_pem() -> bytes:
    """What GitHub keeps of the key."""
    return private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    json: Any


@dataclass
class Listener:
    """A server for webhooks that keeps what it gets and answers as told."""

    url: str = ""
    status: int = 202
    seen: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        async with self.arrived:
            self.seen.append((dict(request.headers), await request.read()))
            self.arrived.notify_all()
        return web.Response(status=self.status, text="heard")

    @property
    def events(self) -> list[str]:
        return [headers["X-GitHub-Event"] for headers, _ in self.seen]


@dataclass
class Client:
    """Requests on behalf of the app's installation, of the app, or of nobody."""

    simulator: GitHubSimulator
    session: aiohttp.ClientSession
    installation: int
    token: str = ""

    def jwt(self, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": str(APP_ID), "iat": now - 60, "exp": now + 540}
        return jwt.encode({**usual, **claims}, private_key(), algorithm="RS256")

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        authorization: str | None = None,
        **headers: str,
    ) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if authorization is None:
            authorization = f"token {self.token}" if self.token else ""
        if authorization:
            named["Authorization"] = authorization
        url = path if path.startswith("http") else self.simulator.api_url + path
        async with self.session.request(method, url, json=body, headers=named) as answer:
            content = await answer.read()
            is_json = content and "raw" not in answer.headers["Content-Type"]
            parsed = await answer.json() if is_json else None
            return Reply(answer.status, answer.headers, content, parsed)

    async def as_app(self, method: str, path: str, body: Any = None, **claims: Any) -> Reply:
        return await self.send(method, path, body, f"bearer {self.jwt(**claims)}")

    async def new_token(self, **narrowing: Any) -> str:
        path = f"/app/installations/{self.installation}/access_tokens"
        reply = await self.as_app("POST", path, narrowing or None)
        assert reply.status == 201, reply.json
        self.token = reply.json["token"]
        return self.token

    async def get(self, path: str, **headers: str) -> Reply:
        return await self.send("GET", f"/repos/{PEPS}{path}", **headers)

    async def post(self, path: str, body: Any) -> Reply:
        return await self.send("POST", f"/repos/{PEPS}{path}", body)

    async def patch(self, path: str, body: Any) -> Reply:
        return await self.send("PATCH", f"/repos/{PEPS}{path}", body)

    async def put(self, path: str, body: Any) -> Reply:
        return await self.send("PUT", f"/repos/{PEPS}{path}", body)

    async def delete(self, path: str) -> Reply:
        return await self.send("DELETE", f"/repos/{PEPS}{path}")

    async def complete_check(self, head: str, **changed: Any) -> Reply:
        """Post a completed check run, perhaps with other fields."""
        body = {
            "name": "PEP editor checks",
            "head_sha": head,
            "external_id": f"{PEPS}#1",
            "status": "completed",
            "conclusion": "success",
            "output": {"title": "Fine", "summary": "Everything is in order."},
        }
        return await self.post("/check-runs", {**body, **changed})


def annotation(line: int = 1) -> dict[str, Any]:
    return {
        "path": "peps/pep-0002.rst",
        "start_line": line,
        "end_line": line,
        "annotation_level": "warning",
        "message": f"Look at line {line}.",
    }


@dataclass
class Sandbox:
    simulator: GitHubSimulator
    listener: Listener
    client: Client

    async def open(self, **changed: Any) -> int:
        """A pull request with a new PEP."""
        usual: dict[str, Any] = {
            "by": "author",
            "title": "PEP 2: New",
            "files": {"peps/pep-0002.rst": "PEP: 2\nTitle: New\n"},
        }
        return await self.simulator.open_pull_request(PEPS, **{**usual, **changed})


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    application = web.Application()
    application.router.add_post("/webhook", listener.handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhook"
        yield listener
    finally:
        await runner.cleanup()


def populate(simulator: GitHubSimulator, webhook_url: str) -> None:
    simulator.register_app(
        APP_ID,
        "pep-bot",
        public_key_pem=public_key_pem(),
        secret=SECRET,
        webhook_url=webhook_url,
        permissions=PERMISSIONS,
        events=EVENTS,
    )
    simulator.create_team("python", "pep-editors", ["editor"])
    access = {"editor": "write", "warsaw": "write"}
    simulator.create_repository(PEPS, FILES, collaborators=access)
    simulator.create_repository("python/devguide", {"core-team.csv": "Barry Warsaw,warsaw\n"})
    simulator.create_repository("python/secret", {"a": "b\n"}, private=True)


@asynccontextmanager
async def sandbox(**arguments: Any) -> AsyncIterator[Sandbox]:
    """Everything set up, the app installed, a token in hand, and all webhooks answered."""
    simulator = GitHubSimulator(**arguments)
    headers = {"User-Agent": "tests"}
    async with (
        listening() as listener,
        simulator.serve(),
        aiohttp.ClientSession(headers=headers) as session,
    ):
        populate(simulator, listener.url)
        installation = await simulator.install_app([PEPS])
        client = Client(simulator, session, installation)
        await client.new_token()
        await simulator.settle()
        simulator.clear_requests()
        listener.seen.clear()
        yield Sandbox(simulator, listener, client)
