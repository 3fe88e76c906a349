"""A client for one installation, as the reader and the writer see it."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol


class Client(Protocol):
    """Requests to GitHub on behalf of one installation.

    URLs are paths such as `/repos/{owner}/{repo}/pulls/{number}`. Every method raises a
    `GitHubFailure`: `Gone`, `NotAllowed`, `Refused`, `TryLater` or `TooLarge`.
    The answers are parsed JSON and must not be changed by the caller.
    """

    async def get(self, url: str, variables: Mapping[str, str | int] | None = None) -> Any:
        """One JSON document; conditional where an etag is known."""

    def pages(
        self, url: str, variables: Mapping[str, str | int] | None = None
    ) -> AsyncIterator[Any]:
        """The items of a paginated list, page after page, 100 at a time."""

    async def raw(
        self, url: str, variables: Mapping[str, str | int] | None = None, *, cap: int = 2_000_000
    ) -> bytes:
        """The raw bytes behind a blob or contents URL, streamed.

        Raises:
            TooLarge: There are more than `cap` bytes; reading stopped there.
        """

    async def post(self, url: str, variables: Mapping[str, str | int], data: Any) -> Any:
        """Create something."""

    async def patch(self, url: str, variables: Mapping[str, str | int], data: Any) -> Any:
        """Change something."""

    async def put(self, url: str, variables: Mapping[str, str | int], data: Any) -> Any:
        """Replace something."""

    async def delete(self, url: str, variables: Mapping[str, str | int]) -> None:
        """Remove something."""


class Clients(Protocol):
    """Where clients come from."""

    async def for_repository(self, full_name: str, installation: int) -> Client:
        """A client whose token is narrowed to this repository."""

    async def installation_of(self, full_name: str) -> int | None:
        """The installation that reaches a repository, by the app's own JWT; None if none does."""

    def forget(self, full_name: str) -> None:
        """Forget the tokens for what was called so: another repository is, by now."""

    async def anonymous(self) -> Client:
        """A client without a token, for public documents."""

    async def for_app(self) -> Client:
        """A client that speaks for the app itself, by its own JWT, of no installation."""

    async def app(self) -> Mapping[str, Any]:
        """The app itself: `slug`, `permissions`, `events` (`GET /app`)."""
