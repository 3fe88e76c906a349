"""Decisions that do not hold together, and their silent neighbours, through signed webhooks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.peps.dates import format_pep_date
from tests.end_to_end.conftest import (
    EDITOR,
    TODAY,
    pep,
    peps_harness,
)
from tests.end_to_end.golden import mentions
from tests.end_to_end.harness import REPOSITORY, Harness

ACCEPTANCE = f"Resolution: `{TODAY} <https://discuss.python.org/t/70001/12>`__\n"
REJECTION = f"Resolution: `{TODAY} <https://discuss.python.org/t/70001/99>`__\n"
PROVISIONAL, RELEASED, PLANNED = 840, 841, 842
DRAFT, OLD, REJECTED = 843, 844, 845
EDITH = "Edith Quill <edith@python.example>"

RELEASE_DAY = datetime.now(UTC).date() - timedelta(days=40)
SCHEDULE = f"""\
PEP: 700
Title: Python 3.16 Release Schedule
Author: {EDITH}
Status: Active
Type: Informational
Topic: Release
Created: {TODAY}
Python-Version: 3.16


Schedule
========

- 3.16 beta 1: {format_pep_date(RELEASE_DAY - timedelta(days=150))}
- 3.16.0 final: {RELEASE_DAY:%Y-%m-%d}
- 3.17.0 final: {RELEASE_DAY + timedelta(days=365):%Y-%m-%d}
"""


def text(number: int, status: str, *, resolution: str = "", version: str = "3.16") -> str:
    """A PEP of Edith's with what comes with its status, where PEP 1 has each header."""
    plain = pep(number, author=EDITH, sponsor=None, status=status)
    versions = f"Python-Version: {version}\n"
    return plain.replace("Python-Version: 3.16\n", f"{versions}{resolution}", 1)


def superseded(number: int, by: int) -> str:
    return text(number, "Superseded", resolution=f"Superseded-By: {by}\n")


def path(number: int) -> str:
    return f"peps/pep-{number:04}.rst"


@pytest.fixture
async def harness(tmp_path: Path, pem: str) -> AsyncIterator[Harness]:
    """A repository in which Python 3.16 was released, and 3.17 was not."""
    peps = {
        PROVISIONAL: text(PROVISIONAL, "Provisional", resolution=ACCEPTANCE),
        RELEASED: text(RELEASED, "Accepted", resolution=ACCEPTANCE),
        PLANNED: text(PLANNED, "Accepted", resolution=ACCEPTANCE, version="3.17"),
        DRAFT: text(DRAFT, "Draft", resolution=f"Replaces: {OLD}\n"),
        OLD: text(OLD, "Final"),
        REJECTED: text(REJECTED, "Rejected", resolution=REJECTION),
    }
    async with peps_harness(tmp_path, pem, peps) as running:
        # What is pushed is read into the register.
        await running.simulator.commit(REPOSITORY, {path(700): SCHEDULE}, by="hugo")
        await running.wait_until_idle()
        yield running


async def move(harness: Harness, number: int, after: str) -> int:
    opened = await harness.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title=f"PEP {number}: Mark", files={path(number): after}
    )
    await harness.wait_until_idle()
    return opened


def remarks(harness: Harness, number: int) -> list[tuple[str, str]]:
    """The level and the message of each annotation."""
    return [(level, message) for _, _, level, message in harness.annotations(number)]


def is_silent(harness: Harness, number: int) -> bool:
    said = (harness.labels(number), harness.comments(number), harness.annotations(number))
    return said == (set(), [], []) and harness.conclusions(number) == ["success"]


@pytest.mark.parametrize("status", ["Rejected", "Withdrawn"])
async def test_the_provisional_acceptance_is_no_resolution_of_what_overrules_it(
    harness: Harness, status: str
) -> None:
    number = await move(harness, PROVISIONAL, text(PROVISIONAL, status, resolution=ACCEPTANCE))
    assert remarks(harness, number) == [
        ("failure", "`Resolution` still links the provisional acceptance.")
    ]
    assert harness.conclusions(number) == ["failure"]
    assert harness.labels(number) == {"awaiting author"}
    assert f"This marks PEP 840 as **{status}**." in harness.comment(number)
    assert "Link the new decision" in harness.comment(number)
    assert mentions(harness.comment(number)) == []

    after = text(PROVISIONAL, status, resolution=REJECTION)
    await harness.simulator.push(REPOSITORY, number, {path(PROVISIONAL): after})
    await harness.wait_until_idle()
    assert (harness.conclusions(number), harness.annotations(number)) == (["success"], [])


async def test_what_a_draft_supersedes_is_a_notice(harness: Harness) -> None:
    number = await move(harness, OLD, superseded(OLD, DRAFT))
    assert remarks(harness, number) == [
        ("notice", f"PEP {DRAFT}, which replaces this one, is still `Draft`.")
    ]
    assert (harness.comments(number), harness.conclusions(number)) == ([], ["success"])


async def test_what_a_final_pep_supersedes_is_silent(harness: Harness) -> None:
    final = {path(DRAFT): text(DRAFT, "Final", resolution=f"Replaces: {OLD}\n")}
    await harness.simulator.commit(REPOSITORY, final, by="hugo")
    await harness.wait_until_idle()
    assert is_silent(harness, await move(harness, OLD, superseded(OLD, DRAFT)))


async def test_what_was_released_is_not_given_up(harness: Harness) -> None:
    number = await move(harness, RELEASED, text(RELEASED, "Rejected", resolution=REJECTION))
    message = (
        "PEP 1 allows a PEP to change from Accepted to Rejected only before a release, but Python "
        f"3.16 was released on {format_pep_date(RELEASE_DAY)}."
    )
    assert remarks(harness, number) == [("warning", message)]
    assert harness.conclusions(number) == ["neutral"]
    assert "regular deprecation process" in harness.comment(number)
    assert mentions(harness.comment(number)) == []


async def test_before_the_release_a_pep_may_be_given_up_in_silence(harness: Harness) -> None:
    after = text(PLANNED, "Rejected", resolution=REJECTION, version="3.17")
    harness.simulator.clear_requests()
    assert is_silent(harness, await move(harness, PLANNED, after))
    blobs = [one for one in harness.reads() if "/git/blobs/" in one]
    assert len(blobs) == 1, "the PEP itself; the calendar is in the store"


@pytest.mark.parametrize(("pep_number", "before"), [(RELEASED, "Accepted"), (REJECTED, "Rejected")])
async def test_a_step_back_to_draft_is_asked_for_its_reason_in_a_notice(
    harness: Harness, pep_number: int, before: str
) -> None:
    number = await move(harness, pep_number, text(pep_number, "Draft"))
    ((level, message),) = remarks(harness, number)
    assert (level, harness.comments(number), harness.conclusions(number)) == (
        "notice",
        [],
        ["success"],
    )
    assert message == (
        f"This takes the PEP back from {before} to Draft. PEP 1 allows this where the decision was "
        "taken back or the delegate stepped down; which was it?"
    )


THREAD = "Discussions-To: https://discuss.python.org/t/70001\n"
FORM = "https://github.com/python/steering-council/issues/new?"


async def test_the_councils_form_is_for_published_peps(harness: Harness) -> None:
    for pep_number, is_given in ((DRAFT, True), (850, False), (9999, False)):
        changed = text(pep_number, "Draft").replace("Status:", f"{THREAD}Status:", 1)
        number = await move(harness, pep_number, changed)
        head = harness.simulator.pull_request(REPOSITORY, number).head_sha
        (run,) = harness.simulator.check_runs(REPOSITORY, head)
        assert (FORM in (run.summary or "")) is is_given
        assert not [one for one in harness.comments(number) if FORM in one]
        await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep submit")
        await harness.wait_until_idle()
        assert (FORM in harness.replies(number)[-1]) is is_given


async def test_how_packaging_is_governed_is_decided_by_the_council_and_the_board(
    harness: Harness,
) -> None:
    governance = "Type: Process\nTopic: Governance, Packaging\n"
    draft = text(850, "Draft").replace("Type: Standards Track\n", governance)
    draft = draft.replace("Python-Version: 3.16\n", "")
    number = await move(harness, 850, draft)
    board = "the board of the Python Software Foundation"
    assert (
        f"**Decided by** the Steering Council and {board}, after public discussion."
    ) in harness.comment(number)
