"""The texts of published PEPs at the tip of a branch, for commands that ask for them."""

from collections.abc import Iterable, Mapping

from bot.concurrency import offload
from bot.github.client.client import Client
from bot.github.read.changed_texts import read_blob
from bot.peps.change import Change, Unreadable
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble, parse_preamble
from bot.review.subject import Repository
from bot.rules.edits.relations import related_numbers


async def read_published(
    client: Client,
    repository: Repository,
    blobs: Mapping[PepNumber, str],
    numbers: Iterable[PepNumber],
) -> dict[PepNumber, str | Unreadable]:
    """Read them, one request each where the blob is not at hand.

    Args:
        client: Who asks.
        repository: Where.
        blobs: The blob of each PEP at the tip of the branch.
        numbers: Which; one that is not published is left out.

    Raises:
        TryLater: GitHub is out of reach.
    """
    return {
        number: await read_blob(client, repository, blobs[number])
        for number in dict.fromkeys(numbers)
        if number in blobs
    }


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
    for number in await offload(size, lambda: related_numbers(change)):
        text = await read_blob(client, repository, blobs.get(number))
        if not isinstance(text, Unreadable):
            found[number] = parse_preamble(text)
    return found
