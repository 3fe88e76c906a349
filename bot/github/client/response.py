"""GitHub's answers: looked into without trusting their shape, and kept for each installation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from cachetools import LRUCache

from bot.review.subject import Repository


def member(response: object, *keys: str) -> object:
    """What stands under the keys, one inside the other; None where one is missing."""
    for key in keys:
        if not isinstance(response, dict):
            return None
        response = response.get(key)
    return response


def text_at(response: object, *keys: str) -> str | None:
    """The text under the keys; None if there is none."""
    found = member(response, *keys)
    return found if isinstance(found, str) else None


def number_at(response: object, *keys: str) -> int | None:
    """The whole number under the keys; None if there is none."""
    found = member(response, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def id_at(response: object, *keys: str) -> int | None:
    """One of GitHub's ids under the keys; None if there is none, or none that a database takes."""
    found = number_at(response, *keys)
    return found if found is not None and 0 < found < 2**63 else None


def truth_at(response: object, *keys: str) -> bool:
    """Whether `true` stands under the keys."""
    return member(response, *keys) is True


def moment_at(response: object, *keys: str) -> datetime | None:
    """The moment under the keys (ISO 8601, as GitHub writes it), in UTC; None if there is none."""
    found = text_at(response, *keys)
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def items_at(response: object, *keys: str) -> Sequence[object]:
    """The list under the keys; empty if there is none."""
    found = member(response, *keys)
    return found if isinstance(found, list) else ()


def variables(repository: Repository, **others: str | int) -> dict[str, str | int]:
    """`owner` and `repo` for a template such as `/repos/{owner}/{repo}/pulls{?state}`, and others.

    Nothing from outside is ever pasted into a URL: the client expands and quotes the template.
    """
    owner, _, name = repository.full_name.partition("/")
    return {"owner": owner, "repo": name, **others}


Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """The values used last, up to a number of entries and a number of bytes."""

    def __init__(self, *, budget: int, entries: int, size: Callable[[Value], int]) -> None:
        """Make an empty cache.

        Args:
            budget: The most bytes all values may have together.
            entries: The most values.
            size: The bytes of a value.
        """
        # One LRU counts both: every entry weighs at least its share of the budget.
        share = max(1, budget // entries)
        self._values: LRUCache[str, Value] = LRUCache(
            budget, getsizeof=lambda value: max(share, size(value))
        )
        self._budget = budget
        self._size = size

    def get(self, key: str) -> Value | None:
        """The value, or None."""
        return self._values.get(key)

    def put(self, key: str, value: Value) -> None:
        """Keep a value, unless it is larger than the whole cache."""
        if self._size(value) <= self._budget:
            self._values[key] = value

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """An answer that can be asked for again with `If-None-Match`."""

    etag: str
    headers: Mapping[str, str]
    body: bytes


class Caches:
    """What is kept for one account: answers with an etag, and blobs, which never change."""

    __slots__ = ("blobs", "responses")

    def __init__(self, *, budget: int = 8_000_000, entries: int = 2_000) -> None:
        self.responses: BoundedCache[CachedResponse] = BoundedCache(
            budget=budget, entries=entries, size=lambda cached: len(cached.body)
        )
        self.blobs: BoundedCache[bytes] = BoundedCache(budget=budget, entries=entries, size=len)
