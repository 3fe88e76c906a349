"""The pages beside a running bot, and of which repositories they are shown."""

import asyncio
from datetime import datetime, timedelta

import aiohttp
import pytest

from bot.inbox.protocol import utc_now
from bot.server import running
from bot.store.visibility import PUBLIC_FOR
from tests.builders import body_of
from tests.end_to_end.conftest import SPONSOR, STRANGER
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import propose
from tests.web.test_pages import Document

QUEUE = f"/{REPOSITORY}/queue"
PEP_840 = f"/{REPOSITORY}/pep/840"


async def looked(desk: Desk, path: str = QUEUE, *, port: int = 0) -> tuple[int, str]:
    """The status of a page, and its words."""
    url = desk.url(path) if not port else f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, " ".join(Document(await answer.text()).words)


async def test_a_pull_request_is_on_the_queue_without_a_request_to_github(desk: Desk) -> None:
    await desk.simulator.open_issue(REPOSITORY, by=STRANGER, title="Buy my pills", body="")
    number = await propose(desk, title="PEP 842: <b>Calm</b> \u202eway")
    page = f"/{REPOSITORY}/pull/{number}"
    desk.simulator.clear_requests()
    status, words = await looked(desk)
    assert status == 200
    assert f"Sponsors' turn 1 Pull request Title What Waits for Last touched #{number}" in words
    assert "PEP 842: <b>Calm</b> way" in words
    told = (await looked(desk, page))[1]
    assert "Whose turn it is the sponsor's" in told
    assert "sponsor-consent" in told
    assert (await looked(desk, f"/{REPOSITORY}/who-decides"))[0] == 200
    first = (await looked(desk, "/"))[1]
    assert first.count(REPOSITORY) == 1
    assert "pills" not in words + first, "blank issues are for editors alone"
    assert list(desk.simulator.requests) == []


@pytest.mark.exhaustive
async def test_a_pep_has_a_page_once_it_was_read(desk: Desk) -> None:
    await propose(desk)
    await desk.stop()
    await desk.start()  # and reads the published PEPs, a little later
    async with asyncio.timeout(20):
        while (await looked(desk, PEP_840))[0] != 200:
            await desk.calm()
    assert "Decides: the Steering Council." in (await looked(desk, PEP_840))[1]
    assert (await looked(desk, f"/{REPOSITORY}/pep/842"))[0] == 404, "not published yet"


async def test_a_webhook_that_says_private_hides_the_pages_at_once(desk: Desk) -> None:
    number = await propose(desk)
    pages = (QUEUE, f"/{REPOSITORY}/pull/{number}", f"/{REPOSITORY}/who-decides")
    for path in pages:
        assert (await looked(desk, path))[0] == 200, "and kept for a moment"
    assert REPOSITORY in (await looked(desk, "/"))[1]
    desk.simulator.set_private(REPOSITORY, private=True)
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Nice.")
    await desk.calm()
    for path in pages:
        assert (await looked(desk, path))[0] == 404
    assert REPOSITORY not in (await looked(desk, "/"))[1]


@pytest.mark.exhaustive
async def test_a_webhook_that_says_public_shows_nothing_and_a_sweep_does(desk: Desk) -> None:
    desk.simulator.set_private(REPOSITORY, private=True)
    number = await propose(desk)
    assert (await looked(desk))[0] == 404
    desk.simulator.set_private(REPOSITORY, private=False)
    await desk.simulator.comment(REPOSITORY, number, by=SPONSOR, body="Nice.")
    await desk.calm()
    assert (await looked(desk))[0] == 404
    await desk.stop()
    await desk.start()  # and looks through all open pull requests, a little later
    async with asyncio.timeout(20):
        while (await looked(desk))[0] != 200:
            await desk.calm()


@pytest.mark.exhaustive
async def test_an_old_answer_shows_nothing(desk: Desk) -> None:
    await propose(desk)

    def later() -> datetime:
        return utc_now() + PUBLIC_FOR + timedelta(minutes=1)

    await desk.stop()
    async with running(desk.settings(), with_worker=False, clock=later) as server:
        assert (await looked(desk, port=server.port))[0] == 404


@pytest.mark.exhaustive
async def test_a_server_without_a_worker_shows_them_too(desk: Desk) -> None:
    number = await propose(desk)
    await desk.stop()
    async with running(desk.settings(), with_worker=False) as server:
        status, words = await looked(desk, port=server.port)
    assert status == 200
    assert f"#{number}" in words
    await desk.start()


@pytest.mark.postgres
async def test_a_server_beside_others_shows_what_they_remember_on_postgresql(
    postgres_url: str, desk: Desk
) -> None:
    await desk.stop()
    desk.overrides["database_url"] = postgres_url
    await desk.start()
    await desk.simulator.uninstall_app(desk.installation)
    await desk.calm()
    await desk.simulator.install_app([REPOSITORY])
    number = await propose(desk)
    another = desk.settings().model_copy(update={"port": 0})
    async with running(another, with_worker=False) as server:
        status, words = await looked(desk, port=server.port)
        assert (await looked(desk, f"/{REPOSITORY}/pull/{number}", port=server.port))[0] == 200
    assert status == 200
    assert f"#{number}" in words


async def test_the_webhook_answers_as_ever_beside_the_pages(desk: Desk) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(desk.url("/webhook")) as answer:
            assert answer.status == 405
        async with session.post(desk.url("/webhook"), data=body_of({})) as answer:
            assert answer.status == 401
        async with session.post(desk.url("/nowhere"), data=b"") as answer:
            assert answer.status == 404


def details(desk: Desk, number: int) -> str | None:
    """What the check run on the head links as its details."""
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    return run.details_url


async def test_the_check_run_links_the_page_where_the_server_has_an_address(desk: Desk) -> None:
    assert not (details(desk, await propose(desk)) or "").startswith("https://bot.example")
    await desk.stop()
    desk.overrides["public_url"] = "https://bot.example"
    await desk.start()
    number = await propose(desk, number=843)
    assert details(desk, number) == f"https://bot.example/{REPOSITORY}/pull/{number}"
    desk.simulator.set_private(REPOSITORY, private=True)
    unseen = details(desk, await propose(desk, number=844))
    assert not (unseen or "").startswith("https://bot.example"), "nobody may see the page"
