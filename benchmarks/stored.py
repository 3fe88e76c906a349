"""Prepares stores that already hold deliveries, as after days with or without a worker."""

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figure import Broken
from benchmarks.webhook import Webhook
from bot.handlers.events import parse_event, routing_of
from bot.inbox.attempt import Attempts
from bot.inbox.delivery import Batch, Delivery
from bot.inbox.inbox import Inbox
from bot.inbox.open import open_inbox

_AT_ONCE = 256
_CLAIMED = 20


def url_of(store: Path | str) -> str:
    """The `DATABASE_URL` of a file, or of a database that is named by it already."""
    return f"sqlite:///{store}" if isinstance(store, Path) else store


async def fill(store: Path | str, webhooks: Sequence[Webhook], *, finished: bool) -> None:
    """Put deliveries into a store that no process uses, handled already if `finished`."""
    patterns: dict[bytes, Delivery] = {}
    inbox = await open_inbox(url_of(store))
    try:
        for start in range(0, len(webhooks), _AT_ONCE):
            async with asyncio.TaskGroup() as group:
                for webhook in webhooks[start : start + _AT_ONCE]:
                    if webhook.body not in patterns:
                        patterns[webhook.body] = _delivery(webhook)
                    delivery = replace(patterns[webhook.body], id=webhook.guid)
                    group.create_task(inbox.accept(delivery))
        if finished:
            await _finish_all(inbox)
    finally:
        await inbox.close()


async def _finish_all(inbox: Inbox) -> None:
    """Have all deliveries handled by a handler that does nothing."""

    async def handle(batch: Batch) -> None:
        """Nothing."""

    stop = asyncio.Event()
    working = asyncio.create_task(inbox.work(Attempts(handle), stop, concurrency=_CLAIMED))
    while (await inbox.overview()).oldest_unfinished is not None:
        pass  # asking lets everything else go on meanwhile
    stop.set()
    await working


def seconds_of_raw_commits(store: Path) -> float:
    """How long plain SQL takes for the same writes to the store, with two commits per key."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        keys = connection.execute("SELECT DISTINCT key FROM delivery").fetchall()
        begun = time.perf_counter()
        for key in keys:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE delivery SET state = 'running' WHERE key = ?", key)
            connection.execute(
                "SELECT body FROM delivery JOIN delivery_payload USING (seq) WHERE key = ?", key
            ).fetchall()
            connection.execute("COMMIT")
            connection.execute("UPDATE delivery SET state = 'done' WHERE key = ?", key)
        return time.perf_counter() - begun


def _delivery(webhook: Webhook) -> Delivery:
    """The delivery that the server creates from a webhook."""
    event = parse_event(webhook.event, webhook.body)
    routing = routing_of(webhook.event, event)
    if routing is None:
        raise Broken(f"{webhook.event} would be ignored")
    return Delivery(
        id=webhook.guid,
        event=webhook.event,
        action=event.action or "",
        key=routing.key,
        kind=routing.kind,
        payload=webhook.body,
        received_at=datetime.now(UTC),
    )
