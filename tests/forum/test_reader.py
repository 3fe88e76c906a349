"""The reader against a forum on this machine, well and badly behaved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.forum import BURST, PAUSE, POST_AGE, TITLE_AGE, DiscourseReader, ForumCache, ForumClient
from bot.peps.forum import NO_FORUM_DATA, Forum, ForumPost, ForumRequest, PostRef
from bot.store.documents import Document
from tests.forum.simulator import DiscourseSimulator, ForumFault

REF = PostRef(66453, 63)
ASKED = ForumRequest((REF,), (66453,))
WRITTEN = ForumPost(datetime(2025, 3, 17, 18, 22, 11, 123000, tzinfo=UTC), "ada", "Ada Merritt")
READ = Forum({REF: WRITTEN}, {66453: "PEP 758: Calm"})
PATHS = {"/posts/by_number/66453/63.json", "/t/66453.json"}


class Documents:
    def __init__(self) -> None:
        self.kept: dict[str, Document] = {}

    async def document(self, name: str) -> Document | None:
        return self.kept.get(name)

    async def keep_document(self, name: str, document: Document) -> None:
        self.kept[name] = document


class Scene:
    def __init__(self, session: aiohttp.ClientSession, forum: DiscourseSimulator) -> None:
        self.session = session
        self.forum = forum
        self.documents = Documents()
        self.now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
        self.reader = self.another()

    def clock(self) -> datetime:
        return self.now

    def another(self, seconds: float = 5.0) -> DiscourseReader:
        wire = ForumClient(self.session, self.forum.url)
        return DiscourseReader(
            wire, ForumCache(self.documents, self.clock), self.clock, seconds=seconds
        )


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    forum = DiscourseSimulator()
    forum.post(
        66453,
        63,
        at="2025-03-17T18:22:11.123Z",
        by="ada",
        name="Ada Merritt",
        title="PEP 758: Calm",
    )
    async with (
        forum.serve(),
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield Scene(session, forum)


async def test_day_writer_and_title_are_read(scene: Scene) -> None:
    assert await scene.reader.read(ASKED) == READ
    assert set(scene.forum.requests) == PATHS


async def test_requests_do_not_identify_the_reader(scene: Scene) -> None:
    await scene.reader.read(ASKED)
    for headers in scene.forum.headers:
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)
        assert headers["Accept-Encoding"] == "identity"


async def test_every_process_uses_the_cache_until_it_is_old(scene: Scene) -> None:
    await scene.reader.read(ASKED)
    scene.forum.requests.clear()
    assert await scene.another().read(ASKED) == READ
    assert scene.forum.requests == []
    scene.now += TITLE_AGE
    await scene.reader.read(ASKED)
    assert scene.forum.requests == ["/t/66453.json"]
    scene.now += POST_AGE
    await scene.reader.read(ASKED)
    assert set(scene.forum.requests) == PATHS


@pytest.mark.parametrize("fault", ForumFault)
async def test_every_fault_makes_it_missing_and_nothing_worse(
    scene: Scene, fault: ForumFault
) -> None:
    scene.forum.fault = fault
    scene.forum.elsewhere = f"{scene.forum.url}/where/nobody/should/go"
    # What says nothing for an hour is given up; the rest answers at once.
    reader = scene.another(seconds=0.2 if fault is ForumFault.SLOW else 5.0)
    async with asyncio.timeout(20):
        assert await reader.read(ASKED) == NO_FORUM_DATA
    assert scene.documents.kept == {}
    assert set(scene.forum.requests) == PATHS


@pytest.mark.parametrize("fault", [ForumFault.BROKEN, ForumFault.HTML, ForumFault.REDIRECT])
async def test_a_failing_forum_is_not_asked_for_a_while(scene: Scene, fault: ForumFault) -> None:
    scene.forum.fault = fault
    await scene.reader.read(ASKED)
    scene.forum.fault = None
    scene.forum.requests.clear()
    scene.now += timedelta(seconds=PAUSE - 1)
    assert await scene.reader.read(ASKED) == NO_FORUM_DATA
    assert scene.forum.requests == []
    scene.now += timedelta(seconds=1)
    assert await scene.reader.read(ASKED) == READ


async def test_it_is_left_alone_as_long_as_it_asks_for(scene: Scene) -> None:
    scene.forum.fault = ForumFault.TOO_MANY
    await scene.reader.read(ASKED)
    scene.forum.fault = None
    scene.now += timedelta(seconds=29)
    assert await scene.reader.read(ASKED) == NO_FORUM_DATA
    scene.now += timedelta(seconds=1)
    assert await scene.reader.read(ASKED) == READ


async def test_an_old_copy_serves_while_the_forum_is_out_of_reach(scene: Scene) -> None:
    await scene.reader.read(ASKED)
    scene.now += timedelta(days=400)
    scene.forum.fault = ForumFault.BROKEN
    assert await scene.reader.read(ASKED) == READ


async def test_a_post_that_is_not_there_is_not_asked_for_again_and_hinders_no_other(
    scene: Scene,
) -> None:
    absent = ForumRequest((PostRef(1, 1),))
    assert await scene.reader.read(absent) == NO_FORUM_DATA
    assert await scene.reader.read(absent) == NO_FORUM_DATA
    assert scene.forum.requests == ["/posts/by_number/1/1.json"]
    assert await scene.reader.read(ASKED) == READ


@pytest.mark.parametrize(
    ("at", "by"),
    [
        ("yesterday", "ada"),
        ("2025-03-17", "ada"),
        ("0001-01-01T00:00:00+23:00", "ada"),
        ("9999-12-31T23:59:59-23:00", "ada"),
        ("2031-01-01T00:00:00Z", "ada"),
        ("2025-03-17T18:22:11Z", " "),
    ],
)
async def test_a_post_without_a_day_or_a_writer_is_not_read(scene: Scene, at: str, by: str) -> None:
    scene.forum.post(66453, 63, at=at, by=by)
    assert (await scene.reader.read(ASKED)).posts == {}


async def test_half_a_letter_in_a_name_is_kept_like_any_other(scene: Scene) -> None:
    scene.forum.post(66453, 63, at="2025-03-17T18:22:11Z", by="ada", name="\ud800" * 500)
    first = await scene.reader.read(ASKED)
    assert len(first.posts[REF].name) == 200
    assert await scene.another().read(ASKED) == first


async def test_never_more_questions_in_a_minute_than_agreed(scene: Scene) -> None:
    reader = scene.another(seconds=0.2)
    many = ForumRequest(tuple(PostRef(1, number) for number in range(1, BURST + 10)))
    await reader.read(many)
    assert len(scene.forum.requests) == BURST
