"""Cold start: time until the first 200 on `/healthz`, and until the worker handles deliveries."""

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figure import Figure, Floor, Scale, require
from benchmarks.served import logged, private_key, serving, temporary_store
from benchmarks.simulated_repository import open_mixed, simulated_repository
from benchmarks.stored import fill
from benchmarks.webhook import about_pull_requests, repeated
from github_simulator.github import GitHubSimulator
from tests.end_to_end.process import CHECKOUT, SERVE, until

TARGET = 1.5


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure it with a new store and with one that holds many deliveries; medians."""
    pem = private_key()
    times, rows = scale.of(9, 1), scale.of(20_000, 200)
    async with simulated_repository(pem) as simulator, temporary_store() as store:
        opened = await open_mixed(simulator, scale.of(200, 10))
        await simulator.settle()
        webhooks = repeated(about_pull_requests(simulator, opened), rows)
        await fill(store, webhooks, finished=True)
        python = [await _run("pass") for _ in range(times)]
        aiohttp = [await _run("import aiohttp.web") for _ in range(times)]
        new: list[_Start] = []
        old: list[_Start] = []
        for turn in range(times):
            new.append(await _start(simulator, pem, store.with_name(f"{turn}.sqlite3")))
            old.append(await _start(simulator, pem, store))
    floor = Floor(statistics.median(aiohttp), "python -c 'import aiohttp.web'")
    return [
        *(
            Figure(
                f"Cold start to a healthy answer, {which}",
                statistics.median(start.healthy for start in starts),
                "s",
                TARGET,
                floor,
            )
            for which, starts in (("new store", new), (f"store of {rows:,}", old))
        ),
        Figure(
            f"Cold start to working, store of {rows:,}",
            statistics.median(start.working for start in old),
            "s",
            None,
            floor,
        ),
        Figure("python -c pass", statistics.median(python), "s"),
    ]


@dataclass(frozen=True, slots=True)
class _Start:
    """Seconds until the bot answered, and until it began to handle deliveries."""

    healthy: float
    working: float


async def _start(simulator: GitHubSimulator, pem: str, store: Path) -> _Start:
    begun = time.perf_counter()
    async with serving(pem, store, simulator.api_url, SERVE) as bot:
        status, _ = await bot.get("/healthz")
        healthy = time.perf_counter() - begun
        require(status == 200, f"/healthz answered {status}")
        await until(lambda: logged(bot, "working"), "it never got to work")
        working = time.perf_counter() - begun
        await bot.terminate()
    return _Start(healthy, working)


async def _run(code: str) -> float:
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=CHECKOUT)
    require(await process.wait() == 0, f"{code} failed")
    return time.perf_counter() - begun
