"""Acknowledgement: how long GitHub waits for the 202, at a steady rate and in a burst."""

from collections.abc import Sequence

from benchmarks.figure import Figure, Floor, Scale, percentile, require
from benchmarks.load import Answer, at_once, at_rate, require_outcome
from benchmarks.served import (
    at_work,
    bare_server,
    drained,
    logged,
    private_key,
    require_stored,
    serving,
    temporary_store,
)
from benchmarks.simulated_repository import open_pep_edit, simulated_repository
from benchmarks.webhook import Webhook, about_pull_requests, repeated
from tests.end_to_end.process import BotProcess, until

RATE = 50
TARGET = 25.0
UNREACHED = "cannot identify the app; deliveries wait"
BARE = "a bare aiohttp server that checks the HMAC"


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure it alone, while deliveries are reviewed, and in a burst; start-up is left out."""
    pem = private_key()
    async with simulated_repository(pem) as simulator:
        opened = [
            await open_pep_edit(simulator, number) for number in range(100, 100 + scale.of(50, 5))
        ]
        await simulator.settle()
        webhooks = about_pull_requests(simulator, opened)
        steadily, at_a_time = scale.of(1500, 50), scale.of(2000, 100)
        async with bare_server() as bare:
            bare_rate = await at_rate(bare.url("/webhook"), repeated(webhooks, steadily), RATE)
            bare_burst = await at_once(bare.url("/webhook"), repeated(webhooks, at_a_time))
        async with temporary_store() as store, serving(pem, store) as bot:
            await until(lambda: logged(bot, UNREACHED), "it never asked who it is")
            alone = await _accepted(bot, repeated(webhooks, steadily))
            burst = await at_once(bot.url("/webhook"), repeated(webhooks, at_a_time))
            require_outcome(burst, "accepted")
            require_stored(store, [*alone, *burst])
        async with temporary_store() as store, at_work(simulator, pem, store) as bot:
            await at_once(bot.url("/webhook"), repeated(webhooks, len(webhooks)))
            await drained(simulator, bot)
            busy = await _accepted(bot, repeated(webhooks, steadily))
            await drained(simulator, bot)
            require_stored(store, busy)
    return [
        *_latencies("Acknowledgement at 50/s of 25 kB", alone, bare_rate),
        *_latencies("The same while all of it is reviewed", busy, bare_rate),
        *_burst(burst, bare_burst),
    ]


async def _accepted(bot: BotProcess, webhooks: Sequence[Webhook]) -> list[Answer]:
    answers = await at_rate(bot.url("/webhook"), webhooks, RATE)
    require_outcome(answers, "accepted")
    return answers


def _latencies(what: str, answers: Sequence[Answer], bare: Sequence[Answer]) -> list[Figure]:
    return [
        Figure(
            f"{what}, p{percent}",
            _milliseconds(answers, percent),
            "ms",
            TARGET if percent == 99 else None,
            Floor(_milliseconds(bare, percent), BARE),
        )
        for percent in (50, 99)
    ]


def _burst(answers: Sequence[Answer], bare: Sequence[Answer]) -> list[Figure]:
    took, floor = (max(answer.seconds for answer in some) for some in (answers, bare))
    require(took < 10, "GitHub would have given up")
    return [
        Figure(
            f"Burst of {len(answers):,}, until the last answer",
            took,
            "s",
            10.0,
            Floor(floor, BARE),
        ),
        Figure(
            f"Burst of {len(answers):,}, not accepted",
            sum(answer.outcome != "accepted" for answer in answers),
            "",
            0,
        ),
    ]


def _milliseconds(answers: Sequence[Answer], percent: int) -> float:
    return 1000 * percentile([answer.seconds for answer in answers], percent)
