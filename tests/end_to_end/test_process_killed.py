"""kill -9 at random moments: nothing accepted is lost, nothing on GitHub is doubled.

The same story is told twice, once calmly and once with the program killed again and again. What
stands on GitHub in the end has to be the same.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.inbox.delivery import DeliveryState
from bot.inbox.sqlite import open_inbox
from bot.simulator.github import GitHubSimulator
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, CORE_TEAM, EDITOR, SPONSOR, pep, with_line
from tests.end_to_end.desk import BOT, REPOSITORY
from tests.end_to_end.process import (
    PATIENCE,
    UNHURRIED,
    BotProcess,
    calm,
    environment,
    github,
)

FILES = {
    ".github/CODEOWNERS": CODEOWNERS,
    "peps/pep-0840.rst": pep(840, author="Edith Quill <edith@python.example>", sponsor=None),
    "peps/pep-0841.rst": pep(841, author="Edith Quill <edith@python.example>", sponsor=None),
}
PROPOSALS = range(1, 11)
EDITS = range(11, 13)
KILLS = 4
CREATES = r"^POST .*/(check-runs|issues/\d+/comments)$"

Act = Callable[[GitHubSimulator], Awaitable[object]]


def _path(number: int) -> str:
    return f"peps/pep-{841 + number:04}.rst"


def _opening(number: int) -> Act:
    """The first seven proposals are complete but for the sponsor's word, the others lack a line."""
    files = {_path(number): pep(841 + number)}
    if number <= 7:
        files[".github/CODEOWNERS"] = with_line(f"{_path(number)}  @ada")
    title = f"PEP {841 + number}: A calmer way"
    return lambda github: github.open_pull_request(REPOSITORY, by=AUTHOR, title=title, files=files)


def _edit(number: int) -> Act:
    files: dict[str, str | bytes | None] = {"peps/pep-0840.rst": FILES["peps/pep-0840.rst"] + "x\n"}
    title = f"PEP 840: Mend a sentence ({number})"
    return lambda github: github.open_pull_request(REPOSITORY, by=AUTHOR, title=title, files=files)


def _push(number: int, words: str) -> Act:
    return lambda github: github.push(
        REPOSITORY, number, {_path(number): pep(841 + number, body=words)}
    )


def _talk(number: int, by: str, body: str) -> Act:
    return lambda github: github.comment(REPOSITORY, number, by=by, body=body)


def _retitle(number: int, title: str) -> Act:
    return lambda github: github.edit_pull_request(REPOSITORY, number, by=AUTHOR, title=title)


def _label(number: int) -> Act:
    return lambda github: github.label(REPOSITORY, number, by=EDITOR, name="enhancement")


def _later(number: int) -> list[Act]:
    """What happens to a proposal after it was opened, in this order."""
    acts = [
        _push(number, "One more sentence."),
        _talk(number, "mallory", "Interesting!"),
        _retitle(number, f"PEP {841 + number}: A calmer way, mended"),
        _push(number, "Two more sentences."),
        _label(number),
        _talk(number, AUTHOR, "Thank you all."),
    ]
    if number % 2:
        acts.insert(3, _talk(number, SPONSOR, "/pep sponsor"))
    return acts


def _story(chance: random.Random) -> list[Act]:
    """Openings first, so that numbers are the same each time; then everybody at once."""
    waiting = {number: _later(number) for number in PROPOSALS}
    waiting |= {number: [_talk(number, "mallory", "Why?"), _label(number)] for number in EDITS}
    acts = [*map(_opening, PROPOSALS), *map(_edit, EDITS)]
    while waiting:
        number = chance.choice(list(waiting))
        acts.append(waiting[number].pop(0))
        if not waiting[number]:
            del waiting[number]
    return acts


@dataclass(frozen=True)
class Standing:
    """What a person sees on a pull request."""

    labels: frozenset[str]
    comments: tuple[str, ...]
    checks: tuple[tuple[str | None, str | None, tuple[str, ...]], ...]


def _standing(github: GitHubSimulator, number: int) -> Standing:
    pull = github.pull_request(REPOSITORY, number)
    return Standing(
        frozenset(pull.labels),
        # Ids of comments in links are GitHub's affair and differ.
        tuple(
            re.sub(r"issuecomment-\d+", "issuecomment-…", comment.body)
            for comment in pull.comments
            if comment.login == BOT
        ),
        tuple(
            (run.conclusion, run.title, tuple(note["message"] for note in run.annotations))
            for run in github.check_runs(REPOSITORY, pull.head_sha)
        ),
    )


async def _told(
    pem: str, store: Path, story: list[Act], kills: set[int], chance: random.Random
) -> list[Standing]:
    """Tell the story, killing the program during the acts of these indices."""
    async with github(pem, FILES, CORE_TEAM) as simulated:
        settings = environment(pem, simulated.api_url, store)
        bot = BotProcess(settings, UNHURRIED)
        try:
            await _start(bot, simulated)
            await simulated.install_app([REPOSITORY])
            await calm(simulated, bot)
            for index, act in enumerate(story):
                await act(simulated)
                if chance.random() < 0.15:
                    await simulated.redeliver(simulated.deliveries[-1].guid)
                if index in kills:
                    # The first ones only: the more often something was begun, the longer it waits
                    # after GitHub's answer was lost.
                    lost = index in sorted(kills)[:2]
                    await _work_until(_moment(simulated, chance, lost=lost), simulated, bot)
                    await bot.kill()
                    simulated.clear_faults()
                    await _start(bot, simulated)
            await simulated.settle()
            # What found nobody listening is redelivered, as GitHub lets an app do.
            for delivery in simulated.deliveries:
                if delivery.status_code != 202:
                    await simulated.redeliver(delivery.guid)
            await calm(simulated, bot)
            await _check(simulated, bot)
        finally:
            await bot.close()
        return [_standing(simulated, number) for number in (*PROPOSALS, *EDITS)]


async def _start(bot: BotProcess, simulated: GitHubSimulator) -> None:
    await bot.start()
    simulated.webhook_url = bot.url("/webhook")


def _moment(simulated: GitHubSimulator, chance: random.Random, *, lost: bool) -> Callable[[], bool]:
    """When to kill: when something was created and nobody heard of it, or at a random request."""
    begun = len(simulated.requests)
    if lost:
        simulated.drop_connections(CREATES, after=True)
        return lambda: any(request.status is None for request in simulated.requests[begun:])
    reached = begun + chance.randrange(1, 25)
    return lambda: len(simulated.requests) >= reached


async def _work_until(
    moment: Callable[[], bool], simulated: GitHubSimulator, bot: BotProcess
) -> None:
    """Let it work until the moment comes, or until there is nothing to do before it does."""
    async with asyncio.timeout(PATIENCE):
        while not moment():
            if all(delivery.attempts for delivery in simulated.deliveries):
                queue = await bot.queue()
                if not (queue["queued"] or queue["running"]):
                    return
            await asyncio.sleep(0.002)


async def _check(simulated: GitHubSimulator, bot: BotProcess) -> None:
    """Everything was accepted and handled, and nothing stands twice."""
    assert {delivery.status_code for delivery in simulated.deliveries} == {202}
    queue = await bot.queue()
    assert (queue["queued"], queue["running"], queue["dead"]) == (0, 0, 0)
    inbox = await open_inbox(bot.environment["DATABASE_URL"], serving=False)
    try:
        for delivery in simulated.deliveries:
            if '"ignored"' not in delivery.response:
                record = await inbox.record(delivery.guid)
                assert record is not None, f"lost: {delivery.event}.{delivery.action}"
                assert record.state is DeliveryState.DONE
    finally:
        await inbox.close()
    heads = {
        request.body["head_sha"]
        for request in simulated.requests
        if request.method == "POST" and request.path.endswith("/check-runs")
    }
    for head in heads:
        assert len(simulated.check_runs(REPOSITORY, head)) == 1, "one check run a head"


async def test_a_story_full_of_kills_ends_like_a_calm_one(pem: str, tmp_path: Path) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    story = _story(chance)
    kills = set(chance.sample(range(4, len(story)), KILLS))
    calm_end = await _told(pem, tmp_path / "calm.sqlite3", story, set(), random.Random(seed))
    end = await _told(pem, tmp_path / "killed.sqlite3", story, kills, random.Random(seed))
    for number, (is_now, should_be) in enumerate(zip(end, calm_end, strict=True), 1):
        assert is_now == should_be, f"#{number} (seed {seed})"
    proposals = end[: len(PROPOSALS)]
    assert [len(standing.comments) for standing in proposals] == [1] * len(PROPOSALS)
    assert [len(standing.checks) for standing in end] == [1] * len(end)
