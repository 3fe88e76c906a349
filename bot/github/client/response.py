"""Helpers for GitHub's responses: read fields without trusting their shape, and cache them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from cachetools import LRUCache

from bot.review.subject import Repository


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
    """The caches of one account: responses with an etag, and blobs, which never change."""

    __slots__ = ("blobs", "responses")

    def __init__(self, *, budget: int = 8_000_000, entries: int = 2_000) -> None:
        self.responses: BoundedCache[CachedResponse] = BoundedCache(
            budget=budget, entries=entries, size=lambda cached: len(cached.body)
        )
        self.blobs: BoundedCache[bytes] = BoundedCache(budget=budget, entries=entries, size=len)
