"""What strangers may take up: unfinished requests end, and none of them fills memory.

The requests are written byte by byte, since no client library leaves one unfinished.
"""

import asyncio
import gzip
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest

from bot.inbox.inbox import Inbox
from bot.inbox.sqlite import SqliteInbox
from bot.web.limits import Limits
from tests.builders import body_of, signature
from tests.web.conftest import OPENED, Site, Start

FORM = "sha256=" + "0" * 64
SOON = 0.2
"""Seconds that a request may take where a test waits for their end."""


@pytest.fixture
async def inbox(tmp_path: Path) -> AsyncIterator[Inbox]:
    opened = await SqliteInbox.open(tmp_path / "bot.sqlite3")
    yield opened
    await opened.close()


class Connection:
    """One connection to the server, and what came back on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    async def send(self, text: str, body: bytes = b"") -> None:
        """Send a piece of a request; lines end as HTTP has them."""
        self.writer.write(text.replace("\n", "\r\n").encode() + body)
        await self.writer.drain()

    async def status(self) -> int:
        """The status of the next answer."""
        line = await self._reader.readline()
        return int(line.split()[1])

    async def content(self) -> bytes:
        """The content of an answer whose status was read; then the next request may follow."""
        headers = await self._reader.readuntil(b"\r\n\r\n")
        (length,) = re.findall(rb"(?i)content-length: (\d+)", headers)
        return await self._reader.readexactly(int(length))

    async def rest(self) -> bytes:
        """All that comes until the other side closes."""
        try:
            return await self._reader.read()
        except ConnectionResetError:
            return b""


@asynccontextmanager
async def connected(site: Site) -> AsyncIterator[Connection]:
    reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()


def head(*, length: int | None = None, signed: str | None = FORM, more: str = "") -> str:
    """The beginning of a delivery, up to where its body begins."""
    lines = ["POST /webhook HTTP/1.1", "Host: bot", "Content-Type: application/json"]
    if signed is not None:
        lines.append(f"X-Hub-Signature-256: {signed}")
    lines.append("Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}")
    return "\n".join(lines) + f"\n{more}\n"


async def test_without_a_signature_the_answer_comes_before_any_of_the_body(
    inbox: Inbox, start: Start
) -> None:
    site = await start(inbox)
    async with connected(site) as one:
        await one.send(head(length=24_000_000, signed=None))
        assert await one.status() == 401


async def test_an_encoded_body_is_refused_before_any_of_it_came(inbox: Inbox, start: Start) -> None:
    site = await start(inbox)
    async with connected(site) as one:
        await one.send(head(length=24_000, more="Content-Encoding: gzip\n"))
        assert await one.status() == 415


async def test_too_long_a_body_is_refused_before_any_of_it_came(inbox: Inbox, start: Start) -> None:
    site = await start(inbox)
    async with connected(site) as one:
        await one.send(head(length=25 * 1024 * 1024 + 1))
        assert await one.status() == 413
        assert b"larger than 25 MB" in await one.content()


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_body_may_be_as_long_as_the_longest_and_no_longer(
    tells_length: bool, inbox: Inbox, start: Start
) -> None:
    body = body_of(OPENED)

    async def in_pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), 100):
            yield body[begin : begin + 100]

    for longest, status in ((len(body), 202), (len(body) - 1, 413)):
        site = await start(inbox, Limits(longest_body=longest))
        answer = await site.deliver(content=body if tells_length else in_pieces())
        assert answer.status == status


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "POST /webhook HT",
        "GET /healthz HTTP/1.1\nHost: b",
        head(length=100),
        head(),
        head(length=100, signed=None).partition("X-")[0],
    ],
    ids=["nothing", "half a line", "half a header", "no body", "no chunk", "half the headers"],
)
async def test_what_is_never_finished_is_closed(sent: str, inbox: Inbox, start: Start) -> None:
    site = await start(inbox, Limits(seconds=SOON))
    async with connected(site) as one:
        await one.send(sent)
        assert b" 202 " not in await one.rest()
    assert (await site.deliver()).status == 202


async def test_a_body_that_trickles_has_no_more_time_than_one_that_stops(
    inbox: Inbox, start: Start
) -> None:
    site = await start(inbox, Limits(seconds=SOON))
    async with connected(site) as one:
        await one.send(head(length=10_000_000))
        ended = asyncio.create_task(one.rest())
        while not ended.done():
            with suppress(ConnectionError):
                await one.send("x")
            await asyncio.sleep(0)
        assert ended.result() == b""


async def test_a_connection_that_is_kept_begins_anew_with_each_request(
    inbox: Inbox, start: Start
) -> None:
    site = await start(inbox, Limits(seconds=SOON))
    loop = asyncio.get_running_loop()
    async with connected(site) as one:
        begun = loop.time()
        while loop.time() < begun + 1.5 * SOON:
            await one.send("GET /healthz HTTP/1.1\nHost: bot\n\n")
            assert await one.status() == 200
            await one.content()
        assert await one.rest() == b""


async def test_bodies_beyond_the_room_for_all_are_put_off(inbox: Inbox, start: Start) -> None:
    site = await start(inbox, Limits(body_bytes=100_000))
    async with connected(site) as one, connected(site) as other:
        await one.send(head(length=90_000), b"x" * 80_000)
        await other.send(head(length=90_000), b"x" * 80_000)
        first = asyncio.create_task(one.status())
        second = asyncio.create_task(other.status())
        done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [503]
        first.cancel()
        second.cancel()
    # Both are gone, and with them what they held.
    await _until_accepted(site)


async def test_more_bodies_than_there_may_be_are_put_off(inbox: Inbox, start: Start) -> None:
    site = await start(inbox, Limits(bodies=1))
    async with connected(site) as one:
        await one.send(head(length=100), b"x")
        answer = await _until_status(site, 503)
        assert "redeliver" in answer
    await _until_accepted(site)


async def test_more_connections_than_there_may_be_are_closed_at_once(
    inbox: Inbox, start: Start
) -> None:
    site = await start(inbox, Limits(connections=2))
    async with connected(site) as one, connected(site) as other, connected(site) as third:
        await one.send("GET")
        await other.send("GET")
        assert await third.rest() == b""
    await _until_accepted(site)


async def test_packed_bodies_are_never_inflated(inbox: Inbox, start: Start) -> None:
    """Not even for a sender who signed them: a few bytes would be a thousand times as many."""
    site = await start(inbox)
    packed = gzip.compress(body_of(OPENED))
    answer = await site.deliver(
        body=packed, X_Hub_Signature_256=signature(packed), Content_Encoding="gzip"
    )
    assert answer.status == 415


async def test_what_is_not_http_is_reported_in_one_line(
    inbox: Inbox, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    site = await start(inbox)
    for garbage in (
        "GET /healthz HTTP/9.x\n\n",
        "GET /healthz HTTP/1.1\nno header\n\n",
        "\x16\x03\n",
    ):
        async with connected(site) as one:
            await one.send(garbage)
            assert b" 400 " in await one.rest()
    assert not [one for one in caplog.records if one.exc_info or one.levelno >= logging.WARNING]


async def _until_accepted(site: Site) -> None:
    await _until_status(site, 202)


async def _until_status(site: Site, status: int) -> str:
    """Deliver until it is answered so: the server notices others' coming and going by itself."""
    async with asyncio.timeout(10):
        while True:
            try:
                answer = await site.deliver()
                if answer.status == status:
                    return await answer.text()
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0)
