"""Reading posts and titles for a review, which never fails and seldom waits for them.

What was read once is kept. A forum that does not answer is left alone for a while, and what cannot
be had is missing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from aiolimiter import AsyncLimiter
from cachetools import TTLCache

from bot.discourse.answers import post_in, title_in
from bot.discourse.forum_wire import LONGEST, ForumWire, NotRead
from bot.discourse.kept import Kept
from bot.peps.forum import Asked, Forum, PostRead, PostRef

POST_AGE = timedelta(days=30)
"""How old a copy of a post may grow; its day never changes, its writer's name seldom."""

TITLE_AGE = timedelta(days=1)
"""How old a copy of a title may grow: titles are edited."""

PAUSE = 60.0
"""Seconds that the forum is left alone after it did not answer, unless it names a time."""

ABSENT_FOR = 600.0
"""Seconds that a post is not asked for again that is not there."""

BURST = 20
"""Questions within a minute; an anonymous reader may ask ten times as many."""

_log = structlog.get_logger()
_Key = TypeVar("_Key", PostRef, int)
_Read = TypeVar("_Read", PostRead, str)


class DiscourseReader:
    """Reads from one forum; every failure of it makes something missing."""

    def __init__(
        self,
        wire: ForumWire,
        kept: Kept,
        clock: Callable[[], datetime],
        *,
        seconds: float = LONGEST,
    ) -> None:
        """Read over `wire`, and first from what was `kept`.

        Args:
            wire: The way to the forum.
            kept: What was read before.
            clock: The present time (UTC).
            seconds: How long a review may wait for it.
        """
        self._wire = wire
        self._kept = kept
        self._clock = clock
        self._seconds = seconds
        self._silent_until: datetime | None = None
        self._absent: TTLCache[object, bool] = TTLCache(1_000, ABSENT_FOR)
        self._limiter = AsyncLimiter(BURST, 60)

    async def read(self, asked: Asked) -> Forum:
        """What can be had of what is asked.

        Raises:
            StoreUnavailable: The store does not tell what was kept, or does not keep.
        """
        posts = {ref: await self._kept.post(ref) for ref in asked.posts}
        titles = {topic: await self._kept.title(topic) for topic in asked.topics}
        new_posts, new_titles = await asyncio.gather(
            self._fetched(posts, POST_AGE, self._post),
            self._fetched(titles, TITLE_AGE, self._title),
        )
        for ref, post in new_posts.items():
            await self._kept.keep_post(ref, post)
        for topic, title in new_titles.items():
            await self._kept.keep_title(topic, title)
        return Forum(
            {ref: kept[0] for ref, kept in posts.items() if kept} | new_posts,
            {topic: kept[0] for topic, kept in titles.items() if kept} | new_titles,
        )

    async def _fetched(
        self,
        known: Mapping[_Key, tuple[_Read, datetime] | None],
        age: timedelta,
        fetch: Callable[[_Key], Awaitable[_Read]],
    ) -> dict[_Key, _Read]:
        """What is not known, or not lately, and can be had."""
        now = self._clock()
        wanted = [key for key, kept in known.items() if kept is None or now - kept[1] >= age]
        found = await asyncio.gather(*(self._attempt(key, fetch) for key in wanted))
        return {key: one for key, one in zip(wanted, found, strict=True) if one is not None}

    async def _attempt(self, key: _Key, fetch: Callable[[_Key], Awaitable[_Read]]) -> _Read | None:
        silent = self._silent_until is not None and self._clock() < self._silent_until
        if silent or key in self._absent:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                await self._limiter.acquire()
                return await fetch(key)
        except NotRead as failure:
            if failure.is_absent:
                self._absent[key] = True
            else:
                self._leave_alone(str(failure), failure.wait)
        except TimeoutError:
            self._leave_alone("it did not answer in time", None)
        return None

    def _leave_alone(self, reason: str, wait: float | None) -> None:
        self._silent_until = self._clock() + timedelta(seconds=PAUSE if wait is None else wait)
        _log.warning("the forum is not read for now", error=reason)

    async def _post(self, ref: PostRef) -> PostRead:
        answer = await self._wire.get("posts", "by_number", ref.topic, f"{ref.post}.json")
        return post_in(answer, ref, self._clock())

    async def _title(self, topic: int) -> str:
        return title_in(await self._wire.get("t", f"{topic}.json"), topic)
