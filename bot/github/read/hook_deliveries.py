"""The webhook deliveries GitHub attempted for this app, and how to request one again.

GitHub keeps them for three days. It never retries by itself, but does when asked: with the same
bytes and the same GUID.
Source: https://docs.github.com/en/rest/apps/webhooks
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from bot.github.client.client import Client
from bot.github.client.response import moment_at, number_at, text_at

_DELIVERIES = "/app/hook/deliveries"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a webhook.

    Attributes:
        id: The id of the attempt.
        guid: The id of the delivery (`X-GitHub-Delivery`), which all its attempts share.
        event: GitHub's event name.
        action: The payload's `action`, empty if it has none.
        at: When it was made, by GitHub's clock.
        succeeded: Whether it was answered with 2xx. If nobody answered, GitHub records a status
            of its own.
    """

    id: int
    guid: str
    event: str
    action: str
    at: datetime
    succeeded: bool


async def attempts(client: Client) -> AsyncIterator[Attempt]:
    """All attempts that GitHub still has, latest first, read page by page as needed.

    Args:
        client: A client for the app itself.

    Raises:
        GitHubFailure: They cannot be read.
    """
    async for item in client.pages(_DELIVERIES):
        number, guid, at = (
            number_at(item, "id"),
            text_at(item, "guid"),
            moment_at(item, "delivered_at"),
        )
        if number is None or not guid or at is None:
            continue
        yield Attempt(
            id=number,
            guid=guid,
            event=text_at(item, "event") or "",
            action=text_at(item, "action") or "",
            at=at,
            succeeded=200 <= (number_at(item, "status_code") or 0) < 300,
        )


async def request_redelivery(client: Client, attempt: Attempt) -> None:
    """Ask GitHub to deliver the webhook of an attempt again.

    Raises:
        GitHubFailure: GitHub refuses, or cannot be reached.
    """
    await client.post(_DELIVERIES + "/{id}/attempts", {"id": attempt.id}, {})
