"""The disk is full: what cannot be stored is refused visibly, and work resumes once there is room.

The size of the running program's files can be limited from outside at any time (`prlimit`, which
needs no privileges). The simple case is in `test_serving`.
"""

import asyncio
import random
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, pep, with_line
from tests.end_to_end.harness import BOT, REPOSITORY
from tests.end_to_end.process import (
    TIMEOUT,
    UNTHROTTLED,
    BotProcess,
    command,
    environment,
    github,
    until,
    wait_until_idle,
)

pytestmark = pytest.mark.exhaustive

FILES = {".github/CODEOWNERS": CODEOWNERS, "README.rst": "PEPs\n"}
SERVE_CONFINED = ("tests.end_to_end.confined", "bot", "serve")
DISK_FULL = ("inbox unavailable", "inbox_trouble", "delivery not accepted")


@pytest.fixture
async def simulator(pem: str) -> AsyncIterator[GitHubSimulator]:
    async with github(pem, FILES, CORE_TEAM) as simulated:
        yield simulated


@asynccontextmanager
async def installed(
    simulator: GitHubSimulator, settings: dict[str, str]
) -> AsyncIterator[BotProcess]:
    """The program, installed on the repository."""
    bot = BotProcess(settings, UNTHROTTLED)
    try:
        await bot.start()
        simulator.webhook_url = bot.url("/webhook")
        await simulator.install_app([REPOSITORY])
        await wait_until_idle(simulator, bot)
        yield bot
    finally:
        await bot.close()


def room(bot: BotProcess, length: int | None) -> None:
    """Let its files grow to so many bytes and no further; None: as long as they like."""
    assert bot.process is not None
    _, hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    soft = hard if length is None else length
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (soft, hard))


async def propose(simulator: GitHubSimulator, number: int) -> int:
    """Open a pull request with a complete new PEP."""
    path = f"peps/pep-{number:04}.rst"
    return await simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title=f"PEP {number}: A calmer way",
        files={path: pep(number), ".github/CODEOWNERS": with_line(f"{path}  @ada")},
    )


async def redeliver_refused(simulator: GitHubSimulator) -> int:
    """Redeliver what was not accepted, as GitHub lets an app do."""
    await simulator.settle()
    refused = [one.guid for one in simulator.deliveries if one.status_code != 202]
    for guid in refused:
        await simulator.redeliver(guid)
    return len(refused)


async def assert_once_each(simulator: GitHubSimulator, bot: BotProcess, numbers: list[int]) -> None:
    """One comment and one check run on each, and nothing given up or left over."""
    for number in numbers:
        pull = simulator.pull_request(REPOSITORY, number)
        assert len([one for one in pull.comments if one.login == BOT]) == 1, f"#{number}"
        assert len(simulator.check_runs(REPOSITORY, pull.head_sha)) == 1, f"#{number}"
        assert pull.labels, f"#{number}"
    queue = await bot.queue()
    assert (queue["queued"], queue["running"], queue["dead"]) == (0, 0, 0)


async def test_a_disk_that_fills_up_during_reviews_doubles_and_loses_nothing(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    chance = random.Random(seed)
    store = tmp_path / "bot.sqlite3"
    numbers: list[int] = []
    async with installed(simulator, environment(pem, simulator.api_url, store)) as bot:
        for _ in range(3):
            simulator.latency(0.02)
            numbers += [await propose(simulator, 850 + len(numbers) + more) for more in range(2)]
            reached = len(simulator.requests) + chance.randrange(1, 16)
            await until(lambda: len(simulator.requests) >= reached or None)  # noqa: B023
            seen = len(bot.lines)
            log = store.with_name(store.name + "-wal").stat().st_size
            room(bot, chance.choice([0, log, log + 20_000]))
            numbers.append(await propose(simulator, 850 + len(numbers)))
            await until(lambda: any(bot.events(name, since=seen) for name in DISK_FULL) or None)  # noqa: B023
            room(bot, None)
            simulator.latency(0)
            await redeliver_refused(simulator)
            await wait_until_idle(simulator, bot)
        await assert_once_each(simulator, bot, numbers)
        assert not bot.events("the process crashed")


async def test_no_store_is_begun_or_gone_on_with_without_room_and_nothing_accepted_is_lost(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    for most in ("0", "20000"):
        await assert_no_start(settings, most)
    async with installed(simulator, settings) as bot:
        simulator.latency(60)
        number = await propose(simulator, 842)
        await simulator.settle()
        async with asyncio.timeout(TIMEOUT):
            while not (await bot.queue())["running"]:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        await bot.kill()
        simulator.latency(0)
        await assert_no_start(settings, "0")

        await bot.start()
        simulator.webhook_url = bot.url("/webhook")
        await wait_until_idle(simulator, bot)
        await assert_once_each(simulator, bot, [number])


async def assert_no_start(settings: dict[str, str], most: str) -> None:
    """With files that may grow to so many bytes it ends at once, and says why."""
    ended = await command({**settings, "MOST_BYTES": most}, module=SERVE_CONFINED)
    assert (ended.code, ended.out) == (2, ""), ended
    (line,) = ended.err.splitlines()
    assert "bot.sqlite3" in line
    assert "make room" in line
