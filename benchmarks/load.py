"""Sends webhooks at a steady rate or all at once, and records how each was answered.

The rate is kept whether or not answers come (open loop), and latency counts from the moment at
which the webhook should have been sent: a server that stalls pays for everything it delays.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp

from benchmarks.figure import require
from benchmarks.webhook import Webhook

_PATIENCE = aiohttp.ClientTimeout(total=60)


@dataclass(frozen=True, slots=True)
class Answer:
    """How a webhook was answered.

    Attributes:
        webhook: What was sent.
        status: The HTTP status.
        outcome: `accepted`, `duplicate` or `ignored`.
        seconds: How long it took from the moment at which it should have been sent.
    """

    webhook: Webhook
    status: int
    outcome: str
    seconds: float


async def at_rate(url: str, webhooks: Sequence[Webhook], rate: float) -> list[Answer]:
    """Send the webhooks at this rate per second."""
    loop = asyncio.get_running_loop()
    async with _session(connections=0) as session, asyncio.TaskGroup() as group:
        begun = loop.time() + 0.1
        sent = []
        for index, webhook in enumerate(webhooks):
            due = begun + index / rate
            await asyncio.sleep(max(due - loop.time(), 0))
            sent.append(group.create_task(_send(session, url, webhook, due)))
    return [task.result() for task in sent]


async def at_once(url: str, webhooks: Sequence[Webhook], connections: int = 50) -> list[Answer]:
    """Send everything as fast as it is accepted, over this many connections."""
    due = asyncio.get_running_loop().time()
    async with _session(connections) as session, asyncio.TaskGroup() as group:
        sent = [group.create_task(_send(session, url, webhook, due)) for webhook in webhooks]
    return [task.result() for task in sent]


def require_outcome(answers: Sequence[Answer], outcome: str) -> None:
    """Check that every webhook was answered with 202 and this outcome.

    Raises:
        Broken: One was not.
    """
    seen = Counter((answer.status, answer.outcome) for answer in answers)
    require(set(seen) == {(202, outcome)}, f"not all were {outcome}: {dict(seen)}")


@asynccontextmanager
async def _session(connections: int) -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, timeout=_PATIENCE) as session:
        yield session


async def _send(session: aiohttp.ClientSession, url: str, webhook: Webhook, due: float) -> Answer:
    async with session.post(url, data=webhook.body, headers=webhook.headers()) as answer:
        text = await answer.read()
    seconds = asyncio.get_running_loop().time() - due
    outcome = json.loads(text).get("status", "") if answer.status == 202 else ""
    return Answer(webhook, answer.status, outcome, seconds)
