"""The program as an operator runs it: a process of its own, told by its environment alone."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, SPONSOR, pep, with_line
from tests.end_to_end.desk import BOT, REPOSITORY, SECRET
from tests.end_to_end.process import (
    CHECKOUT,
    UNHURRIED,
    BotProcess,
    Ended,
    calm,
    command,
    command_here,
    environment,
    github,
    until,
)

FILES = {".github/CODEOWNERS": CODEOWNERS, "README.rst": "PEPs\n"}


@pytest.fixture
async def simulator(pem: str) -> AsyncIterator[GitHubSimulator]:
    async with github(pem, FILES, CORE_TEAM) as simulated:
        yield simulated


@asynccontextmanager
async def started(
    settings: dict[str, str], module: Sequence[str] = UNHURRIED
) -> AsyncIterator[BotProcess]:
    bot = BotProcess(settings, module)
    try:
        await bot.start()
        yield bot
    finally:
        await bot.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(
    pem: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[GitHubSimulator, BotProcess]]:
    """A GitHub and the program installed there, for tests that leave it running."""
    store = tmp_path_factory.mktemp("store") / "bot.sqlite3"
    async with (
        github(pem, FILES, CORE_TEAM) as simulated,
        started(environment(pem, simulated.api_url, store)) as process,
    ):
        simulated.webhook_url = process.url("/webhook")
        await simulated.install_app([REPOSITORY])
        await calm(simulated, process)
        yield simulated, process


@pytest.fixture
async def bot(simulator: GitHubSimulator, pem: str, tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The program, installed on the repository."""
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    async with started(settings) as process:
        simulator.webhook_url = process.url("/webhook")
        await simulator.install_app([REPOSITORY])
        await calm(simulator, process)
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


def rss_megabytes(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


async def test_it_serves_reviews_and_stops_on_sigterm(
    simulator: GitHubSimulator, pem: str, tmp_path: Path
) -> None:
    settings = environment(pem, simulator.api_url, tmp_path / "bot.sqlite3")
    begun = time.monotonic()
    async with started(settings, ("bot", "serve")) as bot:
        assert await bot.get("/healthz") == (200, '{"status": "ok"}')
        print(f"cold start with a new store: {time.monotonic() - begun:.2f} s")  # noqa: T201
        status, text = await bot.get("/readyz")
        assert status == 200, text
        simulator.webhook_url = bot.url("/webhook")
        await simulator.install_app([REPOSITORY])
        number = await propose(simulator, 842)
        await calm(simulator, bot)
        assert conclusions(simulator, number) == ["neutral"]
        assert len(comments(simulator, number)) == 1
        status, text = await bot.get("/metrics")
        assert status == 200
        assert 'pepbot_deliveries_total{outcome="accepted"}' in text
        assert bot.process is not None
        print(f"resident: {rss_megabytes(bot.process.pid):.0f} MB")  # noqa: T201
        assert await bot.terminate() == 0
        assert [event["event"] for event in bot.events()][-2:] == ["shutting down", "stopped"]
        with pytest.raises(aiohttp.ClientConnectorError):
            await bot.get("/healthz")


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
        await until(lambda: bot.events("GitHub does not say who this app is; deliveries wait"))
        assert (await bot.get("/healthz"))[0] == 200
        assert (await bot.queue())["queued"] == 2

        simulator.clear_faults()
        await calm(simulator, bot)
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
    await calm(simulator, bot)
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


@pytest.mark.usefixtures("logs_as_they_were")
@pytest.mark.asyncio(loop_scope="module")
async def test_deliveries_are_listed_shown_and_replayed_beside_the_server(
    shared: tuple[GitHubSimulator, BotProcess],
) -> None:
    simulator, bot = shared

    async def deliveries(*arguments: str) -> Ended:
        return await asyncio.to_thread(command_here, bot.environment, "deliveries", *arguments)

    number = await propose(simulator, 842)
    await calm(simulator, bot)
    (opened,) = [
        delivery.guid
        for delivery in simulator.deliveries
        if (delivery.event, delivery.action) == ("pull_request", "opened")
        and delivery.payload["number"] == number
    ]
    listed = await deliveries("list", "--state", "done")
    assert (listed.code, listed.err) == (0, "")
    assert opened in listed.out
    shown = await deliveries("show", opened)
    assert shown.code == 0
    assert '"title": "PEP 842: A calmer way"' in shown.out

    handled = len(bot.events("handled"))
    sent = len(simulator.requests)
    replayed = await deliveries("replay", opened)
    begun = time.monotonic()
    assert (replayed.code, replayed.out) == (0, "Queued again: 1\n")
    await until(lambda: len(bot.events("handled")) > handled)
    print(f"handled {time.monotonic() - begun:.2f} s after the command ended")  # noqa: T201
    assert bot.events("handled")[-1]["delivery"] == opened
    writes = [request for request in simulator.requests[sent:] if request.method != "GET"]
    assert writes == [], "a replay of what stands already writes nothing"
    assert len(comments(simulator, number)) == 1

    unknown = await deliveries("replay", "no-such-delivery")
    assert unknown.code == 1
    assert "no-such-delivery" in unknown.err


@pytest.mark.asyncio(loop_scope="module")
async def test_every_log_line_is_one_json_object_and_none_tells_a_secret(
    shared: tuple[GitHubSimulator, BotProcess], pem: str
) -> None:
    simulator, bot = shared
    simulator.fail_next(502, times=1, match="GET /repos/.*/pulls")
    number = await propose(simulator, 852)
    await simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await calm(simulator, bot)
    async with aiohttp.ClientSession() as session:
        await session.post(bot.url("/webhook"), data=b"{}", headers={"X-GitHub-Delivery": "forged"})
    await until(lambda: bot.events("webhook refused"))

    events = bot.events()
    assert {"level", "timestamp", "event"} <= set.intersection(*map(set, events))
    assert {event["level"] for event in events} <= {"info", "warning", "error"}
    guids = {delivery.guid for delivery in simulator.deliveries}
    for event in events:
        if event["event"] in ("webhook answered", "reviewed", "handled", "request repeated"):
            assert event["delivery"] in guids or event["delivery"].startswith("self:"), event
    assert [event["delivery"] for event in bot.events("webhook refused")] == ["forged"]
    tokens = [
        request.response["token"]
        for request in simulator.requests
        if "access_tokens" in request.path
    ]
    assert tokens
    told = "".join(bot.lines)
    for secret in (SECRET, *tokens, *pem.splitlines()[1:-1]):
        assert secret not in told


def _without(*names: str) -> Callable[[dict[str, str], int], dict[str, str]]:
    return lambda settings, _port: {k: v for k, v in settings.items() if k not in names}


def _with(**more: str) -> Callable[[dict[str, str], int], dict[str, str]]:
    return lambda settings, _port: {**settings, **more}


@pytest.mark.usefixtures("logs_as_they_were")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_without("GH_SECRET"), ["GH_SECRET: not set"]),
        (_without("GH_APP_ID", "GH_PRIVATE_KEY"), ["GH_APP_ID: not set", "GH_PRIVATE_KEY: set it"]),
        (_with(GH_SECRET="one,,two"), ["GH_SECRET: has an empty part"]),
        (_with(GH_PRIVATE_KEY="no key at all"), ["GH_PRIVATE_KEY: the app's private key is not"]),
        (_with(DATABASE_URL="sqlite:////no/such/folder/b"), ["the folder of the store"]),
        (_with(DATABASE_URL="mysql://user:geheim@host/db"), ["DATABASE_URL is not understood"]),
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


@pytest.mark.exhaustive
@pytest.mark.asyncio(loop_scope="module")
async def test_a_second_process_on_the_same_store_is_refused(
    shared: tuple[GitHubSimulator, BotProcess],
) -> None:
    simulator, bot = shared
    ended = await command(bot.environment, "serve")
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "another process is serving" in line
    assert "DATABASE_URL of its own" in line
    number = await propose(simulator, 862)
    await calm(simulator, bot)
    assert len(comments(simulator, number)) == 1, "the first one works on"
