"""Reads posts and topic titles from the forum (Discourse), if the policy asks for it.

Requests are anonymous, limited, and go to the forum's own address only: no redirect is followed, no
cookie or credential is sent. What was read is cached in the store. A review never fails because of
the forum and rarely waits for it: what cannot be read is left out, and a forum that does not answer
gets no requests for a while. Nothing is ever written there.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import aiohttp
from aiolimiter import AsyncLimiter
from cachetools import TTLCache
from yarl import URL

from bot.logs import get_logger
from bot.peps.forum import Forum, ForumPost, ForumRequest, PostRef
from bot.store.documents import FORUM_POST, FORUM_TOPIC, Document, Documents

MOST_BYTES = 1_000_000
"""Bytes of the longest answer that is accepted."""

LONGEST: Final = 5.0
"""Seconds that one request may take, including reading the answer."""

_MOST_WAIT = 3_600
_HEADERS = {
    "Accept": "application/json",
    # Nothing is decompressed here, so that a small answer cannot become a large one.
    "Accept-Encoding": "identity",
    "User-Agent": "pep-editor-bot",
}


class ForumReadError(Exception):
    """The forum did not answer a request; the message says why and quotes nothing from the forum.

    Attributes:
        wait: Seconds that the forum asks to wait; None if it did not say.
        is_missing: Whether it answered that the post does not exist or is not public.
    """

    def __init__(self, reason: str, *, wait: float | None = None, is_missing: bool = False) -> None:
        super().__init__(reason)
        self.wait = wait
        self.is_missing = is_missing


class ForumClient:
    """Sends requests to one forum."""

    def __init__(
        self, session: aiohttp.ClientSession, base_url: str, *, seconds: float = LONGEST
    ) -> None:
        """Use the forum with this root through `session`, which keeps no cookies."""
        self._session = session
        self._base = URL(base_url.rstrip("/"))
        self._timeout = aiohttp.ClientTimeout(total=seconds)

    async def get(self, *path: str | int) -> Any:
        """The JSON document under a path.

        Args:
            path: The parts of the path: only constants and numbers, nothing from outside.

        Raises:
            ForumReadError: There was no answer, it is too large, or it is not JSON.
        """
        url = self._base.joinpath(*map(str, path))
        try:
            async with self._session.get(
                url, headers=_HEADERS, allow_redirects=False, timeout=self._timeout
            ) as response:
                _check(response)
                content = await _read_limited(response.content)
        except TimeoutError:
            raise ForumReadError("it did not answer in time") from None
        except aiohttp.ClientError as error:
            raise ForumReadError(f"no answer ({type(error).__name__})") from None
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise ForumReadError("the answer is no JSON") from None


def _check(response: aiohttp.ClientResponse) -> None:
    if response.status != 200:
        raise ForumReadError(
            f"status {response.status}",
            wait=_retry_after(response),
            is_missing=response.status in {403, 404, 410},
        )
    if response.content_type != "application/json":
        raise ForumReadError("the answer is no JSON")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ForumReadError("the answer is packed although that was not asked for")


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    text = response.headers.get("Retry-After", "")
    return min(float(text), _MOST_WAIT) if text.isascii() and text.isdigit() else None


async def _read_limited(stream: aiohttp.StreamReader) -> bytes:
    try:
        await stream.readexactly(MOST_BYTES + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial
    raise ForumReadError(f"the answer is larger than {MOST_BYTES:,} bytes")


_LONGEST_NAME = 200
_LONGEST_TITLE = 500
_OLDEST = datetime(2005, 1, 1, tzinfo=UTC)
_SKEW = timedelta(days=1)


def parse_post_response(response: Any, ref: PostRef, now: datetime) -> ForumPost:
    """The requested post, from the parsed JSON of the answer.

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
        document = await self._documents.document(_document_name(ref))
        if document is None:
            return None
        at, username, name = json.loads(document.text)
        return ForumPost(datetime.fromisoformat(at), username, name), document.read_at

    async def title(self, topic: int) -> tuple[str, datetime] | None:
        """The cached title of a topic, and when it was read; None if it is not cached."""
        document = await self._documents.document(_document_name(topic))
        return None if document is None else (json.loads(document.text), document.read_at)

    async def keep(self, found: Mapping[PostRef, ForumPost] | Mapping[int, str]) -> None:
        """Cache posts or titles that were read just now."""
        for key, one in found.items():
            value = one if isinstance(one, str) else [one.at.isoformat(), one.username, one.name]
            document = Document(json.dumps(value), self._clock())
            await self._documents.keep_document(_document_name(key), document)


def _document_name(key: PostRef | int) -> str:
    if isinstance(key, int):
        return FORUM_TOPIC.of(None, str(key))
    return FORUM_POST.of(None, f"{key.topic}/{key.post}")


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

_log = get_logger()
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
        """Read from `cached`, else through `client`, for at most `seconds` a post or title."""
        self._client = client
        self._cache = cached
        self._clock = clock
        self._seconds = seconds
        self._paused_until = _OLDEST
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
        await self._cache.keep(new_posts)
        await self._cache.keep(new_titles)
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
        to_fetch = [key for key, was in known.items() if was is None or now - was[1] >= age]
        found = await asyncio.gather(*(self._attempt(key, fetch) for key in to_fetch))
        return {key: one for key, one in zip(to_fetch, found, strict=True) if one is not None}

    async def _attempt(self, key: _Key, fetch: Callable[[_Key], Awaitable[_Read]]) -> _Read | None:
        if self._clock() < self._paused_until or key in self._missing:
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
