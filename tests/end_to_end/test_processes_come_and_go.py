"""Servers and workers on one PostgreSQL: what becomes of work and webhooks when one of them ends.

Or when the database is away for a while.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

import pytest

from bot.simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CORE_TEAM, pep
from tests.end_to_end.crash_record import assert_all_handled, kept
from tests.end_to_end.crash_story import FILES
from tests.end_to_end.desk import REPOSITORY
from tests.end_to_end.fleet import Fleet, fleet
from tests.end_to_end.process import (
    PATIENCE,
    UNHURRIED_WORKER,
    BotProcess,
    calm,
    environment,
    github,
)
from tests.postgres import PostgresServer

pytestmark = [pytest.mark.postgres, pytest.mark.exhaustive]


@dataclass(slots=True)
class Place:
    """A GitHub, a database, and a server and a worker that are installed and have nothing to do."""

    github: GitHubSimulator
    bots: Fleet
    environment: dict[str, str]

    @property
    def server(self) -> BotProcess:
        return self.bots.servers[0]

    @property
    def worker(self) -> BotProcess:
        return self.bots.workers[0]

    async def open_pull_requests(self, count: int) -> None:
        """As many new PEPs, all at once."""
        for number in range(900, 900 + count):
            await self.github.open_pull_request(
                REPOSITORY,
                by=AUTHOR,
                title=f"PEP {number}: A calmer way",
                files={f"peps/pep-{number:04}.rst": pep(number)},
            )


@pytest.fixture
async def place(pem: str, postgres_url: str) -> AsyncIterator[Place]:
    async with github(pem, FILES, CORE_TEAM) as simulated:
        settings = environment(pem, simulated.api_url, postgres_url, WORKER_PORT="0")
        async with fleet(settings, servers=1, workers=1) as bots:
            simulated.webhook_url = bots.servers[0].url("/webhook")
            await simulated.install_app([REPOSITORY])
            await calm(simulated, bots)
            yield Place(simulated, bots, settings)


async def test_a_worker_that_is_told_to_end_hands_its_work_to_the_others(place: Place) -> None:
    place.github.latency(2.0)  # so that no review ends within the grace
    await place.open_pull_requests(10)
    await place.github.settle()
    await _eventually(lambda: _works(place))
    assert await place.worker.terminate() == 0
    queue = await place.bots.queue()
    assert queue["running"] == 0, "what it did not end, others wait for"
    assert queue["queued"] > 0, "it was done before it was told"
    place.github.clear_faults()
    successor = BotProcess(place.environment, UNHURRIED_WORKER)
    place.bots.workers.append(successor)
    await successor.start()
    await calm(place.github, place.bots)
    assert_all_handled(place.github, await kept(place.environment["DATABASE_URL"]))
    for number in range(1, 11):
        assert len(place.github.pull_request(REPOSITORY, number).comments) == 1
    assert not successor.events("work of a lost worker taken over"), "it signed off"


async def test_a_server_whose_database_is_away_answers_503_until_it_is_back(
    place: Place, postgres_server: PostgresServer
) -> None:
    assert (await place.server.get("/readyz"))[0] == HTTPStatus.OK
    postgres_server.stop(at_once=True)
    try:
        await place.open_pull_requests(1)
        await place.github.settle()
        refused = [one for one in place.github.deliveries if one.status_code == 503]
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
    await calm(place.github, place.bots)
    assert len(place.github.pull_request(REPOSITORY, 1).comments) == 1


async def test_a_worker_can_be_watched_where_it_is_told_to(place: Place) -> None:
    assert (await place.worker.get("/healthz"))[0] == HTTPStatus.OK
    assert (await place.worker.get("/readyz"))[0] == HTTPStatus.OK
    await place.open_pull_requests(1)
    await calm(place.github, place.bots)
    _, figures = await place.worker.get("/metrics")
    assert 'pepbot_reviews_total{conclusion="neutral",kind="new PEP"} 1.0' in figures
    assert (await place.worker.get("/webhook"))[0] == HTTPStatus.NOT_FOUND


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
            await calm(simulated, web)
            assert len(simulated.pull_request(REPOSITORY, number).comments) == 1
            assert await asyncio.gather(web.terminate(), worker.terminate()) == [0, 0]
            for ended in (web, worker):
                assert [one["event"] for one in ended.events()][-1] == "stopped"
        finally:
            await web.close()
            await worker.close()


def _without(settings: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in names}


async def _works(place: Place) -> bool:
    return (await place.bots.queue())["running"] > 0


async def _ready(server: BotProcess) -> bool:
    return (await server.get("/readyz"))[0] == HTTPStatus.OK


async def _eventually(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await look():  # noqa: ASYNC110  # processes set no events
            await asyncio.sleep(0.05)
