"""One question to a forum: where it goes, and what of the answer is read."""

import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.forum.wire import MOST_BYTES, ForumWire, NotRead


class Forum:
    """Answers as it is told to."""

    def __init__(self) -> None:
        self.answer: web.Response = web.json_response({})

    async def handle(self, _request: web.Request) -> web.Response:
        return self.answer


@pytest.fixture
async def forum() -> Forum:
    return Forum()


@pytest.fixture
async def wire(forum: Forum) -> AsyncIterator[ForumWire]:
    app = web.Application()
    app.router.add_get("/{any:.*}", forum.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield ForumWire(session, str(server.make_url("/")))


async def why_not(wire: ForumWire) -> NotRead:
    with pytest.raises(NotRead) as caught:
        await wire.get("t", "1.json")
    return caught.value


async def test_an_answer_is_read_up_to_the_cap_and_no_further(
    forum: Forum, wire: ForumWire
) -> None:
    fits = '"' + "x" * (MOST_BYTES - 2) + '"'
    forum.answer = web.Response(text=fits, content_type="application/json")
    assert await wire.get("t", "1.json") == "x" * (MOST_BYTES - 2)
    forum.answer = web.Response(text=fits + " ", content_type="application/json")
    assert "larger than 1,000,000 bytes" in str(await why_not(wire))


async def test_what_is_packed_is_not_unpacked(forum: Forum, wire: ForumWire) -> None:
    forum.answer = web.Response(
        body=gzip.compress(b'{"id": 1}'),
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )
    assert "packed" in str(await why_not(wire))


@pytest.mark.parametrize("body", ["[" * 100_000, "1" * 5_000, "\xff", "", "{'a': 1}"])
async def test_what_is_no_json_is_told_as_that(forum: Forum, wire: ForumWire, body: str) -> None:
    forum.answer = web.Response(body=body.encode("latin-1"), content_type="application/json")
    assert str(await why_not(wire)) == "the answer is no JSON"


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("7", 7), ("0", 0), ("9" * 30, 3600), ("9" * 400, 3600), ("-1", None), ("1.5", None)],
)
async def test_it_is_told_how_long_the_forum_wants_to_be_left_alone(
    forum: Forum, wire: ForumWire, asked: str, wait: float | None
) -> None:
    forum.answer = web.Response(status=429, headers={"Retry-After": asked})
    assert (await why_not(wire)).wait == wait


@pytest.mark.parametrize(
    ("status", "absent"), [(404, True), (403, True), (410, True), (500, False)]
)
async def test_what_is_not_for_everybody_is_absent(
    forum: Forum, wire: ForumWire, status: int, absent: bool
) -> None:
    forum.answer = web.Response(status=status)
    assert (await why_not(wire)).is_absent is absent


async def test_no_other_place_is_gone_to(forum: Forum, wire: ForumWire) -> None:
    forum.answer = web.Response(status=302, headers={"Location": "http://127.0.0.1:1/t/1.json"})
    assert str(await why_not(wire)) == "status 302"
