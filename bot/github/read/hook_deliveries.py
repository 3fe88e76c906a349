"""The webhooks that GitHub sent to the app, and what became of each attempt.

GitHub keeps them for three days, never tries one again by itself, and does so when it is asked: the
same bytes under the same GUID.
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
    """One attempt to deliver.

    Attributes:
        id: The attempt's own.
        guid: The delivery's, as `X-GitHub-Delivery` has it: all attempts at it share it.
        event: GitHub's event name.
        action: The payload's `action`, empty if it has none.
        at: When it was made, by GitHub's clock.
        succeeded: Whether it was answered, and with success. Where nobody answers GitHub notes
            a status of its own making, so only 2xx counts.
    """

    id: int
    guid: str
    event: str
    action: str
    at: datetime
    succeeded: bool


async def attempts(client: Client) -> AsyncIterator[Attempt]:
    """All attempts that GitHub still knows, latest first, read page by page as they are asked for.

    Args:
        client: Speaks for the app itself.

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
    """Have GitHub deliver once more what an attempt was made at.

    Raises:
        GitHubFailure: It does not.
    """
    await client.post(_DELIVERIES + "/{id}/attempts", {"id": attempt.id}, {})
