"""Reads posts and titles from the forum for a review, which never fails and rarely waits for them.

What was read is cached in the store. A forum that does not answer gets no requests for a while.
What cannot be read is left out of the result.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import structlog
from aiolimiter import AsyncLimiter
from cachetools import TTLCache

from bot.forum.client import LONGEST, ForumClient, ForumReadError
from bot.peps.forum import Forum, ForumPost, ForumRequest, PostRef
from bot.store.documents import FORUM_POST, FORUM_TOPIC, Document, Documents

_LONGEST_NAME = 200
_LONGEST_TITLE = 500
_OLDEST = datetime(2005, 1, 1, tzinfo=UTC)
_SKEW = timedelta(days=1)


def parse_post_response(response: Any, ref: PostRef, now: datetime) -> ForumPost:
    """The requested post.

    Args:
        response: The parsed JSON.
        ref: The requested post; an answer about another one is rejected.
        now: The current time (UTC).

    Raises:
        ForumReadError: The answer is about another post, or has no usable day or author.
    """
    if not isinstance(response, dict):
        raise ForumReadError("the answer is no post")
    if (response.get("topic_id"), response.get("post_number")) != (ref.topic, ref.post):
        raise ForumReadError("the answer is about another post")
    username, name = _text(response, "username", _LONGEST_NAME), response.get("name")
    if not username:
        raise ForumReadError("the answer names no writer")
    at = _time(response.get("created_at"))
    if at is None or not _OLDEST <= at <= now + _SKEW:
        raise ForumReadError("the answer says no day")
    return ForumPost(at, username, name[:_LONGEST_NAME] if isinstance(name, str) else "")


def parse_title_response(response: Any, topic: int) -> str:
    """The title of the requested topic.

    Raises:
        ForumReadError: The answer is about another topic, or has no title.
    """
    if not isinstance(response, dict) or response.get("id") != topic:
        raise ForumReadError("the answer is about another topic")
    title = _text(response, "title", _LONGEST_TITLE)
    if not title:
        raise ForumReadError("the answer has no title")
    return title


def _text(response: dict[str, Any], key: str, longest: int) -> str:
    value = response.get(key)
    return value[:longest].strip() if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class ForumCache:
    """The posts and titles that were read before, each with the time of reading."""

    def __init__(self, documents: Documents, clock: Callable[[], datetime]) -> None:
        self._documents = documents
        self._clock = clock

    async def post(self, ref: PostRef) -> tuple[ForumPost, datetime] | None:
        """A cached post, and when it was read; None if it is not cached."""
        document = await self._documents.document(_post_name(ref))
        if document is None:
            return None
        at, username, name = json.loads(document.text)
        return ForumPost(datetime.fromisoformat(at), username, name), document.read_at

    async def keep_post(self, ref: PostRef, post: ForumPost) -> None:
        """Cache a post that was read just now."""
        await self._keep(_post_name(ref), [post.at.isoformat(), post.username, post.name])

    async def title(self, topic: int) -> tuple[str, datetime] | None:
        """The cached title of a topic, and when it was read; None if it is not cached."""
        document = await self._documents.document(_topic_name(topic))
        return None if document is None else (json.loads(document.text), document.read_at)

    async def keep_title(self, topic: int, title: str) -> None:
        """Cache a title that was read just now."""
        await self._keep(_topic_name(topic), title)

    async def _keep(self, name: str, value: object) -> None:
        await self._documents.keep_document(name, Document(json.dumps(value), self._clock()))


def _post_name(ref: PostRef) -> str:
    return FORUM_POST.of(None, f"{ref.topic}/{ref.post}")


def _topic_name(topic: int) -> str:
    return FORUM_TOPIC.of(None, str(topic))


POST_AGE = timedelta(days=30)
"""How long a cached post is used; its day never changes, and its author's name rarely does."""

TITLE_AGE = timedelta(days=1)
"""How long a cached title is used: titles are edited."""

PAUSE = 60.0
"""Seconds without requests after the forum did not answer, unless it asks for another time."""

MISSING_SECONDS = 600.0
"""Seconds until a post that was missing is requested again."""

BURST = 20
"""Requests within a minute; the forum allows an anonymous reader ten times as many."""

_log = structlog.get_logger()
_Key = TypeVar("_Key", PostRef, int)
_Read = TypeVar("_Read", ForumPost, str)


class DiscourseReader:
    """Reads from one forum; what fails is left out of the result."""

    def __init__(
        self,
        client: ForumClient,
        cached: ForumCache,
        clock: Callable[[], datetime],
        *,
        seconds: float = LONGEST,
    ) -> None:
        """Read from `cached` first, then through `client`.

        Args:
            client: Sends requests to the forum.
            cached: What was read before.
            clock: The current time (UTC).
            seconds: How long a review may wait for one post or title.
        """
        self._client = client
        self._cache = cached
        self._clock = clock
        self._seconds = seconds
        self._paused_until: datetime | None = None
        self._missing: TTLCache[object, bool] = TTLCache(1_000, MISSING_SECONDS)
        self._limiter = AsyncLimiter(BURST, 60)

    async def read(self, questions: ForumRequest) -> Forum:
        """The requested posts and titles, without those that cannot be read.

        Raises:
            StoreUnavailable: The store cannot be read or written.
        """
        posts = {ref: await self._cache.post(ref) for ref in questions.posts}
        titles = {topic: await self._cache.title(topic) for topic in questions.topics}
        new_posts, new_titles = await asyncio.gather(
            self._fetch_missing(posts, POST_AGE, self._post),
            self._fetch_missing(titles, TITLE_AGE, self._title),
        )
        for ref, post in new_posts.items():
            await self._cache.keep_post(ref, post)
        for topic, title in new_titles.items():
            await self._cache.keep_title(topic, title)
        return Forum(
            {ref: cached[0] for ref, cached in posts.items() if cached} | new_posts,
            {topic: cached[0] for topic, cached in titles.items() if cached} | new_titles,
        )

    async def _fetch_missing(
        self,
        known: Mapping[_Key, tuple[_Read, datetime] | None],
        age: timedelta,
        fetch: Callable[[_Key], Awaitable[_Read]],
    ) -> dict[_Key, _Read]:
        """Fetch what is not cached or too old; without what cannot be read."""
        now = self._clock()
        to_fetch = [
            key for key, cached in known.items() if cached is None or now - cached[1] >= age
        ]
        found = await asyncio.gather(*(self._attempt(key, fetch) for key in to_fetch))
        return {key: one for key, one in zip(to_fetch, found, strict=True) if one is not None}

    async def _attempt(self, key: _Key, fetch: Callable[[_Key], Awaitable[_Read]]) -> _Read | None:
        paused = self._paused_until is not None and self._clock() < self._paused_until
        if paused or key in self._missing:
            return None
        try:
            async with asyncio.timeout(self._seconds):
                await self._limiter.acquire()
                return await fetch(key)
        except ForumReadError as failure:
            if failure.is_missing:
                self._missing[key] = True
            else:
                self._pause(str(failure), failure.wait)
        except TimeoutError:
            self._pause("it did not answer in time", None)
        return None

    def _pause(self, reason: str, wait: float | None) -> None:
        self._paused_until = self._clock() + timedelta(seconds=PAUSE if wait is None else wait)
        _log.warning("the forum is not read for now", error=reason)

    async def _post(self, ref: PostRef) -> ForumPost:
        response = await self._client.get("posts", "by_number", ref.topic, f"{ref.post}.json")
        return parse_post_response(response, ref, self._clock())

    async def _title(self, topic: int) -> str:
        return parse_title_response(await self._client.get("t", f"{topic}.json"), topic)
