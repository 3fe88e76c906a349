"""A GitHub client as the code that reads and writes sees it, and what it reads in responses."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from cachetools import LRUCache

from bot.github.client.throttle import Quota
from bot.review.subject import Repository


class Client(Protocol):
    """Requests to GitHub on behalf of one installation.

    URLs are paths such as `/repos/{owner}/{repo}/pulls/{number}`. Every method raises a
    `GitHubFailure`: `Gone`, `NotAllowed`, `Refused`, `TryLater` or `TooLarge`.
    Responses are parsed JSON, and the caller must not change them.
    """

    async def get(self, url: str, variables: Mapping[str, str | int] | None = None) -> Any:
        """One JSON document; a conditional request if an etag is known."""

    async def changed(
        self, url: str, variables: Mapping[str, str | int], etag: str
    ) -> tuple[Any, str] | None:
        """One JSON document and its etag; None if it still has this etag.

        For what is asked so seldom that the etag is stored; empty if none is known. GitHub does not
        count the answer None if a token was sent.
        """

    def pages(
        self, url: str, variables: Mapping[str, str | int] | None = None
    ) -> AsyncIterator[Any]:
        """The items of a paginated list, page after page, 100 at a time."""

    async def raw(
        self,
        url: str,
        variables: Mapping[str, str | int] | None = None,
        *,
        cap: int = 2_000_000,
        archive: bool = False,
    ) -> bytes:
        """The raw bytes at a blob or contents URL, or of an archive, which comes from elsewhere.

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


def member(response: object, *keys: str) -> object:
    """The value under the nested keys; None if one is missing."""
    for key in keys:
        if not isinstance(response, dict):
            return None
        response = response.get(key)
    return response


def text_at(response: object, *keys: str) -> str | None:
    """The text under the nested keys; None if there is none."""
    found = member(response, *keys)
    return found if isinstance(found, str) else None


def number_at(response: object, *keys: str) -> int | None:
    """The whole number under the nested keys; None if there is none."""
    found = member(response, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def id_at(response: object, *keys: str) -> int | None:
    """The GitHub id under the nested keys; None if there is none that fits into a database."""
    found = number_at(response, *keys)
    return found if found is not None and 0 < found < 2**63 else None


def truth_at(response: object, *keys: str) -> bool:
    """Whether the value under the nested keys is `true`."""
    return member(response, *keys) is True


def moment_at(response: object, *keys: str) -> datetime | None:
    """The time under the nested keys (ISO 8601, as GitHub writes it) in UTC; None without one."""
    found = text_at(response, *keys)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def items_at(response: object, *keys: str) -> Sequence[object]:
    """The list under the nested keys; empty if there is none."""
    found = member(response, *keys)
    return found if isinstance(found, list) else ()


def variables(repository: Repository, **others: str | int) -> dict[str, str | int]:
    """Variables for a URL template such as `/repos/{owner}/{repo}/pulls{?state}`.

    Input is never pasted into a URL: the client expands the template and quotes the values.
    """
    owner, _, name = repository.full_name.partition("/")
    return {"owner": owner, "repo": name, **others}


Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """A cache of the most recently used values, limited in entries and in bytes."""

    def __init__(self, *, budget: int, entries: int, size: Callable[[Value], int]) -> None:
        """Make an empty cache.

        Args:
            budget: The most bytes all values may have together.
            entries: The most values.
            size: Returns the bytes of a value.
        """
        # One LRU limits both: every entry counts for at least its share of the budget.
        share = max(1, budget // entries)
        self._values: LRUCache[str, Value] = LRUCache(
            budget, getsizeof=lambda value: max(share, size(value))
        )
        self._budget = budget
        self._size = size

    def get(self, key: str) -> Value | None:
        """The cached value, or None."""
        return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        """Cache a value, unless it is larger than the whole cache."""
        if self._size(value) <= self._budget:
            self._values[key] = value

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A response that can be requested again with `If-None-Match`."""

    etag: str
    headers: Mapping[str, str]
    body: bytes


class Caches:
    """The caches of all accounts: responses with an etag, and blobs, which never change.

    Keys begin with the account's name, since one account must not see what another one read. The
    budget is for all together, so that memory does not grow with the number of installations.
    """

    __slots__ = ("blobs", "responses")

    def __init__(self, *, budget: int = 12_000_000, entries: int = 4_000) -> None:
        self.responses: BoundedCache[CachedResponse] = BoundedCache(
            budget=budget, entries=entries, size=lambda cached: len(cached.body)
        )
        self.blobs: BoundedCache[bytes] = BoundedCache(budget=budget, entries=entries, size=len)
