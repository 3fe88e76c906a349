"""What editors should see once, as `pep-bot digest` lists it."""

import json
from collections.abc import Sequence

from bot.offline.printable import printable
from bot.store.database import open_database
from bot.store.digest import DigestItem, SqlDigestStore


async def read_digest(url: str) -> Sequence[DigestItem]:
    """What was noted in a store, oldest first.

    Raises:
        StoreUnusable: It cannot be opened.
        StoreUnavailable: It cannot be read.
    """
    database = await open_database(url, serving=False)
    try:
        return await SqlDigestStore(database).items()
    finally:
        await database.close()


def digest_text(items: Sequence[DigestItem]) -> str:
    """One line each, for a terminal; what strangers wrote cannot steer it."""
    if not items:
        return "Nothing is noted."
    return "\n".join(
        f"{item.at:%Y-%m-%d} {item.repository}#{item.number} {item.reason}: {printable(item.title)}"
        for item in items
    )


def digest_json(items: Sequence[DigestItem]) -> str:
    """One JSON object a line."""
    return "\n".join(
        json.dumps(
            {
                "repository": item.repository,
                "number": item.number,
                "reason": item.reason,
                "title": item.title,
                "at": item.at.isoformat(),
            }
        )
        for item in items
    )
