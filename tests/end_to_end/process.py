"""Runs the real program as a child process, and prepares a simulated GitHub for it."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiohttp
from click.testing import CliRunner

from bot.cli import main
from bot.github.client.app import PERMISSIONS
from bot.handlers.events import SUBSCRIBED_EVENTS
from bot.inbox.delivery import Clock
from github_simulator.github import GitHubSimulator
from github_simulator.wire import now_utc
from tests.end_to_end.harness import APP_ID, REPOSITORY, SECRET, SLUG

T = TypeVar("T")

CHECKOUT = Path(__file__).resolve().parents[2]
SERVE = ("bot", "serve")
UNTHROTTLED = ("tests.end_to_end.unthrottled",)
UNTHROTTLED_SERVER = (*UNTHROTTLED, "serve", "--no-worker")
UNTHROTTLED_WORKER = (*UNTHROTTLED, "work")
TIMEOUT = 90.0
"""The timeout of a wait, in seconds: far more than anything here takes."""


@dataclass(slots=True)
class BotProcess:
    """`python -m …` with its own environment; its stderr is collected line by line."""

    environment: dict[str, str]
    module: Sequence[str] = SERVE
    lines: list[str] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None
    port: int = 0
    _reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens (a worker alone: until it works)."""
        line_count = len(self.lines)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *self.module,
            cwd=CHECKOUT,
            env=self.environment,
            stderr=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read(self.process))
        await until(lambda: self._ready(line_count) or self._ended)
        assert self._ready(line_count), f"it ended: {self.lines[line_count:]}"
        self.port = self._listening(line_count) or 0

    def _ready(self, line_count: int) -> bool:
        if self.module[-1] == "work":  # it listens nowhere, or before
            return any('"working"' in line for line in self.lines[line_count:])
        return self._listening(line_count) is not None

    def _listening(self, line_count: int) -> int | None:
        for line in self.lines[line_count:]:
            # In either form of the log.
            if "listening" in line and (port := re.search(r'\bport(?:=|": )(\d+)', line)):
                return int(port[1])
        return None

    @property
    def _ended(self) -> bool:
        return self._reading is not None and self._reading.done()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            if line.endswith(b"\n"):  # else it was killed in the middle of the line
                self.lines.append(line.decode())

    def events(self, name: str = "", since: int = 0) -> list[dict[str, Any]]:
        """The events it logged (with `LOG_FORMAT=json`), perhaps only those of one name."""
        events = [json.loads(line) for line in self.lines[since:]]
        return [event for event in events if not name or event["event"] == name]

    async def kill(self) -> None:
        """Kill it at once, like a power cut."""
        assert self.process is not None
        self.process.kill()
        await self.ended()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    async def terminate(self) -> int:
        """Send SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it ends by itself; returns the exit code."""
        assert self.process is not None
        assert self._reading is not None
        async with asyncio.timeout(TIMEOUT):
            await self._reading
            return await self.process.wait()

    async def close(self) -> None:
        """Make sure that it has ended."""
        if self.process is not None and self.process.returncode is None:
            await self.kill()

    def url(self, path: str) -> str:
        """The bot's URL for a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    async def get(self, path: str) -> tuple[int, str]:
        """GET a path; returns status and text."""
        async with aiohttp.ClientSession() as session, session.get(self.url(path)) as answer:
            return answer.status, await answer.text()

    async def queue(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        _, text = await self.get("/readyz")
        depth: dict[str, int] = json.loads(text)["deliveries"]
        return depth


async def until(
    condition: Callable[[], T | None], what: str = "it never came", seconds: float = TIMEOUT
) -> T:
    """Wait until the condition returns something, and return that."""
    try:
        async with asyncio.timeout(seconds):
            while not (found := condition()):  # noqa: ASYNC110 - processes set no events
                await asyncio.sleep(0.005)
            return found
    except TimeoutError:
        raise AssertionError(what) from None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


async def command(
    environment: dict[str, str], *arguments: str, module: Sequence[str] = ("bot",)
) -> Ended:
    """Run `python -m bot …` to its end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *module,
        *arguments,
        cwd=CHECKOUT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(TIMEOUT):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def command_here(environment: dict[str, str], *arguments: str) -> Ended:
    """Run a command in this process, which is a second faster than in a child process.

    It changes the logging of this process: use the fixture `logs_as_they_were`.
    """
    result = CliRunner().invoke(main, arguments, env=environment)
    assert isinstance(result.exception, SystemExit | None), result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


class Queue(Protocol):
    """Anything that knows how many deliveries are left."""

    async def queue(self) -> dict[str, int]:
        """How many deliveries are in each state."""


async def wait_until_idle(simulator: GitHubSimulator, bot: Queue, seconds: float = TIMEOUT) -> None:
    """Wait until no webhook is under way and the bot has nothing left to do.

    Asking costs the bot as much as a small delivery, so the intervals grow.
    """
    pause = 0.02
    async with asyncio.timeout(seconds):
        while True:
            await simulator.settle()
            sent = len(simulator.deliveries)
            queue = await bot.queue()
            await simulator.settle()
            if not (queue["queued"] or queue["running"]) and sent == len(simulator.deliveries):
                return
            await asyncio.sleep(pause)
            pause = min(1.2 * pause, 0.3)


def environment(pem: str, api_url: str, store: Path | str, **more: str) -> dict[str, str]:
    """The program's environment: of this process's variables it has only the path.

    If coverage is measured, its variables are passed too. The store is a file or a database's URL.
    """
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
    return {
        **measured,
        "PATH": os.environ.get("PATH", ""),
        "GH_APP_ID": str(APP_ID),
        "GH_PRIVATE_KEY": pem.replace("\n", "\\n"),
        "GH_SECRET": SECRET,
        "GH_API_URL": api_url,
        "DATABASE_URL": store if isinstance(store, str) else f"sqlite:///{store}",
        "HOST": "127.0.0.1",
        "PORT": "0",
        "LOG_FORMAT": "json",
        **more,
    }


@asynccontextmanager
async def github(
    pem: str,
    files: dict[str, str],
    core_team: str,
    *,
    port: int = 0,
    clock: Clock = now_utc,
) -> AsyncIterator[GitHubSimulator]:
    """A simulated GitHub with a PEP repository; the app is registered and not yet installed."""
    simulator = GitHubSimulator(clock)
    async with simulator.serve(port=port):
        simulator.register_app(
            app_id=APP_ID,
            slug=SLUG,
            private_key_pem=pem,
            secret=SECRET,
            permissions=dict(PERMISSIONS),
            events=list(SUBSCRIBED_EVENTS),
        )
        simulator.create_organization("python")
        simulator.create_team("python", "pep-editors", ["edith"])
        access = {"edith": "write", "ada": "write"}
        simulator.create_repository(REPOSITORY, files, collaborators=access)
        simulator.create_repository("python/devguide", {"core-team/core-team.csv": core_team})
        yield simulator
