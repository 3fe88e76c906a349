"""`digest`: lists what editors should see once, such as blank issues by newcomers."""

import asyncio
import json
from collections.abc import Sequence

import click

from bot.cli import fail
from bot.logs import show_errors_only
from bot.sanitize import for_terminal
from bot.settings import SettingsInvalid, read_settings
from bot.store.commands import DigestItem, DigestStore
from bot.store.database import open_database
from bot.store.location import StoreUnavailable, StoreUnusable


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def digest(form: str) -> None:
    """List what editors should see in private, such as blank issues by newcomers."""
    show_errors_only()
    try:
        items = asyncio.run(read_digest(read_settings().database_url))
    except (SettingsInvalid, StoreUnusable, StoreUnavailable) as error:
        fail(error)
    click.echo(digest_json(items) if form == "json" else digest_text(items))


async def read_digest(url: str) -> Sequence[DigestItem]:
    """Read the digest of a store, oldest entry first.

    Raises:
        StoreUnusable: The store cannot be opened.
        StoreUnavailable: The store cannot be read.
    """
    database = await open_database(url, serving=False)
    try:
        return await DigestStore(database).items()
    finally:
        await database.close()


def digest_text(items: Sequence[DigestItem]) -> str:
    """One line per entry, for a terminal; strangers' text is made harmless."""
    if not items:
        return "Nothing to see."
    return "\n".join(
        f"{item.at:%Y-%m-%d} {item.repository}#{item.number} {item.reason}: "
        f"{for_terminal(item.title)}"
        for item in items
    )


def digest_json(items: Sequence[DigestItem]) -> str:
    """One JSON object per line."""
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
