"""Runs the real program, or the bare server, as a child process on its own core."""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks.cores import give_the_servers_core
from benchmarks.figure import Broken, require
from benchmarks.load import Answer
from github_simulator.github import GitHubSimulator
from tests.end_to_end.harness import SECRET
from tests.end_to_end.process import (
    UNTHROTTLED,
    BotProcess,
    Queue,
    environment,
    until,
    wait_until_idle,
)

BARE = ("benchmarks.floor",)
UNREACHABLE = "http://127.0.0.1:9"
"""An API that nobody serves: accepted deliveries wait."""

_WAITS = 30
"""How many times the tests' timeout to wait before giving up."""


def private_key() -> str:
    """A new private key for the app, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@asynccontextmanager
async def temporary_store() -> AsyncIterator[Path]:
    """A path for a store; it is deleted after the block."""
    with tempfile.TemporaryDirectory(prefix="pep-bot-benchmark-") as folder:
        yield Path(folder) / "bot.sqlite3"


@asynccontextmanager
async def serving(
    pem: str, store: Path | str, api_url: str = UNREACHABLE, module: Sequence[str] = UNTHROTTLED
) -> AsyncIterator[BotProcess]:
    """The bot, listening."""
    async with _started(BotProcess(environment(pem, api_url, store), module)) as bot:
        yield bot


@asynccontextmanager
async def bare_server() -> AsyncIterator[BotProcess]:
    """The server that only checks signatures, listening."""
    async with _started(BotProcess({"GH_SECRET": SECRET}, BARE)) as server:
        yield server


@asynccontextmanager
async def at_work(
    simulator: GitHubSimulator, pem: str, store: Path | str, module: Sequence[str] = UNTHROTTLED
) -> AsyncIterator[BotProcess]:
    """The bot, installed, and done with the work that this caused."""
    async with serving(pem, store, simulator.api_url, module) as bot:
        await installed(simulator, bot, bot)
        yield bot


async def installed(simulator: GitHubSimulator, server: BotProcess, queue: Queue) -> None:
    """Install the app, and wait until the work that this causes is done."""
    simulator.webhook_url = server.url("/webhook")
    (delivery,) = [one for one in simulator.deliveries if one.event == "installation"]
    await simulator.redeliver(delivery.guid)
    await drained(simulator, queue)


@asynccontextmanager
async def _started(bot: BotProcess) -> AsyncIterator[BotProcess]:
    try:
        starting = asyncio.create_task(bot.start())
        process = await until(lambda: bot.process)
        give_the_servers_core(process.pid)
        await starting
        yield bot
    finally:
        await bot.close()


async def drained(simulator: GitHubSimulator, bot: Queue) -> None:
    """Wait until the bot has nothing left to do, as long as a slow machine may need.

    Raises:
        Broken: It did not finish in time.
    """
    for _ in range(_WAITS):
        try:
            await wait_until_idle(simulator, bot)
        except TimeoutError:
            continue
        return
    raise Broken("the bot was never done")


def require_stored(store: Path, answers: Sequence[Answer]) -> None:
    """Check that everything that was answered "accepted" is in the store.

    Raises:
        Broken: Something is not.
    """
    with closing(sqlite3.connect(store)) as connection:
        stored = {guid for (guid,) in connection.execute("SELECT id FROM delivery")}
    accepted = {answer.webhook.guid for answer in answers if answer.outcome == "accepted"}
    require(accepted <= stored, f"{len(accepted - stored)} accepted deliveries were lost")


def dead(store: Path) -> int:
    """How many deliveries were given up."""
    with closing(sqlite3.connect(store)) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM delivery WHERE state = 'dead'"
        ).fetchone()
    return int(count)


def logged(bot: BotProcess, name: str, since: int = 0) -> int:
    """How many events of this name it has logged."""
    needle = json.dumps(name)
    return sum(needle in line for line in bot.lines[since:])
