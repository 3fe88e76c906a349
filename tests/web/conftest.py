"""A running web application with an inbox on disk."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from aiohttp import ClientResponse, ClientSession

from bot.inbox.inbox import Inbox
from bot.inbox.sqlite import SqliteInbox
from bot.metrics import Metrics
from bot.web.app import listen, make_app
from bot.web.limits import ORDINARY, Limits
from tests.builders import NOW, body_of, payload, pull_request, signature
from tests.empty_store import put_empty_store

SECRETS = ("first", "second")
OPENED = payload("opened", **pull_request())


@dataclass
class Site:
    """The application as GitHub sees it."""

    client: ClientSession
    inbox: Inbox
    metrics: Metrics
    port: int

    async def deliver(
        self,
        data: object = OPENED,
        *,
        event: str = "pull_request",
        delivery: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        body: bytes | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        drop: tuple[str, ...] = (),
        **headers: str,
    ) -> ClientResponse:
        """Deliver as GitHub does; headers given by keyword have `_` for `-`.

        The content may be another than what is signed, or the same in pieces.
        """
        signed = body_of(data) if body is None else body
        sent = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": signature(signed),
            "Content-Type": "application/json",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        for name in drop:
            del sent[name]
        return await self.client.post(
            "/webhook", data=signed if content is None else content, headers=sent
        )

    async def ids(self) -> list[str]:
        return [record.delivery.id for record in await self.inbox.records()]


class Start(Protocol):
    """Starts the application on an inbox."""

    def __call__(self, inbox: Inbox, limits: Limits = ORDINARY) -> Awaitable[Site]: ...


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:

        async def started(inbox: Inbox, limits: Limits = ORDINARY) -> Site:
            metrics = Metrics(lambda: NOW)
            app = make_app(
                inbox, secrets=SECRETS, metrics=metrics, clock=lambda: NOW, limits=limits
            )
            port = await listen(stack, app, "127.0.0.1", 0, limits=limits)
            client = await stack.enter_async_context(ClientSession(f"http://127.0.0.1:{port}"))
            return Site(client, inbox, metrics, port)

        yield started


@pytest.fixture
async def site(tmp_path: Path, start: Start) -> AsyncIterator[Site]:
    put_empty_store(tmp_path / "bot.sqlite3")
    inbox = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    yield await start(inbox)
    await inbox.close()
