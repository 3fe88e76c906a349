"""From webhook to finished check run: how long an author waits after a push.

The floor is the same requests, sent by a bare client in the order in which the bot may send them,
with independent reads in parallel. The difference is the bot's own work, including its commits.
GitHub's latency is zero on both sides, or in the last part 150 ms on both: what counts then is how
often the bot waits. The requests of the last turn of that part are printed on stderr, by waves.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

import aiohttp
import jwt
from rich.console import Console

from benchmarks.figure import Broken, Figure, Floor, Scale, percentile, require
from benchmarks.served import at_work, drained, private_key, temporary_store
from benchmarks.simulated_repository import (
    PUBLISHED,
    edited,
    open_new_pep,
    open_pep_edit,
    simulated_repository,
)
from benchmarks.waterfall import as_table, up_to_check_run
from github_simulator.api.server import Request
from github_simulator.github import GitHubSimulator
from tests.end_to_end.harness import APP_ID, REPOSITORY
from tests.end_to_end.process import TIMEOUT, BotProcess

TARGET = 250.0
LATENCY = 0.15
"""Seconds by which every answer of GitHub is late in the last part."""

WAVES = 4
"""The most that may be needed: three waves of reads, and the write."""

LATE_TARGET = 750.0
_LOOK_EVERY = 0.001
_FLOOR = "the same requests from a bare aiohttp client"

Act = Callable[[GitHubSimulator, int], Awaitable[int]]
"""Something a person does in one turn; returns the pull request's number."""


async def measure(scale: Scale) -> Sequence[Figure]:
    """Measure it for a new PEP, a push to it, and an edit of a published PEP."""
    pem = private_key()
    turns = scale.of(100, 3)
    figures: list[Figure] = []
    async with (
        simulated_repository(pem) as simulator,
        temporary_store() as store,
        at_work(simulator, pem, store) as bot,
        aiohttp.ClientSession(
            headers={
                "Authorization": f"Bearer {await installation_token(simulator, pem)}",
                "User-Agent": "floor",
            }
        ) as session,
    ):
        await _new_pep(simulator, -1)
        await drained(simulator, bot)
        for what, act in (
            ("a new PEP is opened", _new_pep),
            ("it is pushed to", _push),
            ("an edit of a PEP is opened", _edit),
        ):
            took, floor = [], []
            for turn in range(turns):
                simulator.clear_requests()
                took.append(await _seconds(simulator, bot, act, turn))
                floor.append(await _replayed(simulator, session))
                await drained(simulator, bot)
            figures += _figures(what, took, floor, TARGET, (50, 95, 99))
        simulator.latency(LATENCY)
        took, floor, waves = [], [], []
        for turn in range(turns, turns + scale.of(15, 2)):
            simulator.clear_requests()
            took.append(await _seconds(simulator, bot, _new_pep, turn))
            waterfall = up_to_check_run(simulator.requests)
            waves.append(waterfall[-1][0])
            floor.append(await _replayed(simulator, session))
            await drained(simulator, bot)
    Console(stderr=True, width=160).print(as_table("A new PEP is opened", waterfall))
    figures += _figures(
        "a new PEP is opened, every answer 150 ms late", took, floor, LATE_TARGET, (50, 95)
    )
    what = "Waves of requests up to the check run of a new PEP"
    figures.append(Figure(what, max(waves), "", WAVES))
    return figures


def _figures(
    what: str, took: list[float], floor: list[float], target: float, percents: Sequence[int]
) -> list[Figure]:
    return [
        Figure(
            f"Webhook to check run when {what}, p{percent}",
            1000 * percentile(took, percent),
            "ms",
            target,
            Floor(1000 * percentile(floor, percent), _FLOOR),
        )
        for percent in percents
    ]


async def _new_pep(simulator: GitHubSimulator, turn: int) -> int:
    return await open_new_pep(simulator, PUBLISHED.stop + 1 + turn)


async def _push(simulator: GitHubSimulator, turn: int) -> int:
    number = turn + 2  # the first pull request warmed the bot up
    await simulator.push(REPOSITORY, number, edited(PUBLISHED.stop + 1 + turn, f"Push {turn}."))
    return number


async def _edit(simulator: GitHubSimulator, turn: int) -> int:
    return await open_pep_edit(simulator, PUBLISHED[turn])


async def _seconds(simulator: GitHubSimulator, bot: BotProcess, act: Act, turn: int) -> float:
    begun = time.perf_counter()
    number = await act(simulator, turn)
    head = simulator.pull_request(REPOSITORY, number).head_sha
    while not simulator.check_runs(REPOSITORY, head):
        require(time.perf_counter() - begun < TIMEOUT, "a check run never came")
        await asyncio.sleep(_LOOK_EVERY)
    took = time.perf_counter() - begun
    await drained(simulator, bot)
    (run,) = simulator.check_runs(REPOSITORY, head)
    require(run.status == "completed", f"the check run is {run.status}")
    return took


async def _replayed(simulator: GitHubSimulator, session: aiohttp.ClientSession) -> float:
    """Repeat the bot's requests up to its check run; returns how long that takes."""
    requests = list(simulator.requests)
    last = next(
        index for index, request in enumerate(requests) if request.path.endswith("/check-runs")
    )
    begun = time.perf_counter()
    for _, together in groupby(requests[: last + 1], _step):
        await asyncio.gather(*(_send(session, simulator, request) for request in together))
    return time.perf_counter() - begun


def _step(request: Request) -> int:
    """The step of a request; requests of one step may be sent in parallel."""
    if request.method != "GET":
        return 2
    return 0 if re.search(r"/pulls/\d+(/files\?.*)?$", request.path) else 1


async def _send(
    session: aiohttp.ClientSession, simulator: GitHubSimulator, request: Request
) -> None:
    url = simulator.api_url + request.path
    async with session.request(request.method, url, json=request.body) as answer:
        await answer.read()
        if answer.status >= 400:
            raise Broken(f"{request.method} {request.path} was answered {answer.status}")


async def installation_token(simulator: GitHubSimulator, pem: str) -> str:
    """A token of the app's only installation."""
    now = int(time.time())
    claims = {"iat": now - 60, "exp": now + 300, "iss": str(APP_ID)}
    signed = {"Authorization": f"Bearer {jwt.encode(claims, pem, 'RS256')}", "User-Agent": "floor"}
    async with aiohttp.ClientSession(simulator.api_url, headers=signed) as session:
        async with session.get("/app/installations") as answer:
            (installation,) = await answer.json()
        url = f"/app/installations/{installation['id']}/access_tokens"
        async with session.post(url) as answer:
            return str((await answer.json())["token"])
