"""Damage in the store that is found at run time: nothing more is written, and it is reported."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.process import (
    UNTHROTTLED,
    BotProcess,
    command_here,
    environment,
    github,
    until,
)

FILES = {".github/CODEOWNERS": CODEOWNERS, "README.rst": "PEPs\n"}
PAGE = 4096


@pytest.fixture
async def simulator(pem: str) -> AsyncIterator[GitHubSimulator]:
    async with github(pem, FILES, CORE_TEAM) as simulated:
        yield simulated


@pytest.fixture
async def bot(simulator: GitHubSimulator, pem: str, tmp_path: Path) -> AsyncIterator[BotProcess]:
    """The program, not yet started; with its store a pull request was reviewed."""
    harness = Harness(simulator, pem, tmp_path)
    await harness.start()
    try:
        await simulator.install_app([REPOSITORY])
        await propose(simulator, 842)
        await harness.wait_until_idle()
    finally:
        await harness.stop()
    process = BotProcess(environment(pem, simulator.api_url, tmp_path / "bot.sqlite3"), UNTHROTTLED)
    try:
        yield process
    finally:
        await process.close()


async def propose(simulator: GitHubSimulator, number: int) -> int:
    return await simulator.open_pull_request(
        REPOSITORY,
        by=AUTHOR,
        title=f"PEP {number}: A calmer way",
        files={f"peps/pep-{number:04}.rst": pep(number)},
    )


def damage(path: Path, table: str) -> None:
    """Overwrite the page from which everything in a table is found."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xee" * PAGE)


@pytest.mark.usefixtures("logs_as_they_were")
@pytest.mark.parametrize(
    ("table", "first"),
    [
        pytest.param("delivery_payload", 503, id="inbox"),
        pytest.param("pull_request", 202, id="memory"),
    ],
)
@pytest.mark.exhaustive
async def test_damage_met_at_work_stops_all_writing_and_is_reported_by_everything(
    table: str, first: int, simulator: GitHubSimulator, bot: BotProcess, tmp_path: Path
) -> None:
    path = tmp_path / "bot.sqlite3"
    damage(path, table)
    await bot.start()
    simulator.webhook_url = bot.url("/webhook")

    number = await propose(simulator, 843)
    await simulator.settle()
    assert simulator.deliveries[-1].status_code == first
    await until(lambda: any("damaged: stop the bot" in line for line in bot.lines) or None)
    numbers = [await propose(simulator, pep_number) for pep_number in (844, 845)]
    await simulator.settle()
    assert [one.status_code for one in simulator.deliveries][-2:] == [503, 503]
    refusal = bot.events("delivery not accepted")[-1]["error"]
    assert str(path) in refusal
    assert "start with a backup" in refusal
    assert (await bot.get("/readyz"))[0] == 503
    assert (await bot.get("/healthz"))[0] == 200
    assert (await bot.get("/metrics"))[0] == 200
    for each in (number, *numbers):
        assert simulator.pull_request(REPOSITORY, each).comments == []
    await until(lambda: bot.events("inbox unavailable") or None)

    assert await bot.terminate() == 0
    assert len(bot.events("inbox unavailable")) == 1, "the worker does not complain again and again"
    ended = await asyncio.to_thread(command_here, bot.environment, "doctor")
    assert ended.code == 1
    assert "damaged: stop the bot" in ended.out
