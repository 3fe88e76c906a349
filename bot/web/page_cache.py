"""Keeps finished pages for some seconds, and makes new ones one at a time with rests in between."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cachetools import TTLCache

from bot.web.limits import TooManyWaiting

LIFETIME = 15.0
"""Seconds that a page is kept: anybody can request it often, and making it is expensive."""

MOST_WAITING = 16
"""How many requests may wait for a page; pages are made one after another, in milliseconds each."""

REST_FACTOR = 9.0
"""After a page, none is made for this many times as long as it took, so that at most a tenth of the
time is spent on pages, however many are requested."""

_LONGEST_REST = 1.0
"""Seconds."""

MOST_CACHED = 200
"""How many pages are kept at once."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent.

    Attributes:
        status: The HTTP status.
        body: HTML or JSON in UTF-8.
        etag: The body's ETag, in quotes.
        content_type: The type of the body.
    """

    status: int
    body: bytes
    etag: str
    content_type: str = "text/html"


Make = Callable[[], Awaitable[Page]]
"""Makes a page."""


class PageCache:
    """Keeps pages, and limits how often and how many at once are made."""

    def __init__(
        self, may_be_shown: Callable[[str], Awaitable[bool]], *, lifetime: float, rest: float
    ) -> None:
        """Start empty.

        Args:
            may_be_shown: Whether the repository of this name is (still) public.
            lifetime: Seconds that a page is kept.
            rest: After a page took n seconds to make, none is made for `rest` times n seconds.
        """
        self._may_be_shown = may_be_shown
        self._pages: TTLCache[tuple[str, ...], Page] = TTLCache(MOST_CACHED, lifetime)
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._rest = rest
        self._resting_until = 0.0

    async def get_or_make(self, key: tuple[str, ...], make: Make) -> Page:
        """The kept page, or else a new one; a request that waited may find its page made by then.

        Args:
            key: What the page shows; its second part is the name of its repository.
            make: Makes the page.

        Raises:
            TooManyWaiting: The page would have to be made, and many wait already.
        """
        kept = await self._cached_page(key)
        if kept is not None:
            return kept
        if self._waiting >= MOST_WAITING:
            raise TooManyWaiting
        self._waiting += 1
        try:
            async with self._turn:
                kept = await self._cached_page(key)
                if kept is None:
                    kept = await self._make_after_rest(make)
                    # A missing page is cheap to make, and would push out pages that are not.
                    if kept.status == 200:
                        self._pages[key] = kept
                return kept
        finally:
            self._waiting -= 1

    async def _cached_page(self, key: tuple[str, ...]) -> Page | None:
        """The kept page; None if there is none, or its repository is no longer public."""
        kept = self._pages.get(key)
        if kept is not None and not await self._may_be_shown(key[1]):
            self._pages.pop(key, None)
            return None
        return kept

    async def _make_after_rest(self, make: Make) -> Page:
        now = asyncio.get_running_loop().time
        await asyncio.sleep(max(self._resting_until - now(), 0))
        begun = now()
        try:
            return await make()
        finally:
            self._resting_until = now() + min(self._rest * (now() - begun), _LONGEST_REST)
