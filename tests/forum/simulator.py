"""A forum on this machine: posts and topics as Discourse tells them, and ways to misbehave.

Faithful in what hurts: a post carries more than is asked for, HTML stands where JSON was wanted, a
topic of another number may be told, redirects lead elsewhere, and too many questions are refused.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

_SHUTDOWN_SECONDS = 0.1

Find = Callable[[web.Request], dict[str, Any] | None]


class ForumFault(StrEnum):
    """How the forum misbehaves."""

    SLOW = "slow"
    HUGE = "huge"
    REDIRECT = "redirect"
    TOO_MANY = "too many"
    BROKEN = "broken"
    HTML = "html"
    GARBAGE = "garbage"
    ANOTHER = "another topic"
    CUT = "cut off"


@dataclass(slots=True)
class Topic:
    """A thread and its posts by number: each its time, account, and name."""

    title: str
    posts: dict[int, tuple[str, str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class DiscourseSimulator:
    """A forum.

    Attributes:
        topics: Its topics by number.
        fault: How it misbehaves now; None where it does not.
        requests: The paths it was asked for.
        headers: The headers of each request.
        url: Where it listens.
        elsewhere: Where its redirects lead.
    """

    topics: dict[int, Topic] = field(default_factory=dict)
    fault: ForumFault | None = None
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    elsewhere: str = ""

    def post(
        self, topic: int, number: int, *, at: str, by: str, name: str = "", title: str = ""
    ) -> None:
        """Have somebody write a post.

        Args:
            topic: The topic's number.
            number: The post's number in it.
            at: When, as Discourse writes it: `2025-03-17T18:22:11.123Z`.
            by: The writer's account.
            name: The writer's name.
            title: The topic's title, if it is new.
        """
        self.topics.setdefault(topic, Topic(title or f"Topic {topic}")).posts[number] = (
            at,
            by,
            name,
        )

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """Listen inside the block."""
        application = web.Application()
        application.router.add_get(r"/posts/by_number/{topic:\d+}/{post:\d+}.json", self._post)
        application.router.add_get(r"/t/{topic:\d+}.json", self._topic)
        application.router.add_get("/{rest:.*}", self._missing)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield
        finally:
            await runner.cleanup()

    async def _post(self, request: web.Request) -> web.StreamResponse:
        return await self._respond(request, self._found_post)

    async def _topic(self, request: web.Request) -> web.StreamResponse:
        return await self._respond(request, self._found_topic)

    async def _missing(self, request: web.Request) -> web.StreamResponse:
        return await self._respond(request, lambda _: None)

    async def _respond(self, request: web.Request, find: Find) -> web.StreamResponse:
        self.requests.append(request.raw_path)
        self.headers.append(dict(request.headers))
        if self.fault is not None:
            return await self._misbehave(request, self.fault, find)
        found = find(request)
        if found is None:
            error = {"errors": ["The requested URL or resource could not be found."]}
            return web.json_response({**error, "error_type": "not_found"}, status=404)
        return web.json_response(found)

    def _found_post(self, request: web.Request) -> dict[str, Any] | None:
        number, post = int(request.match_info["topic"]), int(request.match_info["post"])
        topic = self.topics.get(number)
        if topic is None or post not in topic.posts:
            return None
        return _as_post(number, topic, post)

    def _found_topic(self, request: web.Request) -> dict[str, Any] | None:
        number = int(request.match_info["topic"])
        topic = self.topics.get(number)
        if topic is None:
            return None
        return {
            "post_stream": {
                "posts": [_as_post(number, topic, post) for post in sorted(topic.posts)[:20]],
                "stream": [number * 1000 + post for post in sorted(topic.posts)],
            },
            "id": number,
            "title": topic.title,
            "fancy_title": topic.title,
            "slug": _slug(topic.title),
            "posts_count": len(topic.posts),
        }

    async def _misbehave(
        self, request: web.Request, fault: ForumFault, find: Find
    ) -> web.StreamResponse:
        if fault is ForumFault.SLOW:
            await asyncio.sleep(3600)
        if fault is ForumFault.REDIRECT:
            raise web.HTTPFound(self.elsewhere or "http://127.0.0.1:9/latest/meta-data")
        if fault is ForumFault.TOO_MANY:
            refused = {"errors": ["You have performed this action too many times."]}
            return web.json_response(refused, status=429, headers={"Retry-After": "30"})
        if fault is ForumFault.BROKEN:
            return web.Response(text="<h1>Oops</h1>", content_type="text/html", status=502)
        if fault is ForumFault.HTML:
            return web.Response(
                text="<!DOCTYPE html><title>Log in</title>", content_type="text/html"
            )
        if fault is ForumFault.GARBAGE:
            return web.Response(text="[" * 200_000, content_type="application/json")
        if fault is ForumFault.ANOTHER:
            found = find(request) or {}
            return web.json_response({**found, "id": 1, "topic_id": 1})
        return await _endless(request, cut=fault is ForumFault.CUT)


async def _endless(request: web.Request, *, cut: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    await response.write(b'{"title": "')
    if cut and request.transport is not None:
        request.transport.abort()
        return response
    while True:
        await response.write(b"x" * 65_536)


def _as_post(number: int, topic: Topic, post: int) -> dict[str, Any]:
    at, by, name = topic.posts[post]
    return {
        "id": number * 1000 + post,
        "name": name or None,
        "username": by,
        "avatar_template": f"/user_avatar/forum/{by}/{{size}}/1_2.png",
        "created_at": at,
        "cooked": "<p>Words.</p>",
        "post_number": post,
        "post_type": 1,
        "updated_at": at,
        "topic_id": number,
        "topic_slug": _slug(topic.title),
        "display_username": name,
        "version": 1,
        "raw": "Words.",
    }


def _slug(title: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in title.lower()).split()
    return "-".join(words) or "topic"
