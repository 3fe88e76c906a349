"""The pages of a repository with thousands of stored pull requests.

Measures what a page costs, and how much four clients that load pages without pause slow webhooks.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from benchmarks.acknowledgement import RATE, UNREACHED
from benchmarks.acknowledgement import TARGET as WEBHOOK_TARGET
from benchmarks.figure import Figure, Floor, Scale, percentile, require
from benchmarks.load import Answer, at_rate, require_outcome
from benchmarks.process_cost import cpu_seconds
from benchmarks.served import logged, private_key, require_stored, serving, temporary_store
from benchmarks.simulated_repository import open_pep_edit, simulated_repository
from benchmarks.webhook import Webhook, about_pull_requests, repeated
from tests.end_to_end.process import BotProcess, until
from tests.web.many_pull_requests import OPEN, OVER, PEP_COUNT, fill_with_many

TARGET = 20.0
SCRAPERS = 4

_REPOSITORY = "/python/peps"
_REMEMBERED = f"{OVER + OPEN:,} pull requests remembered"


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure pages never loaded before, each once, and webhooks with and without load."""
    pem = private_key()
    request_count, steadily = scale.of(100, 10), scale.of(1500, 50)
    async with simulated_repository(pem) as simulator:
        opened = [await open_pep_edit(simulator, number) for number in range(100, 105)]
        await simulator.settle()
        webhooks = about_pull_requests(simulator, opened)
    async with temporary_store() as store:
        await fill_with_many(f"sqlite:///{store}", datetime.now(UTC))
        async with serving(pem, store) as bot:
            await until(lambda: logged(bot, UNREACHED), "it never asked who it is")
            figures = await _costs(bot, request_count)
            quiet = await _accepted(bot, store, repeated(webhooks, steadily))
            async with _scraped(bot) as seen:
                busy = await _accepted(bot, store, repeated(webhooks, steadily))
            require(set(seen) <= {200, 404, 503}, f"pages were answered {dict(seen)}")
    return [
        *figures,
        *_latencies(quiet, busy),
        Figure(
            "Pages a second that these were shown meanwhile", seen[200] / (steadily / RATE), "/s"
        ),
    ]


def _latencies(quiet: Sequence[Answer], busy: Sequence[Answer]) -> Iterator[Figure]:
    for percent in (50, 99):
        alone, beside = (
            1000 * percentile([answer.seconds for answer in answers], percent)
            for answers in (quiet, busy)
        )
        yield Figure(
            f"Acknowledgement at 50/s while {SCRAPERS} look without pause, p{percent}",
            beside,
            "ms",
            WEBHOOK_TARGET if percent == 99 else None,
            Floor(alone, "the same while nobody looks"),
        )


async def _costs(bot: BotProcess, request_count: int) -> list[Figure]:
    """What a page of each kind costs; the very first one imports the code and templates."""
    pulls = range(OVER + 1, OVER + request_count + 1)
    kinds = {
        "a PEP's page": ([f"pep/{n}" for n in range(1, request_count + 1)], 200, TARGET),
        "a pull request's page": ([f"pull/{n}" for n in pulls], 200, TARGET),
        "a missing PEP's": ([f"pep/{n}" for n in range(9000, 9000 + request_count)], 404, TARGET),
        "a missing pull request's": (
            [f"pull/{n}" for n in range(9000, 9000 + request_count)],
            404,
            TARGET,
        ),
        "the queue's first page": (["queue"], 200, None),
        "another page of it": (["queue?page=2", "queue?page=3"], 200, None),
    }
    figures = []
    async with aiohttp.ClientSession() as session:
        await _request(session, bot, ["/", f"{_REPOSITORY}/pep/{PEP_COUNT}"], 200)
        for kind, (paths, status, target) in kinds.items():
            begun = cpu_seconds(bot)
            await _request(session, bot, [f"{_REPOSITORY}/{path}" for path in paths], status)
            spent = 1000 * (cpu_seconds(bot) - begun) / len(paths)
            figures.append(Figure(f"CPU of {kind}, {_REMEMBERED}", spent, "ms", target))
    return figures


async def _request(
    session: aiohttp.ClientSession, bot: BotProcess, paths: Iterable[str], status: int
) -> None:
    for path in paths:
        async with session.get(bot.url(path)) as answer:
            await answer.read()
            require(answer.status == status, f"{path} was answered {answer.status}")


@asynccontextmanager
async def _scraped(bot: BotProcess) -> AsyncIterator[Counter[int]]:
    """Have clients load all pages without pause, each from another start; counts the answers."""
    seen: Counter[int] = Counter()

    async def look(first: int) -> None:
        async with aiohttp.ClientSession() as session:
            for turn in itertools.count(first, SCRAPERS):
                path = (
                    f"pep/{1 + turn % 900}",
                    f"pull/{1 + turn % (OVER + OPEN)}",
                    f"pull/{9000 + turn}",
                    f"queue?page={1 + turn % 4}",
                )[turn // SCRAPERS % 4]
                async with session.get(bot.url(f"{_REPOSITORY}/{path}")) as answer:
                    await answer.read()
                    seen[answer.status] += 1

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(look(first)) for first in range(SCRAPERS)]
        yield seen
        for task in tasks:
            task.cancel()


async def _accepted(bot: BotProcess, store: Path, webhooks: Sequence[Webhook]) -> list[Answer]:
    answers = await at_rate(bot.url("/webhook"), webhooks, RATE)
    require_outcome(answers, "accepted")
    require_stored(store, answers)
    return answers
