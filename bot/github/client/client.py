"""The interface of a GitHub client, as the code that reads and writes sees it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.github.client.throttle import Quota


class Client(Protocol):
    """Requests to GitHub on behalf of one installation.

    URLs are paths such as `/repos/{owner}/{repo}/pulls/{number}`. Every method raises a
    `GitHubFailure`: `Gone`, `NotAllowed`, `Refused`, `TryLater` or `TooLarge`.
    Responses are parsed JSON, and the caller must not change them.
    """

    async def get(self, url: str, variables: Mapping[str, str | int] | None = None) -> Any:
        """One JSON document; a conditional request if an etag is known."""

    def pages(
        self, url: str, variables: Mapping[str, str | int] | None = None
    ) -> AsyncIterator[Any]:
        """The items of a paginated list, page after page, 100 at a time."""

    async def raw(
        self, url: str, variables: Mapping[str, str | int] | None = None, *, cap: int = 2_000_000
    ) -> bytes:
        """The raw bytes at a blob or contents URL, streamed.

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
    """Makes clients."""

    async def for_repository(self, full_name: str, installation: int) -> Client:
        """A client whose token is limited to this repository."""

    async def installation_of(self, full_name: str) -> int | None:
        """The installation on a repository, asked for with the app's own JWT; None if none."""

    def quota(self, installation: int) -> Quota:
        """What is left of an installation's requests, according to the responses so far."""

    def forget(self, full_name: str) -> None:
        """Forget the tokens for this name, which another repository has by now."""

    async def anonymous(self) -> Client:
        """A client without a token, for public documents."""

    async def for_app(self) -> Client:
        """A client for the app itself, with its own JWT and without an installation."""

    async def app(self) -> Mapping[str, Any]:
        """The app itself: `slug`, `permissions`, `events` (`GET /app`)."""


class GitHubFailure(Exception):
    """A request that did not succeed. The message names the request, never a secret."""


class Gone(GitHubFailure):
    """404 or 410: it does not exist (any more), or this app may not see it."""


class NotAllowed(GitHubFailure):
    """403 that waiting does not fix: the installation lacks a permission."""


class Refused(GitHubFailure):
    """422 and other responses that say the request itself is wrong."""


class TryLater(GitHubFailure):
    """Rate limited, unreachable or failing: the same request may succeed later.

    `at` is the time GitHub named (`Retry-After`, or when the limit resets), None if it named none.
    """

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class CredentialsRefused(TryLater):
    """401 even with new credentials: a GitHub outage, a wrong key, or a wrong clock."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f"{message}; GitHub refuses the app's credentials, new ones too: if that lasts, check "
            "GH_APP_ID, GH_PRIVATE_KEY and this machine's clock"
        )


class Suspended(TryLater):
    """403 to everything while the account has suspended the installation.

    All writes are postponed as in an outage, and nothing is retried: the sweep after the
    suspension ends finds what is left to do.
    """


class TooLarge(GitHubFailure):
    """The response is longer than the cap it was read with."""
