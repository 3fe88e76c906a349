"""Answers kept in memory, one set of caches for each installation.

Never one for several: the key is the URL, and what one installation may see another may not.
gidgethub's own etag cache keeps parsed documents, which every reader could change for the next
one, and knows no bounds in bytes; here the bytes are kept and parsed anew each time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from cachetools import LRUCache

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

    def keep(self, key: str, value: Value) -> None:
        """Keep a value, unless it is larger than the whole cache."""
        if self._size(value) <= self._budget:
            self._values[key] = value

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer that can be asked for again with `If-None-Match`."""

    etag: str
    headers: Mapping[str, str]
    body: bytes


class Caches:
    """What is kept for one account: answers with an etag, and blobs, which never change."""

    __slots__ = ("answers", "blobs")

    def __init__(self, *, budget: int = 8_000_000, entries: int = 2_000) -> None:
        self.answers: BoundedCache[Stored] = BoundedCache(
            budget=budget, entries=entries, size=lambda stored: len(stored.body)
        )
        self.blobs: BoundedCache[bytes] = BoundedCache(budget=budget, entries=entries, size=len)
