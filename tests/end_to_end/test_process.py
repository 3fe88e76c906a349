"""The program as an operator runs it: a child process, configured by its environment alone."""

import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, pep, with_line
from tests.end_to_end.harness import BOT, REPOSITORY, SECRET
from tests.end_to_end.process import (
    CHECKOUT,
    UNTHROTTLED,
    BotProcess,
    command_here,
    environment,
    github,
    until,
    wait_until_idle,
)

FILES = {".github/CODEOWNERS": CODEOWNERS, "README.rst": "PEPs\n"}


@pytest.fixture
async def simulator(pem: str) -> AsyncIterator[GitHubSimulator]:
    async with github(pem, FILES, CORE_TEAM) as simulated:
        yield simulated


@asynccontextmanager
async def started(
    settings: dict[str, str], module: Sequence[str] = UNTHROTTLED
) -> AsyncIterator[BotProcess]:
    bot = BotProcess(settings, module)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.close()


@pytest.fixture
async def bot(simulator: GitHubSimulator, pem: str, tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The program, installed on the repository."""
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    async with started(settings) as process:
        simulator.webhook_url = process.url("/webhook")
        await simulator.install_app([REPOSITORY])
        await wait_until_idle(simulator, process)
        yield process


async def propose(simulator: GitHubSimulator, number: int) -> int:
    """Open a pull request with a complete new PEP."""
    return await simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title=f"PEP {number}: A calmer way",
        files={
            f"peps/pep-{number:04}.rst": pep(number),
            ".github/CODEOWNERS": with_line(f"peps/pep-{number:04}.rst  @ada"),
        },
    )


def comments(simulator: GitHubSimulator, number: int) -> list[str]:
    pull = simulator.pull_request(REPOSITORY, number)
    return [comment.body for comment in pull.comments if comment.login == BOT]


def conclusions(simulator: GitHubSimulator, number: int) -> list[str | None]:
    head = simulator.pull_request(REPOSITORY, number).head_sha
    return [run.conclusion for run in simulator.check_runs(REPOSITORY, head)]


@pytest.mark.exhaustive
async def test_what_was_accepted_while_github_was_out_of_reach_is_handled_once_it_is_back(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    simulator.drop_connections(times=1_000_000)
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    async with started(settings) as bot:
        simulator.webhook_url = bot.url("/webhook")
        await simulator.install_app([REPOSITORY])
        number = await propose(simulator, 842)
        await simulator.settle()
        assert {delivery.status_code for delivery in simulator.deliveries} == {202}
        await until(lambda: bot.events("cannot identify the app; deliveries wait"))
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.queue())["queued"] == 2

        simulator.clear_faults()
        await wait_until_idle(simulator, bot)
        assert len(comments(simulator, number)) == 1


@pytest.mark.exhaustive
async def test_sigterm_during_work_loses_nothing(
    simulator: GitHubSimulator, bot: BotProcess
) -> None:
    simulator.latency(0.1)
    numbers = [await propose(simulator, 842 + index) for index in range(4)]
    await simulator.settle()
    assert (await bot.queue())["running"] > 0
    assert await bot.terminate() == 0
    simulator.latency(0)

    await bot.start()
    simulator.webhook_url = bot.url("/webhook")
    await wait_until_idle(simulator, bot)
    assert await bot.queue() | {"done": 0} == {"queued": 0, "running": 0, "done": 0, "dead": 0}
    assert [len(comments(simulator, number)) for number in numbers] == [1] * 4
    assert [len(conclusions(simulator, number)) for number in numbers] == [1] * 4


@pytest.mark.exhaustive
async def test_sigterm_ends_it_at_once_while_github_does_not_answer(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    # Longer than anybody waits for a process to end.
    simulator.latency(60)
    async with started(settings) as bot:
        await until(lambda: bot.events("serving"))
        begun = time.monotonic()
        assert await bot.terminate() == 0
        assert time.monotonic() - begun < 10


def _without(*names: str) -> Callable[[dict[str, str], int], dict[str, str]]:
    return lambda settings, _port: {k: v for k, v in settings.items() if k not in names}


def _with(**more: str) -> Callable[[dict[str, str], int], dict[str, str]]:
    return lambda settings, _port: {**settings, **more}


@pytest.mark.usefixtures("logs_as_they_were")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without("GH_SECRET"), ["GH_SECRET: not set"]),
        (
            _without("GH_APP_ID", "GH_PRIVATE_KEY"),
            ["GH_APP_ID: not set", "GH_PRIVATE_KEY: not set"],
        ),
        (_with(GH_SECRET="one,,two"), ["GH_SECRET: has an empty part"]),
        (_with(GH_PRIVATE_KEY="no key at all"), ["GH_PRIVATE_KEY: the app's private key is not"]),
        (_with(DATABASE_URL="sqlite:////no/such/folder/b"), ["the folder of the store"]),
        (_with(DATABASE_URL="mysql://user:geheim@host/db"), ["DATABASE_URL is invalid"]),
        (
            _with(DATABASE_URL=f"sqlite:///{CHECKOUT}/pyproject.toml"),
            ["pyproject.toml is not a SQLite"],
        ),
        (lambda settings, port: {**settings, "PORT": str(port)}, ["HOST, PORT: cannot listen on"]),
    ],
)
def test_what_cannot_run_ends_with_2_and_says_what_to_do(
    change: Callable[[dict[str, str], int], dict[str, str]],
    told: list[str],
    pem: str,
    tmp_path: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = environment(pem, "http://127.0.0.1:9", tmp_path / "bot.sqlite3")
        ended = command_here(
            change({**settings, "LOG_FORMAT": "console"}, taken.getsockname()[1]), "serve"
        )
    assert (ended.code, ended.out) == (2, "")
    lines = [line for line in ended.err.splitlines() if "[info" not in line]
    assert len(lines) == len(told), ended.err
    for line, words in zip(lines, told, strict=True):
        assert words in line
    for secret in ("geheim", "no key at all", SECRET):
        assert secret not in ended.err
