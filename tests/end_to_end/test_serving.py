"""`bot serve` as an operator runs it: one process, configured by its environment."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import pytest
import pytest_asyncio

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import CORE_TEAM
from tests.end_to_end.harness import REPOSITORY, SECRET
from tests.end_to_end.process import (
    BotProcess,
    Ended,
    command,
    command_here,
    environment,
    github,
    until,
    wait_until_idle,
)
from tests.end_to_end.test_full_disk import assert_once_each, redeliver_refused, room
from tests.end_to_end.test_process import FILES, comments, conclusions, propose

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True)
class Place:
    """A GitHub and the program installed there, which has reviewed one pull request."""

    simulator: GitHubSimulator
    bot: BotProcess
    folder: Path
    number: int

    @property
    def process(self) -> psutil.Process:
        assert self.bot.process is not None
        return psutil.Process(self.bot.process.pid)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(pem: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """One for all tests here: each but the last leaves it running, with nothing to do."""
    folder = tmp_path_factory.mktemp("store")
    async with github(pem, FILES, CORE_TEAM) as simulator:
        bot = BotProcess(environment(pem, simulator.api_url, folder / "bot.sqlite3"))
        # New files may be read by everybody unless whoever makes them says otherwise.
        before = os.umask(0o022)
        try:
            begun = time.monotonic()
            await bot.start()
            os.umask(before)
            print(f"cold start with a new store: {time.monotonic() - begun:.2f} s")  # noqa: T201
            simulator.webhook_url = bot.url("/webhook")
            await simulator.install_app([REPOSITORY])
            number = await propose(simulator, 842)
            await wait_until_idle(simulator, bot)
            yield Place(simulator, bot, folder, number)
        finally:
            os.umask(before)
            await bot.close()


async def test_it_serves_and_reviews(place: Place) -> None:
    assert await place.bot.get("/healthz") == (200, '{"status": "ok"}')
    status, text = await place.bot.get("/readyz")
    assert status == 200, text
    assert conclusions(place.simulator, place.number) == ["neutral"]
    assert len(comments(place.simulator, place.number)) == 1
    status, text = await place.bot.get("/metrics")
    assert status == 200
    assert 'pepbot_deliveries_total{outcome="accepted"}' in text
    print(f"resident: {place.process.memory_info().rss / 1e6:.0f} MB")  # noqa: T201


async def test_nobody_else_may_read_the_store_and_docutils_gets_no_secret(place: Place) -> None:
    children = place.process.children(recursive=True)
    told = "\n".join(
        f"{name}={value}" for child in children for name, value in child.environ().items()
    )
    assert children
    assert "GH_API_URL" in told  # so that this looks at the right place
    for secret in (SECRET, "PRIVATE KEY", "GH_PRIVATE_KEY", "DATABASE_URL"):
        assert secret not in told
    modes = {
        file.name.removeprefix("bot.sqlite3"): file.stat().st_mode & 0o777
        for file in place.folder.glob("bot.sqlite3*")
    }
    assert modes == dict.fromkeys(("", "-wal", "-shm", ".lock"), 0o600)


@pytest.mark.usefixtures("logs_as_they_were")
async def test_deliveries_are_listed_shown_and_replayed_beside_the_server(place: Place) -> None:
    simulator, bot = place.simulator, place.bot

    async def deliveries(*arguments: str) -> Ended:
        return await asyncio.to_thread(command_here, bot.environment, "deliveries", *arguments)

    (opened,) = [
        delivery.guid
        for delivery in simulator.deliveries
        if (delivery.event, delivery.action) == ("pull_request", "opened")
        and delivery.payload["number"] == place.number
    ]
    listed = await deliveries("list", "--state", "done")
    assert (listed.code, listed.err) == (0, "")
    assert opened in listed.out
    shown = await deliveries("show", opened)
    assert shown.code == 0
    assert '"title": "PEP 842: A calmer way"' in shown.out

    handled = len(_handled(bot))
    sent = len(simulator.requests)
    replayed = await deliveries("replay", opened)
    begun = time.monotonic()
    assert (replayed.code, replayed.out) == (0, "Queued again: 1\n")
    await until(lambda: len(_handled(bot)) > handled)
    print(f"handled {time.monotonic() - begun:.2f} s after the command ended")  # noqa: T201
    assert _handled(bot)[-1] == opened
    writes = [request for request in simulator.requests[sent:] if request.method != "GET"]
    assert writes == [], "a replay of what stands already writes nothing"
    assert len(comments(simulator, place.number)) == 1

    unknown = await deliveries("replay", "no-such-delivery")
    assert unknown.code == 1
    assert "no-such-delivery" in unknown.err


def _handled(bot: BotProcess) -> list[str]:
    return [event["delivery"] for event in bot.events("handled")]


@pytest.mark.exhaustive
async def test_a_second_process_on_the_same_store_is_refused(place: Place) -> None:
    ended = await command(place.bot.environment, "serve")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "another process is serving" in line
    assert "DATABASE_URL of its own" in line
    number = await propose(place.simulator, 862)
    await wait_until_idle(place.simulator, place.bot)
    assert len(comments(place.simulator, number)) == 1, "the first one works on"


async def test_a_full_disk_refuses_deliveries_says_so_and_goes_on_by_itself(place: Place) -> None:
    simulator, bot = place.simulator, place.bot
    done = (await bot.queue())["done"]
    assert (await bot.get("/readyz"))[0] == 200

    room(bot, 0)
    meanwhile = [await propose(simulator, 843), await propose(simulator, 844)]
    await simulator.settle()
    assert [one.status_code for one in simulator.deliveries][-2:] == [503, 503]
    refusal = bot.events("delivery not accepted")[-1]
    assert refusal["level"] == "error"
    assert "bot.sqlite3" in refusal["error"]
    assert "make room" in refusal["error"]
    assert (await bot.get("/readyz"))[0] == 503
    assert (await bot.get("/healthz"))[0] == 200
    assert (await bot.get("/metrics"))[0] == 200

    room(bot, None)
    # Nobody has to deliver anything for it to be ready again.
    assert (await bot.get("/readyz"))[0] == 200
    assert await redeliver_refused(simulator) == 2
    await wait_until_idle(simulator, bot)
    await assert_once_each(simulator, bot, [place.number, *meanwhile])
    assert (await bot.queue())["done"] > done, "what was accepted before is still there"


async def test_it_stops_on_sigterm(place: Place) -> None:
    assert await place.bot.terminate() == 0
    assert [event["event"] for event in place.bot.events()][-2:] == ["shutting down", "stopped"]
    with pytest.raises(aiohttp.ClientConnectorError):
        await place.bot.get("/healthz")
