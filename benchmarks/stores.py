"""Both kinds of store in one run, measured alike: what it costs to use more than one process.

The embedded store is a SQLite file. The other is a PostgreSQL server that this benchmark starts on
the same machine and disk; it waits for the disk at each commit, as an operator's would.
"""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.cores import all_cores
from benchmarks.figure import Figure, Scale, percentile, require
from benchmarks.load import Answer, at_once, at_rate, require_outcome
from benchmarks.process_cost import cpu_seconds
from benchmarks.served import (
    at_work,
    drained,
    installed,
    private_key,
    serving,
    temporary_store,
)
from benchmarks.simulated_repository import open_infrastructure, open_pep_edit, simulated_repository
from benchmarks.webhook import Webhook, about_pull_requests, repeated
from github_simulator.github import GitHubSimulator
from tests.end_to_end.fleet import fleet
from tests.end_to_end.process import BotProcess, environment
from tests.postgres import PostgresServer, server_programs

RATE = 50
SLOW_RATE = 10
TARGET = 25.0
"""The target of the embedded store; PostgreSQL has none."""

Fresh = Callable[[], AbstractAsyncContextManager[Path | str]]
"""Creates an unused store."""


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure each store alone, then how much more two workers do than one."""
    pem = private_key()
    figures: list[Figure] = []
    async with simulated_repository(pem) as simulator:
        quick = [await open_infrastructure(simulator, turn) for turn in range(scale.of(50, 5))]
        edits = [await open_pep_edit(simulator, number) for number in range(1, scale.of(200, 8))]
        await simulator.settle()
        cheap = about_pull_requests(simulator, quick)
        async with kinds_of_store() as stores:
            for name, fresh in stores.items():
                figures += await _acknowledgement(name, fresh, pem, cheap, scale)
                figures += await _handling(name, fresh, pem, simulator, cheap, scale)
            if (many := stores.get("PostgreSQL")) is not None:
                webhooks = about_pull_requests(simulator, edits)
                workers = ((1, "one worker"), (2, "two workers"))
                for count, words in scale.of(workers, workers[1:]):
                    figures.append(
                        Figure(
                            f"PostgreSQL: handled a second by {words}",
                            await _handled_a_second(many, pem, simulator, webhooks, count),
                            "/s",
                        )
                    )
    return figures


@asynccontextmanager
async def kinds_of_store() -> AsyncIterator[dict[str, Fresh]]:
    """The kinds of store; without PostgreSQL if the machine has none, except in CI."""
    embedded: Fresh = temporary_store
    if server_programs() is None and not os.environ.get("CI"):
        yield {"SQLite": embedded}
        return
    server = PostgresServer.made(safe=True)

    @asynccontextmanager
    async def database() -> AsyncIterator[Path | str]:
        with server.database() as url:
            yield url

    try:
        with all_cores():
            server.start()
        yield {"SQLite": embedded, "PostgreSQL": database}
    finally:
        server.remove()


async def _acknowledgement(
    name: str, fresh: Fresh, pem: str, webhooks: Sequence[Webhook], scale: Scale
) -> list[Figure]:
    """How long GitHub waits for the 202 while no delivery is handled."""
    async with fresh() as store, serving(pem, store) as bot:
        steady = await at_rate(bot.url("/webhook"), repeated(webhooks, scale.of(1500, 50)), RATE)
        burst = await at_once(bot.url("/webhook"), repeated(webhooks, scale.of(2000, 100)))
        for answers in (steady, burst):
            require_outcome(answers, "accepted")
        kept = sum((await bot.queue()).values())
        require(kept == len(steady) + len(burst), f"of {len(steady) + len(burst)} {kept} are kept")
    return [
        *(
            Figure(
                f"{name}: acknowledgement at {RATE}/s of 25 kB, p{percent}",
                1000 * percentile([answer.seconds for answer in steady], percent),
                "ms",
                TARGET if percent == 99 and name == "SQLite" else None,
            )
            for percent in (50, 99)
        ),
        Figure(f"{name}: burst of {len(burst):,}, until the last answer", _last(burst), "s"),
    ]


async def _handling(
    name: str,
    fresh: Fresh,
    pem: str,
    simulator: GitHubSimulator,
    webhooks: Sequence[Webhook],
    scale: Scale,
) -> list[Figure]:
    """How soon a delivery is begun, and what it costs, if the review itself costs little."""
    async with fresh() as store, at_work(simulator, pem, store) as bot:
        await at_once(bot.url("/webhook"), repeated(webhooks, len(webhooks)))
        await drained(simulator, bot)
        lines, cpu = len(bot.lines), cpu_seconds(bot)
        count = scale.of(300, 20)
        answers = await at_rate(bot.url("/webhook"), repeated(webhooks, count), SLOW_RATE)
        require_outcome(answers, "accepted")
        await drained(simulator, bot)
        cost = (cpu_seconds(bot) - cpu) / count
        waits = _waits(bot, lines)
        require(waits, "nothing was handled")
    return [
        *(
            Figure(
                f"{name}: from accepted to begun, p{percent}",
                1000 * percentile(waits, percent),
                "ms",
            )
            for percent in (50, 99)
        ),
        Figure(
            f"{name}: CPU of the bot per delivery, from accepting it to done", 1000 * cost, "ms"
        ),
    ]


def _waits(bot: BotProcess, since: int) -> list[float]:
    """Seconds between the answer to a webhook and the beginning of its review, as logged."""
    answered = {
        event["delivery"]: datetime.fromisoformat(event["timestamp"])
        for event in bot.events("webhook answered", since)
    }
    waits = []
    for event in bot.events("handled", since):
        if (at := answered.get(event["delivery"])) is not None:
            begun = datetime.fromisoformat(event["timestamp"]) - timedelta(seconds=event["seconds"])
            # It may be begun before the answer is out.
            waits.append(max((begun - at).total_seconds(), 0.0))
    return waits


async def _handled_a_second(
    fresh: Fresh, pem: str, simulator: GitHubSimulator, webhooks: Sequence[Webhook], workers: int
) -> float:
    """Deliveries handled per second on all cores, from the first webhook to the last review."""
    async with fresh() as store:
        settings = environment(pem, simulator.api_url, store)
        # Nothing is bound to a core here: two workers must be able to use two.
        with all_cores():
            async with fleet(settings, servers=1, workers=workers) as bots:
                await installed(simulator, bots.servers[0], bots)
                before = len(bots.events("handled"))
                answers = await at_once(bots.servers[0].url("/webhook"), webhooks)
                require_outcome(answers, "accepted")
                await drained(simulator, bots)
                handled = bots.events("handled")[before:]
                answered = bots.events("webhook answered")[-len(webhooks) :]
    done = len(handled)
    took = datetime.fromisoformat(handled[-1]["timestamp"]) - datetime.fromisoformat(
        answered[0]["timestamp"]
    )
    require(done >= len(webhooks), f"of {len(webhooks)} {done} were handled")
    return done / took.total_seconds()


def _last(answers: Sequence[Answer]) -> float:
    return max(answer.seconds for answer in answers)
