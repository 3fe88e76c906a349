"""Memory: how much the idle bot uses, and whether it grows with the deliveries it handled."""

import statistics
from collections.abc import Sequence

from benchmarks.figure import Figure, Floor, Scale, require
from benchmarks.load import Answer, at_once, require_outcome
from benchmarks.process_cost import resident_megabytes
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
from benchmarks.webhook import about_pull_requests, repeated

IDLE_TARGET = 120.0
_FLOOR = "a bare aiohttp server"


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure the resident set when idle, and after many handled deliveries."""
    pem = private_key()
    rounds, size = scale.of(20, 3), scale.of(1000, 50)
    async with simulated_repository(pem) as simulator:
        opened = await open_mixed(simulator, scale.of(200, 10))
        await simulator.settle()
        webhooks = about_pull_requests(simulator, opened)
        async with bare_server() as bare:
            bare_idle = resident_megabytes(bare)
            await at_once(bare.url("/webhook"), repeated(webhooks, size))
            bare_after = resident_megabytes(bare)
        async with temporary_store() as store, at_work(simulator, pem, store) as bot:
            idle = resident_megabytes(bot)
            answers: list[Answer] = []
            resident: list[float] = []
            for _ in range(rounds):
                answers += await at_once(bot.url("/webhook"), repeated(webhooks, size))
                await drained(simulator, bot)
                resident.append(resident_megabytes(bot))
                simulator.clear_requests()
            require_outcome(answers, "accepted")
            require_stored(store, answers)
            require(dead(store) == 0, "deliveries were given up")
    return [
        Figure("Memory when idle", idle, "MB", IDLE_TARGET, Floor(bare_idle, _FLOOR)),
        Figure(
            f"Memory after {rounds * size:,} deliveries",
            resident[-1],
            "MB",
            None,
            Floor(bare_after, f"{_FLOOR} after {size:,}"),
        ),
        Figure(
            "Growth per 1,000 deliveries, in the second half of them",
            _growth(resident[len(resident) // 2 :]) * 1000 / size,
            "MB",
        ),
    ]


def _growth(resident: Sequence[float]) -> float:
    """Megabytes per round: the slope of the line through the measurements."""
    return float(statistics.linear_regression(range(len(resident)), resident).slope)
