"""PEPs that nobody carries on, in the queue: Provisional, Accepted without a release, Deferred."""

import json
from datetime import UTC, datetime

import pytest

from bot.cli.queue import queue_json, read_queues
from bot.peps.dates import format_pep_date
from tests.end_to_end.conftest import EDITOR, OTHER_EDITOR, Days, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.test_reminders import later

PROVISIONAL, PACKAGING, PROCESS, DEFERRED, SCHEDULE = 850, 851, 852, 853, 854
WITHOUT_VERSION = "Python-Version: 3.16\n"


def text(number: int, status: str, topic: str = "", kind: str = "Standards Track") -> str:
    """A PEP of Edith's; only one without a topic names a version."""
    header = f"Topic: {topic}\n" if topic else ""
    plain = pep(
        number,
        author="Edith Quill <edith@python.example>",
        sponsor=None,
        status=status,
        headers=header,
    ).replace("Type: Standards Track\n", f"Type: {kind}\n")
    return plain.replace(WITHOUT_VERSION, "") if topic or kind == "Process" else plain


RELEASED = format_pep_date(datetime.now(UTC).date())
PEPS = {
    PROVISIONAL: text(PROVISIONAL, "Provisional"),
    PACKAGING: text(PACKAGING, "Accepted", "Packaging"),
    PROCESS: text(PROCESS, "Accepted", kind="Process"),
    DEFERRED: text(DEFERRED, "Deferred"),
    SCHEDULE: text(SCHEDULE, "Active", "Release", "Informational").replace(
        "This PEP proposes something.", f"- 3.16.0 final: {RELEASED}"
    ),
}


def path(number: int) -> str:
    return f"peps/pep-0{number}.rst"


@pytest.fixture
async def harness(harness: Harness) -> Harness:
    # They are pushed without pull requests, which is not what is tested here.
    policy = {".github/pep-bot.toml": '[reminders]\npushed = "off"\n'}
    peps = {path(number): one for number, one in PEPS.items()}
    await harness.simulator.commit(REPOSITORY, policy | peps, by=EDITOR)
    await harness.wait_until_idle()
    return harness


async def follow_ups(harness: Harness, clock: Days) -> dict[int, str]:
    """The kind of what is left to do, by PEP, as the command line tells it."""
    queues = await read_queues(harness.settings().database_url, clock)
    (here,) = [
        one
        for one in map(json.loads, queue_json(queues).splitlines())
        if one["repository"] == REPOSITORY
    ]
    return {one["pep"]: one["kind"] for one in here["follow_ups"] if one["pep"] in PEPS}


async def test_what_nobody_carries_on_is_in_the_queue_and_nowhere_else(
    harness: Harness, clock: Days
) -> None:
    assert await follow_ups(harness, clock) == {PROVISIONAL: "provisional"}, "3.16 is released"
    await later(harness, clock, 364)
    assert set(await follow_ups(harness, clock)) - {PROVISIONAL} == set(), "not yet a year"
    await later(harness, clock, 2)
    assert await follow_ups(harness, clock) == {
        PROVISIONAL: "provisional",
        PACKAGING: "not-final",
        PROCESS: "not-final",
        DEFERRED: "deferred",
    }
    assert harness.writes() == []

    # Somebody takes one up, another is set aside, and a third is done.
    taken_up = PEPS[DEFERRED].replace("something", "something else")
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title="PEP 853: Words", files={path(DEFERRED): taken_up}
    )
    done = PEPS[PACKAGING].replace("Accepted", "Final")
    await harness.simulator.commit(REPOSITORY, {path(PACKAGING): done}, by=EDITOR)
    await harness.simulator.comment(
        REPOSITORY, number, by=OTHER_EDITOR, body="/pep not-yet 852 because it goes on"
    )
    await harness.wait_until_idle()
    assert await follow_ups(harness, clock) == {PROVISIONAL: "provisional"}
