"""Kinds of events and the requests to GitHub that each may cost.

`tests/end_to_end/test_budget.py` holds the budget, `benchmarks/requests.py` prints what is used.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.end_to_end.conftest import AUTHOR, EDITOR, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import LINE, PATH, propose

Play = Callable[[Desk], Awaitable[int]]
"""Lets the event happen on a desk where nothing has happened, and waits until the bot is done.

The desk's requests are then those of the event alone. Returns the pull request's number.
"""


@dataclass(frozen=True, slots=True)
class Budgeted:
    """One kind of event.

    Attributes:
        name: What happens, in words.
        reads: The most reads it may cost, tokens left out.
        writes: The most writes it may cost, the making of labels left out.
        play: Lets it happen.
    """

    name: str
    reads: int
    writes: int
    play: Play


def review_writes(desk: Desk) -> list[tuple[str, str]]:
    """Writes but for the making of labels, which happens once in a repository."""
    return [write for write in desk.writes() if write != ("POST", f"/repos/{REPOSITORY}/labels")]


async def _warm(desk: Desk) -> int:
    """A reviewed pull request, so that tree, policy, people and token are at hand."""
    number = await propose(desk)
    desk.simulator.clear_requests()
    return number


async def _new_pep(desk: Desk) -> int:
    await _warm(desk)
    return await propose(desk, number=843)


async def _mended(desk: Desk) -> int:
    number = await propose(desk, pep(sponsor=None), line=None)
    desk.simulator.clear_requests()
    await desk.simulator.push(
        REPOSITORY, number, {PATH: pep(), ".github/CODEOWNERS": f"* @python/pep-editors\n{LINE}\n"}
    )
    await desk.calm()
    return number


async def _cold(desk: Desk) -> int:
    await desk.simulator.uninstall_app(desk.installation)
    for number in OPEN_BEFORE:
        await propose(desk, number=number)
    await desk.stop()
    (desk.folder / "bot.sqlite3").unlink()
    desk.simulator.clear_requests()
    await desk.start()
    # What a start asks, who the app is and what failed to reach it, is no review's.
    await desk.until(lambda: any(path.startswith("/app/hook/") for path in desk.reads()))
    await desk.calm()
    desk.simulator.clear_requests()
    await desk.simulator.install_app([REPOSITORY])
    # A review that is done before the bot knows all claims is followed by a second look.
    await desk.calm()
    return await propose(desk)


async def _doubled(desk: Desk) -> int:
    number = await _warm(desk)
    (opened,) = [d for d in desk.simulator.deliveries if d.action == "opened"]
    await desk.simulator.redeliver(opened.guid)
    await desk.calm()
    return number


async def _push_of_nothing_new(desk: Desk) -> int:
    number = await _warm(desk)
    await desk.simulator.push(REPOSITORY, number, {"peps/pep-0842/figure.svg": "<svg/>\n"})
    await desk.calm()
    return number


async def _infrastructure(desk: Desk) -> int:
    await _warm(desk)
    number = await desk.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title="Mend the build", files={"Makefile": "all:\n"}
    )
    await desk.calm()
    return number


async def _talk(desk: Desk) -> int:
    number = await _warm(desk)
    await desk.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Thanks!")
    await desk.calm()
    return number


OPEN_BEFORE = (843, 844, 845)
"""The PEPs whose pull requests are open when a cold bot is installed: one read each."""

NEW_PEP = Budgeted("a new PEP with its CODEOWNERS line, warm", 6, 4, _new_pep)
MENDED = Budgeted("a push that mends a new PEP, warm", 6, 4, _mended)
COLD = Budgeted(
    f"a new PEP, the first review of a cold bot, {len(OPEN_BEFORE)} others open",
    16 + len(OPEN_BEFORE),
    4,
    _cold,
)
DOUBLED = Budgeted("a delivery that comes again", 0, 0, _doubled)
NOTHING_NEW = Budgeted("a push that changes nothing of interest", 2, 1, _push_of_nothing_new)
INFRASTRUCTURE = Budgeted("an infrastructure pull request", 2, 0, _infrastructure)
TALK = Budgeted("a comment that changes nothing", 6, 0, _talk)

BUDGET = (NEW_PEP, MENDED, COLD, DOUBLED, NOTHING_NEW, INFRASTRUCTURE, TALK)
