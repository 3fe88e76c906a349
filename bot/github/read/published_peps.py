"""Reads published PEPs at the tip of a branch, for commands and for changes that refer to them."""

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
    """Read PEPs, with one request for each whose blob is not cached.

    Args:
        client: Asks GitHub.
        repository: The repository of the PEPs.
        blobs: The SHA of each PEP's blob at the tip of the branch.
        numbers: Which PEPs; those that are not published are left out.

    Raises:
        TryLater: GitHub is unreachable.
    """
    return {
        number: await read_blob(client, repository, blobs[number])
        for number in dict.fromkeys(numbers)
        if number in blobs
    }


async def read_related(
    client: Client, repository: Repository, change: Change, blobs: Mapping[PepNumber, str]
) -> dict[PepNumber, Preamble]:
    """Read the headers of PEPs that the changed ones refer to, ten at most.

    PEPs that do not exist or cannot be read are left out. Most changes refer to none, and then
    nothing is requested.

    Args:
        client: Asks GitHub.
        repository: The repository of the PEPs.
        change: What the pull request changes.
        blobs: The SHA of each PEP's blob on the base branch.

    Raises:
        TryLater: GitHub is unreachable.
    """
    found: dict[PepNumber, Preamble] = {}
    size = sum(len(file.after or "") for file in change.files)
    for number in await offload(size, lambda: related_numbers(change)):
        text = await read_blob(client, repository, blobs.get(number))
        if not isinstance(text, Unreadable):
            found[number] = parse_preamble(text)
    return found
