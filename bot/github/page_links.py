"""Where the bot's own page of a pull request is, as a check run's details link it."""

from collections.abc import Awaitable, Callable

from bot.review.subject import Subject
from bot.store.visibility import Visibility

PageOf = Callable[[Subject], Awaitable[str]]
"""The address of a pull request's page; empty where there is none to link."""


async def no_page(_subject: Subject) -> str:
    """There are no pages to link."""
    return ""


class PageLinks:
    """Links to pages of repositories that may be shown: a link to a 404 would help nobody."""

    def __init__(self, public_url: str, visibility: Visibility) -> None:
        """Link to the server at `public_url`, which has no slash at its end; empty for no link."""
        self._public_url = public_url
        self._visibility = visibility

    async def of(self, subject: Subject) -> str:
        """The address of the page of a pull request; empty if there is none.

        Raises:
            StoreUnavailable: The store does not tell who may see it.
        """
        name = subject.repository.full_name
        if not self._public_url or not await self._visibility.is_public(name):
            return ""
        return f"{self._public_url}/{name}/pull/{subject.number}"
