"""The pages of a running bot, and which repositories have them."""

import asyncio
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.inbox.delivery import utc_now
from bot.server import running
from bot.store.documents import PUBLIC_FOR
from tests.builders import body_of
from tests.end_to_end.conftest import SPONSOR, STRANGER
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose
from tests.web.test_pages import Document

QUEUE = f"/{REPOSITORY}/queue"
PEP_840 = f"/{REPOSITORY}/pep/840"


async def get_page(harness: Harness, path: str = QUEUE, *, port: int = 0) -> tuple[int, str]:
    """The status of a page, and its words."""
    url = harness.url(path) if not port else f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, " ".join(Document(await answer.text()).words)


async def test_a_pull_request_is_on_the_queue_without_a_request_to_github(harness: Harness) -> None:
    await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Buy my pills", body="")
    number = await propose(harness, title="PEP 842: <b>Calm</b> \u202eway")
    page = f"/{REPOSITORY}/pull/{number}"
    harness.simulator.clear_requests()
    status, words = await get_page(harness)
    assert status == 200
    assert f"Sponsors' turn 1 Pull request Title What Waiting Last touched #{number}" in words
    assert "PEP 842: <b>Calm</b> way" in words
    page_text = (await get_page(harness, page))[1]
    assert "Waiting for the sponsor" in page_text
    assert "sponsor-consent" in page_text
    assert (await get_page(harness, f"/{REPOSITORY}/who-decides"))[0] == 200
    first = (await get_page(harness, "/"))[1]
    assert first.count(REPOSITORY) == 1
    assert "pills" not in words + first, "blank issues are for editors alone"
    assert list(harness.simulator.requests) == []


@pytest.mark.exhaustive
async def test_a_pep_has_a_page_once_it_was_read(harness: Harness) -> None:
    await propose(harness)
    await harness.stop()
    await harness.start()  # and reads the published PEPs, a little later
    async with asyncio.timeout(20):
        while (await get_page(harness, PEP_840))[0] != 200:
            await harness.wait_until_idle()
    assert "Who decides: the Steering Council." in (await get_page(harness, PEP_840))[1]
    assert (await get_page(harness, f"/{REPOSITORY}/pep/842"))[0] == 404, "not published yet"


async def test_a_webhook_that_says_private_hides_the_pages_at_once(harness: Harness) -> None:
    number = await propose(harness)
    pages = (QUEUE, f"/{REPOSITORY}/pull/{number}", f"/{REPOSITORY}/who-decides")
    for path in pages:
        assert (await get_page(harness, path))[0] == 200, "and kept for a moment"
    assert REPOSITORY in (await get_page(harness, "/"))[1]
    harness.simulator.set_private(REPOSITORY, private=True)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Nice.")
    await harness.wait_until_idle()
    for path in pages:
        assert (await get_page(harness, path))[0] == 404
    assert REPOSITORY not in (await get_page(harness, "/"))[1]


@pytest.mark.exhaustive
async def test_a_webhook_that_says_public_shows_nothing_and_a_sweep_does(harness: Harness) -> None:
    harness.simulator.set_private(REPOSITORY, private=True)
    number = await propose(harness)
    assert (await get_page(harness))[0] == 404
    harness.simulator.set_private(REPOSITORY, private=False)
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Nice.")
    await harness.wait_until_idle()
    assert (await get_page(harness))[0] == 404
    await harness.stop()
    await harness.start()  # and looks through all open pull requests, a little later
    async with asyncio.timeout(20):
        while (await get_page(harness))[0] != 200:
            await harness.wait_until_idle()


@pytest.mark.exhaustive
async def test_an_old_answer_shows_nothing(harness: Harness) -> None:
    await propose(harness)

    def later() -> datetime:
        return utc_now() + PUBLIC_FOR + timedelta(minutes=1)

    await harness.stop()
    async with running(harness.settings(), with_worker=False, clock=later) as server:
        assert (await get_page(harness, port=server.port))[0] == 404


@pytest.mark.exhaustive
async def test_a_server_without_a_worker_shows_them_too(harness: Harness) -> None:
    number = await propose(harness)
    await harness.stop()
    async with running(harness.settings(), with_worker=False) as server:
        status, words = await get_page(harness, port=server.port)
    assert status == 200
    assert f"#{number}" in words
    await harness.start()


@pytest.mark.postgres
async def test_a_server_beside_others_shows_what_they_remember_on_postgresql(
    postgres_url: str, harness: Harness
) -> None:
    await harness.stop()
    harness.overrides["database_url"] = postgres_url
    await harness.start()
    await harness.simulator.uninstall_app(harness.installation)
    await harness.wait_until_idle()
    await harness.simulator.install_app([REPOSITORY])
    number = await propose(harness)
    another = harness.settings().model_copy(update={"port": 0})
    async with running(another, with_worker=False) as server:
        status, words = await get_page(harness, port=server.port)
        assert (await get_page(harness, f"/{REPOSITORY}/pull/{number}", port=server.port))[0] == 200
    assert status == 200
    assert f"#{number}" in words


async def test_the_webhook_answers_as_ever_beside_the_pages(harness: Harness) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(harness.url("/webhook")) as answer:
            assert answer.status == 405
        async with session.post(harness.url("/webhook"), data=body_of({})) as answer:
            assert answer.status == 401
        async with session.post(harness.url("/nowhere"), data=b"") as answer:
            assert answer.status == 404


def details(harness: Harness, number: int) -> str | None:
    """What the check run on the head links as its details."""
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run.details_url


async def test_the_check_run_links_the_page_where_the_server_has_an_address(
    harness: Harness,
) -> None:
    assert not (details(harness, await propose(harness)) or "").startswith("https://bot.example")
    await harness.stop()
    harness.overrides["public_url"] = "https://bot.example"
    await harness.start()
    number = await propose(harness, number=843)
    assert details(harness, number) == f"https://bot.example/{REPOSITORY}/pull/{number}"
    harness.simulator.set_private(REPOSITORY, private=True)
    unseen = details(harness, await propose(harness, number=844))
    assert not (unseen or "").startswith("https://bot.example"), "nobody may see the page"
