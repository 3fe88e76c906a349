"""One question to a forum: where it goes, and what of the answer is read."""

import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.forum import MOST_BYTES, ForumClient, ForumReadError


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
async def client(forum: Forum) -> AsyncIterator[ForumClient]:
    app = web.Application()
    app.router.add_get("/{any:.*}", forum.handle)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield ForumClient(session, str(server.make_url("/")))


async def why_not(client: ForumClient) -> ForumReadError:
    with pytest.raises(ForumReadError) as caught:
        await client.get("t", "1.json")
    return caught.value


async def test_an_answer_is_read_up_to_the_cap_and_no_further(
    forum: Forum, client: ForumClient
) -> None:
    fits = '"' + "x" * (MOST_BYTES - 2) + '"'
    forum.answer = web.Response(text=fits, content_type="application/json")
    assert await client.get("t", "1.json") == "x" * (MOST_BYTES - 2)
    forum.answer = web.Response(text=fits + " ", content_type="application/json")
    assert "larger than 1,000,000 bytes" in str(await why_not(client))


async def test_what_is_packed_is_not_unpacked(forum: Forum, client: ForumClient) -> None:
    forum.answer = web.Response(
        body=gzip.compress(b'{"id": 1}'),
        content_type="application/json",
        headers={"Content-Encoding": "gzip"},
    )
    assert "packed" in str(await why_not(client))


@pytest.mark.parametrize("body", ["[" * 100_000, "1" * 5_000, "\xff", "", "{'a': 1}"])
async def test_invalid_json_is_reported_as_such(
    forum: Forum, client: ForumClient, body: str
) -> None:
    forum.answer = web.Response(body=body.encode("latin-1"), content_type="application/json")
    assert str(await why_not(client)) == "the answer is no JSON"


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("7", 7), ("0", 0), ("9" * 30, 3600), ("9" * 400, 3600), ("-1", None), ("1.5", None)],
)
async def test_retry_after_is_reported(
    forum: Forum, client: ForumClient, asked: str, wait: float | None
) -> None:
    forum.answer = web.Response(status=429, headers={"Retry-After": asked})
    assert (await why_not(client)).wait == wait


@pytest.mark.parametrize(
    ("status", "absent"), [(404, True), (403, True), (410, True), (500, False)]
)
async def test_a_post_not_for_everybody_is_missing(
    forum: Forum, client: ForumClient, status: int, absent: bool
) -> None:
    forum.answer = web.Response(status=status)
    assert (await why_not(client)).is_missing is absent


async def test_redirects_are_not_followed(forum: Forum, client: ForumClient) -> None:
    forum.answer = web.Response(status=302, headers={"Location": "http://127.0.0.1:1/t/1.json"})
    assert str(await why_not(client)) == "status 302"
