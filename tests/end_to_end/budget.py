"""Kinds of events and the requests to GitHub that each may cost.

`tests/end_to_end/test_budget.py` enforces the budget, `benchmarks/requests.py` prints what is used.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.end_to_end.conftest import AUTHOR, EDITOR, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import LINE, PATH, propose, set_policy

Play = Callable[[Harness], Awaitable[int]]
"""Lets the event happen in a harness where nothing has happened, and waits until the bot is done.

The harness's requests are then those of the event alone. Returns the pull request's number.
"""


@dataclass(frozen=True, slots=True)
class Budgeted:
    """One kind of event.

    Attributes:
        name: What happens, for people.
        reads: The most reads it may cost, requests for tokens left out.
        writes: The most writes it may cost, the creation of labels left out.
        play: Lets it happen.
    """

    name: str
    reads: int
    writes: int
    play: Play


def review_writes(harness: Harness) -> list[tuple[str, str]]:
    """Writes without the creation of labels, which happens once per repository."""
    return [write for write in harness.writes() if write != ("POST", f"/repos/{REPOSITORY}/labels")]


async def _warm(harness: Harness) -> int:
    """Have a pull request reviewed, so that tree, policy, people and token are cached."""
    number = await propose(harness)
    harness.simulator.clear_requests()
    return number


async def _new_pep(harness: Harness) -> int:
    await _warm(harness)
    return await propose(harness, number=843)


async def _fixed(harness: Harness) -> int:
    number = await propose(harness, pep(sponsor=None), line=None)
    harness.simulator.clear_requests()
    await harness.simulator.push(
        REPOSITORY, number, {PATH: pep(), ".github/CODEOWNERS": f"* @python/pep-editors\n{LINE}\n"}
    )
    await harness.wait_until_idle()
    return number


async def _first_review(harness: Harness) -> int:
    await harness.simulator.uninstall_app(harness.installation)
    for number in OPEN_BEFORE:
        await propose(harness, number=number)
    await harness.stop()
    (harness.folder / "bot.sqlite3").unlink()
    harness.simulator.clear_requests()
    await harness.start()
    # The requests of a start (who the app is, and which webhooks failed) belong to no review.
    await harness.until(lambda: any(path.startswith("/app/hook/") for path in harness.reads()))
    await harness.wait_until_idle()
    harness.simulator.clear_requests()
    await harness.simulator.install_app([REPOSITORY])
    # A review that is done before the bot knows all claims is followed by a second look.
    await harness.wait_until_idle()
    return await propose(harness)


async def _doubled(harness: Harness) -> int:
    number = await _warm(harness)
    (opened,) = [d for d in harness.simulator.deliveries if d.action == "opened"]
    await harness.simulator.redeliver(opened.guid)
    await harness.wait_until_idle()
    return number


async def _push_of_nothing_new(harness: Harness) -> int:
    number = await _warm(harness)
    await harness.simulator.push(REPOSITORY, number, {"peps/pep-0842/figure.svg": "<svg/>\n"})
    await harness.wait_until_idle()
    return number


async def _infrastructure(harness: Harness) -> int:
    await _warm(harness)
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title="Mend the build", files={"Makefile": "all:\n"}
    )
    await harness.wait_until_idle()
    return number


async def _talk(harness: Harness) -> int:
    number = await _warm(harness)
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Thanks!")
    await harness.wait_until_idle()
    return number


async def _new_policy(harness: Harness) -> int:
    numbers = [await propose(harness, number=number) for number in OPEN_BEFORE]
    harness.simulator.clear_requests()
    await set_policy(harness, '[labels]\nnew_pep = "fresh"\n')
    return numbers[-1]


OPEN_BEFORE = (843, 844, 845)
"""The PEPs whose pull requests are open before a cold bot is installed or a policy changes."""

NEW_PEP = Budgeted("a new PEP with its CODEOWNERS line, warm", 6, 4, _new_pep)
FIXED = Budgeted("a push that fixes a new PEP, warm", 6, 4, _fixed)
COLD = Budgeted(
    f"a new PEP, the first review of a cold bot, {len(OPEN_BEFORE)} others open",
    16 + len(OPEN_BEFORE),
    4,
    _first_review,
)
DOUBLED = Budgeted("a delivery that comes again", 0, 0, _doubled)
NOTHING_NEW = Budgeted("a push that changes nothing of interest", 2, 1, _push_of_nothing_new)
INFRASTRUCTURE = Budgeted("an infrastructure pull request", 2, 0, _infrastructure)
TALK = Budgeted("a comment that changes nothing", 6, 0, _talk)
NEW_POLICY = Budgeted(
    f"a push of a policy that concerns {len(OPEN_BEFORE)} new PEPs",
    2 + 2 * len(OPEN_BEFORE),
    2 * len(OPEN_BEFORE),
    _new_policy,
)

BUDGET = (NEW_PEP, FIXED, COLD, DOUBLED, NOTHING_NEW, INFRASTRUCTURE, TALK, NEW_POLICY)
