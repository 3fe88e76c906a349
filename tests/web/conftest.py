"""A running web application with an inbox on disk."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.inbox.protocol import Inbox
from bot.inbox.sqlite import SqliteInbox
from bot.metrics import Metrics
from bot.web.app import make_app
from tests.builders import NOW, body_of, payload, pull_request, signature
from tests.empty_store import put_empty_store

SECRETS = ("first", "second")
OPENED = payload("opened", **pull_request())


@dataclass
class Site:
    """The application as GitHub sees it."""

    client: TestClient[Any, Any]
    inbox: Inbox
    metrics: Metrics
    headers: dict[str, str] = field(default_factory=dict)

    async def deliver(
        self,
        data: object = OPENED,
        *,
        event: str = "pull_request",
        delivery: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        body: bytes | None = None,
        drop: tuple[str, ...] = (),
        **headers: str,
    ) -> ClientResponse:
        """Deliver as GitHub does; headers given by keyword have `_` for `-`."""
        content = body_of(data) if body is None else body
        sent = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": signature(content),
            "Content-Type": "application/json",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        for name in drop:
            del sent[name]
        return await self.client.post("/webhook", data=content, headers=sent)

    async def ids(self) -> list[str]:
        return [record.delivery.id for record in await self.inbox.records()]


Start = Callable[[Inbox], Awaitable[Site]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    clients: list[TestClient[Any, Any]] = []

    async def started(inbox: Inbox) -> Site:
        metrics = Metrics(lambda: NOW)
        app = make_app(inbox, secrets=SECRETS, metrics=metrics, clock=lambda: NOW)
        client: TestClient[Any, Any] = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return Site(client, inbox, metrics)

    yield started
    for client in clients:
        await client.close()


@pytest.fixture
async def site(tmp_path: Path, start: Start) -> AsyncIterator[Site]:
    put_empty_store(tmp_path / "bot.sqlite3")
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    yield await start(inbox)
    await inbox.close()
