"""Servers and workers on one PostgreSQL: no work is lost when one ends or the database is down."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import pytest
import pytest_asyncio
from aiolimiter import AsyncLimiter
from structlog.testing import capture_logs

from bot.run_worker import running_worker
from bot.server import running
from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CORE_TEAM, pep
from tests.end_to_end.crash_record import (
    assert_all_handled,
    assert_never_doubled_nor_set_back,
    stored_deliveries,
)
from tests.end_to_end.crash_story import FILES
from tests.end_to_end.fleet import TAKEN_OVER, TAKEN_OVER_WITHIN, Fleet, fleet, until_it_works
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.process import (
    TIMEOUT,
    UNTHROTTLED_WORKER,
    BotProcess,
    environment,
    github,
    until,
    wait_until_idle,
)
from tests.end_to_end.undisturbed_run import HarnessQueue
from tests.markup_readers import shared_reader
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio(loop_scope="module")]


@dataclass(slots=True)
class Place:
    """A GitHub, a database, and a server and a worker that are installed and have nothing to do."""

    github: GitHubSimulator
    bots: Fleet
    environment: dict[str, str]
    opened: int = 0

    @property
    def server(self) -> BotProcess:
        return self.bots.servers[0]

    @property
    def worker(self) -> BotProcess:
        return self.bots.workers[0]

    async def open_pull_requests(self, count: int) -> list[int]:
        """As many new PEPs, all at once."""
        first = 901 + self.opened
        self.opened += count
        return await open_pull_requests(self.github, *range(first, first + count))


async def open_pull_requests(simulated: GitHubSimulator, *peps: int) -> list[int]:
    """New PEPs of these numbers, all at once."""
    return [
        await simulated.open_pull_request(
            REPOSITORY,
            by=AUTHOR,
            title=f"PEP {number}: A calmer way",
            files={f"peps/pep-{number:04}.rst": pep(number)},
        )
        for number in peps
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(pem: str, postgres_server: PostgresServer) -> AsyncIterator[Place]:
    """One for all tests here: each leaves it with nothing to do."""
    async with github(pem, FILES, CORE_TEAM) as simulated:
        with postgres_server.database() as url:
            settings = environment(pem, simulated.api_url, url, WORKER_PORT="0")
            async with fleet(settings, servers=1, workers=1) as bots:
                simulated.webhook_url = bots.servers[0].url("/webhook")
                await simulated.install_app([REPOSITORY])
                await wait_until_idle(simulated, bots)
                yield Place(simulated, bots, settings)


@pytest.mark.exhaustive
async def test_a_worker_that_is_told_to_end_hands_its_work_to_the_others(place: Place) -> None:
    place.github.latency(2.0)  # so that no review ends within the grace
    numbers = await place.open_pull_requests(3)
    await place.github.settle()
    await until_it_works(place.bots)
    assert await place.worker.terminate() == 0
    queue = await place.bots.queue()
    assert queue["running"] == 0, "what it did not end, others wait for"
    assert queue["queued"] > 0, "it was done before it was told"
    place.github.clear_faults()
    successor = BotProcess(place.environment, UNTHROTTLED_WORKER)
    place.bots.workers[:] = [successor]
    await successor.start()
    await wait_until_idle(place.github, place.bots)
    assert_all_handled(place.github, await stored_deliveries(place.environment["DATABASE_URL"]))
    for number in numbers:
        assert len(place.github.pull_request(REPOSITORY, number).comments) == 1
    assert not successor.events("work of a lost worker taken over"), "it signed off"


@pytest.mark.long
async def test_what_a_killed_worker_had_begun_is_taken_over_by_another(
    pem: str, tmp_path: Path, postgres_server: PostgresServer
) -> None:
    async with AsyncExitStack() as stack:
        simulated = await stack.enter_async_context(github(pem, FILES, CORE_TEAM))
        url = stack.enter_context(postgres_server.store())
        victim = BotProcess(environment(pem, simulated.api_url, url), UNTHROTTLED_WORKER)
        # The server and the other worker may as well be this process.
        harness = Harness(simulated, pem, tmp_path, {"database_url": url})
        bots = HarnessQueue(harness)
        harness.server = await stack.enter_async_context(
            running(harness.settings(), with_worker=False)
        )
        simulated.webhook_url = f"http://127.0.0.1:{harness.server.port}/webhook"
        stack.push_async_callback(victim.close)
        await asyncio.gather(victim.start(), simulated.install_app([REPOSITORY]))
        await wait_until_idle(simulated, bots)
        simulated.latency(0.5)
        numbers = await open_pull_requests(simulated, 901, 902, 903)
        await until_it_works(bots)
        logged = stack.enter_context(capture_logs())
        await stack.enter_async_context(
            running_worker(
                harness.settings(), throttle=lambda: AsyncLimiter(1000, 1), markup=shared_reader()
            )
        )
        await victim.kill()
        simulated.latency(0)
        taken = await until(
            lambda: [line for line in logged if line["event"] == TAKEN_OVER],
            "it was not taken over in time",
            TAKEN_OVER_WITHIN.total_seconds(),
        )
        await wait_until_idle(simulated, bots)
        assert [line["count"] > 0 for line in taken] == [True]
        assert not [line for line in logged if line["event"] == "will retry"]
        assert_all_handled(simulated, await stored_deliveries(url))
        assert_never_doubled_nor_set_back(simulated)
        for number in numbers:
            assert len(simulated.pull_request(REPOSITORY, number).comments) == 1


@pytest.mark.exhaustive
async def test_a_server_whose_database_is_away_answers_503_until_it_is_back(
    place: Place, postgres_server: PostgresServer
) -> None:
    assert (await place.server.get("/readyz"))[0] == HTTPStatus.OK
    before = len(place.github.deliveries)
    postgres_server.stop(at_once=True)
    try:
        (number,) = await place.open_pull_requests(1)
        await place.github.settle()
        refused = [one for one in place.github.deliveries[before:] if one.status_code == 503]
        assert [one.event for one in refused] == ["pull_request"]
        assert (await place.server.get("/readyz"))[0] == HTTPStatus.SERVICE_UNAVAILABLE
        assert (await place.server.get("/healthz"))[0] == HTTPStatus.OK
        for bot in place.bots.everyone:
            assert bot.process is not None
            assert bot.process.returncode is None, "it ended"
    finally:
        postgres_server.start()
    await _eventually(lambda: _ready(place.server))
    for one in refused:
        await place.github.redeliver(one.guid)
    await wait_until_idle(place.github, place.bots)
    assert len(place.github.pull_request(REPOSITORY, number).comments) == 1


@pytest.mark.exhaustive
async def test_a_worker_can_be_watched_where_it_is_told_to(place: Place) -> None:
    assert (await place.worker.get("/healthz"))[0] == HTTPStatus.OK
    assert (await place.worker.get("/readyz"))[0] == HTTPStatus.OK
    before = await _reviews(place.worker)
    await place.open_pull_requests(1)
    await wait_until_idle(place.github, place.bots)
    assert await _reviews(place.worker) == before + 1
    assert (await place.worker.get("/webhook"))[0] == HTTPStatus.NOT_FOUND


@pytest.mark.exhaustive
async def test_the_processes_of_the_procfile_need_no_more_than_each_uses(
    pem: str, postgres_url: str
) -> None:
    async with github(pem, FILES, CORE_TEAM) as simulated:
        settings = environment(pem, simulated.api_url, postgres_url)
        web = BotProcess(
            _without(settings, "GH_APP_ID", "GH_PRIVATE_KEY"), ("bot", "serve", "--no-worker")
        )
        worker = BotProcess(_without(settings, "GH_SECRET"), ("bot", "work"))
        try:
            await asyncio.gather(web.start(), worker.start())
            simulated.webhook_url = web.url("/webhook")
            await simulated.install_app([REPOSITORY])
            number = await simulated.open_pull_request(
                REPOSITORY,
                by=AUTHOR,
                title="PEP 900: A calmer way",
                files={"peps/pep-0900.rst": pep(900)},
            )
            await wait_until_idle(simulated, web)
            assert len(simulated.pull_request(REPOSITORY, number).comments) == 1
            assert await asyncio.gather(web.terminate(), worker.terminate()) == [0, 0]
            for ended in (web, worker):
                said = [one["event"] for one in ended.events() if one["level"] == "info"]
                assert said[-1] == "stopped"
        finally:
            await web.close()
            await worker.close()


async def _reviews(worker: BotProcess) -> float:
    """How many reviews of new PEPs it counts."""
    _, figures = await worker.get("/metrics")
    counted = re.search(
        r'^pepbot_reviews_total\{conclusion="neutral",kind="new PEP"\} (.*)$', figures, re.MULTILINE
    )
    return float(counted[1]) if counted else 0.0


def _without(settings: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in names}


async def _ready(server: BotProcess) -> bool:
    return (await server.get("/readyz"))[0] == HTTPStatus.OK


async def _eventually(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(TIMEOUT):
        while not await look():  # noqa: ASYNC110  # processes set no events
            await asyncio.sleep(0.05)
