"""The texts of published PEPs at the tip of a branch, for commands that ask for them."""

from collections.abc import Iterable, Mapping

from bot.github.changed_texts import read_blob
from bot.github.client import Client
from bot.peps.number import PepNumber
from bot.review.subject import Repository
from bot.rules.change import Unreadable


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
