"""Asking GitHub whether everybody may read a repository, where no other answer told it."""

from bot.github.client.client import Client
from bot.github.client.failure import GitHubFailure
from bot.github.client.json_fields import variables
from bot.review.subject import Repository


async def is_private(client: Client, repository: Repository) -> bool | None:
    """Whether it is hidden from anybody; None if GitHub does not tell now.

    Source: https://docs.github.com/en/rest/repos/repos ("Get a repository"): `private` is true for
    internal repositories, too.
    """
    try:
        document = await client.get("/repos/{owner}/{repo}", variables(repository))
    except GitHubFailure:
        return None
    told = document.get("private") if isinstance(document, dict) else None
    return told if isinstance(told, bool) else None
