"""Pages where thousands of pull requests are remembered, and many who look at once."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.review.queue.pages import PER_PAGE
from bot.web.page_rendering import MOST_WAITING
from bot.web.pep_and_pull_page import MOST_PULLS
from tests.web.filled_store import pages_of
from tests.web.many_pull_requests import FLOODED, OPEN, OVER, fill_with_many
from tests.web.test_pages import Browser, document

COSTS_LESS_THAN = 0.06
"""Seconds of processor time, the client's and the server's HTTP included, on a slow machine that is
busy elsewhere; all that is remembered takes several times as long to read."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("crowd") / "bot.sqlite3"
    asyncio.run(fill_with_many(f"sqlite:///{path}"))
    return f"sqlite:///{path}"


@pytest.fixture
async def browser(url: str) -> AsyncIterator[Browser]:
    async with TestClient(TestServer(pages_of(url))) as client:
        yield client


async def cost(browser: Browser, path: str, status: int) -> float:
    """The least that a page takes in several looks, of which each makes it anew."""
    costs = []
    for _ in range(3):
        begun = time.process_time()
        answer = await browser.get(path)
        await answer.read()
        costs.append(time.process_time() - begun)
        assert answer.status == status, path
    return min(costs)


async def test_what_is_remembered_makes_no_page_but_the_queue_dearer(browser: Browser) -> None:
    costs = {
        path: await cost(browser, f"/python/peps/{path}", status)
        for path, status in (
            ("pep/2", 200),
            ("pep/13", 200),  # Accepted: whether it should be Final depends on the schedules
            (f"pep/{FLOODED}", 200),
            ("pep/999", 404),
            (f"pull/{OVER + OPEN}", 200),
            ("pull/1", 200),
            ("pull/99999", 404),
        )
    }
    assert max(costs.values()) < COSTS_LESS_THAN, costs


async def test_of_a_pep_that_hundreds_touch_the_oldest_are_shown(browser: Browser) -> None:
    text = " ".join((await document(browser, f"/python/peps/pep/{FLOODED}")).words)
    assert f"Open pull requests that touch it {OPEN}" in text
    assert f"And {OPEN - MOST_PULLS} more." in text
    assert f"#{OVER + 1} " in text


async def test_the_queue_is_shown_page_by_page(browser: Browser) -> None:
    pages = -(-OPEN // PER_PAGE)
    seen: list[str] = []
    path = "/python/peps/queue"
    for number in range(1, pages + 1):
        found = await document(browser, path)
        text = " ".join(found.words)
        assert f"Editors' turn {OPEN}" in text
        assert f"Page {number} of {pages}" in text
        here = min(PER_PAGE, OPEN - (number - 1) * PER_PAGE)
        assert f"{OPEN - here} more are on other pages." in text
        pulls = [link for link in found.links if link.startswith("/python/peps/pull/")]
        # Beside those that wait, the first page lists what is new.
        seen += pulls[:here]
        assert ("Previous page" in text) == (number > 1)
        assert ("Next page" in text) == (number < pages)
        path = f"/python/peps/queue?page={number + 1}"
        assert (path in found.links) == (number < pages)
    assert len(set(seen)) == len(seen) == OPEN
    assert (await browser.get(path)).status == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "", "9" * 400])
async def test_a_page_that_cannot_be_is_not_there(browser: Browser, page: str) -> None:
    for path in ("queue", "queue.json"):
        assert (await browser.get(f"/python/peps/{path}?page={page}")).status == 404


async def test_programs_get_the_queue_page_by_page_too(browser: Browser) -> None:
    at: str | None = "/python/peps/queue.json"
    seen: list[int] = []
    before = None
    while at is not None:
        answer = await browser.get(at)
        assert (answer.status, answer.content_type) == (200, "application/json")
        queue_json = json.loads(await answer.text())
        assert queue_json["links"]["prev"] == before
        assert queue_json["counts"]["editor"] == OPEN
        seen += [one["number"] for one in queue_json["turns"]["editor"]]
        before = f"{urlsplit(at).path}?page={queue_json['page']}"
        at = queue_json["links"]["next"]
    assert len(set(seen)) == len(seen) == OPEN
    assert queue_json["page"] == queue_json["pages"]
    assert "issues" not in queue_json, "those are for editors alone"


async def test_who_would_wait_behind_too_many_is_sent_away_and_may_come_again(
    browser: Browser,
) -> None:
    asked = 3 * MOST_WAITING
    answers = await asyncio.gather(
        *(browser.get(f"/python/peps/pull/{number}") for number in range(1, asked + 1))
    )
    refused = [answer for answer in answers if answer.status == 503]
    assert refused
    assert sum(answer.status == 200 for answer in answers) == asked - len(refused) >= MOST_WAITING
    assert {answer.headers["Retry-After"] for answer in refused} == {"5"}
    assert {answer.headers["Cache-Control"] for answer in refused} == {"no-store"}
    assert "Too many people are looking at once" in await refused[0].text()
    assert (await browser.get(f"/python/peps/pull/{asked}")).status == 200


async def test_between_pages_there_is_time_for_webhooks_and_what_is_kept_is_shown_at_once(
    url: str,
) -> None:
    now = asyncio.get_running_loop().time
    async with TestClient(TestServer(pages_of(url, lifetime=3600, rest=1_000_000))) as client:
        await client.get("/python/peps/pull/1")
        begun = now()
        further = asyncio.create_task(client.get("/python/peps/pull/2"))
        assert (await client.get("/python/peps/pull/1")).status == 200
        assert not further.done()
        assert (await further).status == 200
        assert now() - begun > 0.5
