"""A story for tests of disorder and traffic: two proposals from opened to settled, step by step."""

import re
from collections.abc import Awaitable, Callable

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep, with_line
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import LINE, PATH, propose

Step = Callable[[Harness], Awaitable[object]]
Outcome = dict[int, tuple[frozenset[str], tuple[str | None, ...], tuple[str, ...]]]

_IDS = re.compile(r"(issuecomment-|pullrequestreview-)[0-9]+")
FIRST, SECOND = 1, 2


async def _first_opens(harness: Harness) -> None:
    text = pep(9999, sponsor=None)
    await propose(harness, text, number=9999, line=None, wait_until_idle=False)


async def _first_takes_number(harness: Harness) -> None:
    await harness.simulator.push(
        REPOSITORY,
        FIRST,
        {"peps/pep-9999.rst": None, PATH: pep(), ".github/CODEOWNERS": with_line(LINE)},
    )
    await harness.simulator.edit_pull_request(REPOSITORY, FIRST, by=AUTHOR, title="PEP 842: Calm")


async def _second_opens(harness: Harness) -> None:
    await propose(harness, pep(sponsor=None), by=STRANGER, line=None, wait_until_idle=False)


async def _first_is_closed_by_mistake(harness: Harness) -> None:
    await harness.simulator.close(REPOSITORY, FIRST, by=AUTHOR)


async def _first_is_opened_again(harness: Harness) -> None:
    await harness.simulator.reopen(REPOSITORY, FIRST, by=AUTHOR)


async def _sponsor_agrees(harness: Harness) -> None:
    await harness.simulator.comment(REPOSITORY, FIRST, by=SPONSOR, body="Sure.\n\n/pep sponsor")


async def _editor_sets_sponsor_aside(harness: Harness) -> None:
    await harness.simulator.label(REPOSITORY, SECOND, by=EDITOR, name="skip sponsor")


STEPS: tuple[Step, ...] = (
    _first_opens,
    _first_takes_number,
    _second_opens,
    _first_is_closed_by_mistake,
    _first_is_opened_again,
    _sponsor_agrees,
    _editor_sets_sponsor_aside,
)


async def play(harness: Harness, steps: tuple[Step, ...] = STEPS) -> None:
    """Play steps, each after the bot is done with the previous one."""
    for step in steps:
        await step(harness)
        await harness.wait_until_idle()


def outcome(harness: Harness) -> Outcome:
    """What is on GitHub at the end, without what differs from run to run."""
    return {
        number: (
            frozenset(harness.labels(number)),
            tuple(harness.conclusions(number)),
            tuple(_IDS.sub(r"\1…", body) for body in harness.comments(number)),
        )
        for number in (FIRST, SECOND)
    }
