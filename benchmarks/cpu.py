"""CPU per delivery: CPU time of each kind of event, from acceptance to the last write."""

from collections.abc import Awaitable, Callable, Sequence

from benchmarks.figure import Figure, Floor, Scale
from benchmarks.load import Answer, at_once, require_outcome
from benchmarks.process_cost import cpu_seconds
from benchmarks.served import at_work, bare_server, drained, private_key, temporary_store
from benchmarks.simulated_repository import (
    PUBLISHED,
    open_infrastructure,
    open_new_pep,
    open_pep_edit,
    simulated_repository,
)
from benchmarks.webhook import Webhook, about_pull_requests, repeated
from github_simulator.github import GitHubSimulator
from tests.end_to_end.process import BotProcess

_FLOOR = "a bare aiohttp server that checks the HMAC"
_AT_A_TIME = 20
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
            turns = scale.of(200, 5)
            per_delivery += [
                (what, await _acted(simulator, bot, act, turns))
                for what, act in (
                    ("of an infrastructure pull request", open_infrastructure),
                    ("of an edit of a PEP", _edit),
                    ("of a new PEP", _new_pep),
                )
            ]
    return [
        Figure(f"CPU per delivery {what}", 1000 * seconds, "ms", None, floor_in_ms)
        for floor_in_ms in [Floor(1000 * floor.value, floor.what)]
        for what, seconds in per_delivery
    ]


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
