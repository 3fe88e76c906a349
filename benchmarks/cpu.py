"""CPU time of each kind of event, from acceptance to the last write.

What a pull request takes is compared with what its requests take a bare client, in the same run.
What docutils takes for the text alone is a figure of its own: the bot cannot do with less.
"""

import time
from collections.abc import Awaitable, Callable, Sequence

from benchmarks.bare_client import cpu_seconds_of
from benchmarks.check_run import installation_token
from benchmarks.figure import Figure, Floor, Scale
from benchmarks.load import Answer, at_once, require_outcome
from benchmarks.process_cost import cpu_seconds
from benchmarks.served import (
    UNREACHABLE,
    at_work,
    bare_server,
    drained,
    private_key,
    temporary_store,
)
from benchmarks.simulated_repository import (
    PUBLISHED,
    new_pep_text,
    open_infrastructure,
    open_new_pep,
    open_pep_edit,
    simulated_repository,
)
from benchmarks.webhook import Webhook, about_pull_requests, repeated
from bot.markup.read import read_markup
from github_simulator.api.server import Request
from github_simulator.github import GitHubSimulator
from tests.end_to_end.process import BotProcess

_FLOOR = "a bare aiohttp server that checks the HMAC"
_BARE_CLIENT = "the same requests from a bare aiohttp client"
TIMES_BARE = 10
"""How many times the CPU time of its requests a pull request may take."""

_AT_A_TIME = 5
_NEW_PEPS = 40
"""As many as python/peps gets a year: each is compared with all that are open."""

Act = Callable[[GitHubSimulator, int], Awaitable[int]]


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure deliveries that are ignored or doubled, and pull requests of each kind."""
    pem = private_key()
    count = scale.of(2000, 60)
    async with simulated_repository(pem) as simulator:
        opened = [await open_pep_edit(simulator, PUBLISHED[-1])]
        await simulator.settle()
        (edited,) = about_pull_requests(simulator, opened)
        (ignored,) = about_pull_requests(simulator, opened, "assigned")
        async with bare_server() as bare:
            floor = Floor(await _posted(bare, repeated([edited], count)), _FLOOR)
        async with temporary_store() as store, at_work(simulator, pem, store) as bot:
            await _posted(bot, [edited], "accepted")
            await drained(simulator, bot)
            per_delivery = [
                ("that is ignored", await _posted(bot, repeated([ignored], count), "ignored")),
                ("that came before", await _posted(bot, [edited] * count, "duplicate")),
            ]
            acted: list[tuple[str, float, int, Sequence[Request]]] = []
            for what, act, turns in (
                ("an infrastructure pull request", open_infrastructure, scale.of(200, 5)),
                ("an edit of a PEP", _edit, scale.of(200, 5)),
                ("a new PEP", _new_pep, scale.of(_NEW_PEPS, 5)),
            ):
                simulator.clear_requests()
                seconds = await _acted(simulator, bot, act, turns)
                acted.append((what, seconds, turns, list(simulator.requests)))
        token = await installation_token(simulator, pem)
        simulator.webhook_url = UNREACHABLE
        bare_seconds = [
            await cpu_seconds_of(requests, simulator.api_url, token) / turns
            for _, _, turns, requests in acted
        ]
    return [
        *(
            Figure(f"CPU per delivery {what}", 1000 * seconds, "ms", None, floor_in_ms)
            for floor_in_ms in [Floor(1000 * floor.value, floor.what)]
            for what, seconds in per_delivery
        ),
        *(
            Figure(
                f"CPU of {what}, from webhook to silence",
                1000 * seconds,
                "ms",
                1000 * TIMES_BARE * bare_one,
                Floor(1000 * bare_one, _BARE_CLIENT),
            )
            for (what, seconds, _, _), bare_one in zip(acted, bare_seconds, strict=True)
        ),
        Figure("CPU of docutils alone, for the text of a new PEP", _docutils(scale), "ms"),
    ]


def _docutils(scale: Scale) -> float:
    """CPU milliseconds in which docutils reads the text of such a pull request."""
    text, times = new_pep_text(PUBLISHED.stop), scale.of(50, 2)
    read_markup(text)
    before = time.process_time()
    for _ in range(times):
        read_markup(text)
    return 1000 * (time.process_time() - before) / times


async def _posted(bot: BotProcess, webhooks: Sequence[Webhook], outcome: str = "accepted") -> float:
    """CPU seconds for each of these webhooks."""
    before = cpu_seconds(bot)
    answers: list[Answer] = await at_once(bot.url("/webhook"), webhooks)
    require_outcome(answers, outcome)
    return (cpu_seconds(bot) - before) / len(webhooks)


async def _acted(simulator: GitHubSimulator, bot: BotProcess, act: Act, turns: int) -> float:
    """CPU seconds for each pull request, with all that follows from opening it."""
    before = cpu_seconds(bot)
    for turn in range(turns):
        await act(simulator, turn)
        if turn % _AT_A_TIME == _AT_A_TIME - 1:
            await drained(simulator, bot)
    await drained(simulator, bot)
    return (cpu_seconds(bot) - before) / turns


async def _edit(simulator: GitHubSimulator, turn: int) -> int:
    return await open_pep_edit(simulator, PUBLISHED[turn])


async def _new_pep(simulator: GitHubSimulator, turn: int) -> int:
    return await open_new_pep(simulator, PUBLISHED.stop + turn)
