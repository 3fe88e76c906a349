"""Memory: how much the idle bot uses and for what, and whether it grows with what it handled."""

import statistics
from collections.abc import Sequence

from benchmarks.figure import Figure, Floor, Scale, require
from benchmarks.imports import measure_imports
from benchmarks.load import Answer, at_once, require_outcome
from benchmarks.process_cost import children_megabytes, resident_megabytes
from benchmarks.served import (
    at_work,
    bare_server,
    dead,
    drained,
    private_key,
    require_stored,
    temporary_store,
)
from benchmarks.simulated_repository import open_mixed, simulated_repository
from benchmarks.stores import kinds_of_store
from benchmarks.webhook import about_pull_requests, repeated
from tests.end_to_end.process import SERVE

IDLE_TARGETS = {"SQLite": 85.0, "PostgreSQL": 97.0}
TARGET = 150.0
"""After many deliveries, docutils' process included."""

_FLOOR = "a bare aiohttp server"


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure the resident set when idle, and after many handled deliveries."""
    parts = measure_imports()
    pem = private_key()
    return [*await _idle(pem), *parts, *await _busy(pem, scale)]


async def _idle(pem: str) -> list[Figure]:
    """What is used after the sweep of one installation in which no pull request is open."""
    figures = []
    async with bare_server() as bare:
        floor = Floor(resident_megabytes(bare), _FLOOR)
    async with simulated_repository(pem) as simulator, kinds_of_store() as stores:
        for name, fresh in stores.items():
            async with fresh() as store, at_work(simulator, pem, store, SERVE) as bot:
                figures.append(
                    Figure(
                        f"Memory when idle, store in {name}",
                        resident_megabytes(bot),
                        "MB",
                        IDLE_TARGETS[name],
                        floor,
                    )
                )
    return figures


async def _busy(pem: str, scale: Scale) -> list[Figure]:
    """What is used after many deliveries about many pull requests, and how it grew."""
    rounds, size = scale.of(20, 3), scale.of(1000, 50)
    answers: list[Answer] = []
    resident: list[float] = []
    async with simulated_repository(pem) as simulator, bare_server() as bare:
        opened = await open_mixed(simulator, scale.of(200, 10))
        await simulator.settle()
        webhooks = about_pull_requests(simulator, opened)
        await at_once(bare.url("/webhook"), repeated(webhooks, size))
        floor = Floor(resident_megabytes(bare), f"{_FLOOR} after {size:,}")
        async with temporary_store() as store, at_work(simulator, pem, store) as bot:
            for _ in range(rounds):
                answers += await at_once(bot.url("/webhook"), repeated(webhooks, size))
                await drained(simulator, bot)
                resident.append(resident_megabytes(bot))
                simulator.clear_requests()
            docutils = children_megabytes(bot)
            require_outcome(answers, "accepted")
            require_stored(store, answers)
            require(dead(store) == 0, "deliveries were given up")
    return [
        Figure(f"Memory after {rounds * size:,} deliveries", resident[-1], "MB", TARGET, floor),
        Figure("of it: the process in which docutils reads", docutils, "MB"),
        Figure(
            "Growth per 1,000 deliveries, in the second half of them",
            _growth(resident[len(resident) // 2 :]) * 1000 / size,
            "MB",
        ),
    ]


def _growth(resident: Sequence[float]) -> float:
    """Megabytes per round: the slope of the line through the measurements."""
    return float(statistics.linear_regression(range(len(resident)), resident).slope)
