"""The headers of PEPs that a change names as related without touching them, from the base."""

from collections.abc import Mapping

from bot.github.changed_texts import read_blob
from bot.github.client import Client
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble, parse_preamble
from bot.review.subject import Repository
from bot.rules.change import Change, Unreadable
from bot.rules.edits.relations import related_numbers
from bot.thinking import think


async def read_related(
    client: Client, repository: Repository, change: Change, blobs: Mapping[PepNumber, str]
) -> dict[PepNumber, Preamble]:
    """Read them, ten at most; one that is not there or cannot be read is missing.

    Most changes name none, and then nothing is asked.

    Args:
        client: Who asks.
        repository: Where.
        change: What the pull request changes.
        blobs: The blob of each PEP at the base.

    Raises:
        TryLater: GitHub is out of reach.
    """
    found: dict[PepNumber, Preamble] = {}
    size = sum(len(file.after or "") for file in change.files)
    for number in await think(size, lambda: related_numbers(change)):
        text = await read_blob(client, repository, blobs.get(number))
        if not isinstance(text, Unreadable):
            found[number] = parse_preamble(text)
    return found
