"""Two proposals from opened to settled, step by step: what tests of disorder and traffic play."""

import re
from collections.abc import Awaitable, Callable

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep, with_line
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import LINE, PATH, propose

Step = Callable[[Desk], Awaitable[object]]
Outcome = dict[int, tuple[frozenset[str], tuple[str | None, ...], tuple[str, ...]]]

_IDS = re.compile(r"(issuecomment-|pullrequestreview-)[0-9]+")
FIRST, SECOND = 1, 2


async def _first_opens(desk: Desk) -> None:
    text = pep(9999, sponsor=None)
    await propose(desk, text, number=9999, line=None, calm=False)


async def _first_takes_number(desk: Desk) -> None:
    await desk.simulator.push(
        REPOSITORY,
        FIRST,
        {"peps/pep-9999.rst": None, PATH: pep(), ".github/CODEOWNERS": with_line(LINE)},
    )
    await desk.simulator.edit_pull_request(REPOSITORY, FIRST, by=AUTHOR, title="PEP 842: Calm")


async def _second_opens(desk: Desk) -> None:
    await propose(desk, pep(sponsor=None), by=STRANGER, line=None, calm=False)


async def _first_is_closed_by_mistake(desk: Desk) -> None:
    await desk.simulator.close(REPOSITORY, FIRST, by=AUTHOR)


async def _first_is_opened_again(desk: Desk) -> None:
    await desk.simulator.reopen(REPOSITORY, FIRST, by=AUTHOR)


async def _sponsor_agrees(desk: Desk) -> None:
    await desk.simulator.comment(REPOSITORY, FIRST, by=SPONSOR, body="Sure.\n\n/pep sponsor")


async def _editor_sets_sponsor_aside(desk: Desk) -> None:
    await desk.simulator.label(REPOSITORY, SECOND, by=EDITOR, name="skip sponsor")


STEPS: tuple[Step, ...] = (
    _first_opens,
    _first_takes_number,
    _second_opens,
    _first_is_closed_by_mistake,
    _first_is_opened_again,
    _sponsor_agrees,
    _editor_sets_sponsor_aside,
)


async def play(desk: Desk, steps: tuple[Step, ...] = STEPS) -> None:
    """Play steps, each when the bot is done with the one before."""
    for step in steps:
        await step(desk)
        await desk.calm()


def outcome(desk: Desk) -> Outcome:
    """What stands at the end, without what differs from run to run."""
    return {
        number: (
            frozenset(desk.labels(number)),
            tuple(desk.conclusions(number)),
            tuple(_IDS.sub(r"\1…", body) for body in desk.comments(number)),
        )
        for number in (FIRST, SECOND)
    }
