"""Reading posts and titles for a review, which never fails and seldom waits for them.

What was read once is kept. A forum that does not answer is left alone for a while, and what cannot
be had is missing.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog
from aiolimiter import AsyncLimiter
from cachetools import TTLCache

from bot.forum.wire import LONGEST, ForumWire, NotRead
from bot.peps.forum import Forum, ForumQuestions, PostRead, PostRef
from bot.store.documents import FORUM_POST, FORUM_TOPIC
from bot.store.protocol import Document

_LONGEST_NAME = 200
_LONGEST_TITLE = 500
_OLDEST = datetime(2005, 1, 1, tzinfo=UTC)
_SKEW = timedelta(days=1)


def post_in(answer: Any, ref: PostRef, now: datetime) -> PostRead:
    """The post that was asked for.

    Args:
        answer: The parsed JSON.
        ref: Which post was asked for; an answer about another one does not count.
        now: The present time (UTC).

    Raises:
        NotRead: The answer is not about it, or says no usable day or writer.
    """
    if not isinstance(answer, dict):
        raise NotRead("the answer is no post")
    if (answer.get("topic_id"), answer.get("post_number")) != (ref.topic, ref.post):
        raise NotRead("the answer is about another post")
    username, name = _text(answer, "username", _LONGEST_NAME), answer.get("name")
    if not username:
        raise NotRead("the answer names no writer")
    at = _time(answer.get("created_at"))
    if at is None or not _OLDEST <= at <= now + _SKEW:
        raise NotRead("the answer says no day")
    return PostRead(at, username, name[:_LONGEST_NAME] if isinstance(name, str) else "")


def title_in(answer: Any, topic: int) -> str:
    """The title of the topic that was asked for.

    Raises:
        NotRead: The answer is not about it, or has no title.
    """
    if not isinstance(answer, dict) or answer.get("id") != topic:
        raise NotRead("the answer is about another topic")
    title = _text(answer, "title", _LONGEST_TITLE)
    if not title:
        raise NotRead("the answer has no title")
    return title


def _text(answer: dict[str, Any], key: str, longest: int) -> str:
    value = answer.get(key)
    return value[:longest].strip() if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


class Documents(Protocol):
    """What is asked of the store."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


class KeptAnswers:
    """Posts and titles that were read before, and when."""

    def __init__(self, documents: Documents, clock: Callable[[], datetime]) -> None:
        self._documents = documents
        self._clock = clock

    async def post(self, ref: PostRef) -> tuple[PostRead, datetime] | None:
        """A post as it was read, and when."""
        document = await self._documents.document(_post_name(ref))
        if document is None:
            return None
        at, username, name = json.loads(document.text)
        return PostRead(datetime.fromisoformat(at), username, name), document.read_at

    async def keep_post(self, ref: PostRef, post: PostRead) -> None:
        """Keep a post as it was read just now."""
        await self._keep(_post_name(ref), [post.at.isoformat(), post.username, post.name])

    async def title(self, topic: int) -> tuple[str, datetime] | None:
        """The title of a topic as it was read, and when."""
        document = await self._documents.document(_topic_name(topic))
        return None if document is None else (json.loads(document.text), document.read_at)

    async def keep_title(self, topic: int, title: str) -> None:
        """Keep a title as it was read just now."""
        await self._keep(_topic_name(topic), title)

    async def _keep(self, name: str, value: object) -> None:
        await self._documents.keep_document(name, Document(json.dumps(value), self._clock()))


def _post_name(ref: PostRef) -> str:
    return FORUM_POST.of(None, f"{ref.topic}/{ref.post}")


def _topic_name(topic: int) -> str:
    return FORUM_TOPIC.of(None, str(topic))


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
        kept: KeptAnswers,
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

    async def read(self, asked: ForumQuestions) -> Forum:
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
