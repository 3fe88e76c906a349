"""Edits of published PEPs in substance, and their silent neighbours, through signed webhooks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.peps.dates import format_pep_date
from tests.end_to_end.conftest import (
    EDITOR,
    STRANGER,
    pep,
    peps_harness,
)
from tests.end_to_end.council import COUNCIL, open_council, submit, summary
from tests.end_to_end.harness import REPOSITORY, Harness

DRAFT, PROVISIONAL, ACCEPTED, FINAL = 840, 841, 842, 843
STATUSES = {
    DRAFT: "Draft",
    PROVISIONAL: "Provisional",
    ACCEPTED: "Accepted",
    FINAL: "Final",
}
THREAD = "https://discuss.python.org/t/70001"
SUGGESTION = (
    f"PEP 840: 200 lines of the Specification change. PEP 1 suggests discussing substantive "
    f"changes in [the thread]({THREAD}) first."
)
NOTED = "Change History\n==============\n\n- Other words.\n\n\n"


def text(number: int, lines: int = 0, history: str = "") -> str:
    """A PEP of Edith's with so many more lines of Specification."""
    more = "".join(f"Line {count}.\n" for count in range(lines))
    body = f"Words.\n\n\nSpecification\n=============\n\nIt is so.\n{more}\n\n{history}"
    header = f"Discussions-To: {THREAD}\n"
    plain = pep(
        number,
        author="Edith Quill <edith@python.example>",
        sponsor=None,
        status=STATUSES[number],
        body=body.rstrip("\n"),
    )
    return plain.replace("Status:", f"{header}Status:", 1)


@pytest.fixture
async def harness(tmp_path: Path, pem: str) -> AsyncIterator[Harness]:
    peps = {number: text(number) for number in STATUSES}
    async with peps_harness(tmp_path, pem, peps) as running:
        yield running


async def edit(harness: Harness, number: int, after: str, body: str = "") -> int:
    opened = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=EDITOR,
        title=f"PEP {number}: Other words",
        body=body,
        files={f"peps/pep-0{number}.rst": after},
    )
    await harness.wait_until_idle()
    return opened


def remarks(harness: Harness, number: int) -> list[tuple[str, str]]:
    """The level and the message of each annotation; nothing else may be there."""
    assert (harness.labels(number), harness.comments(number)) == (set(), [])
    assert harness.conclusions(number) == ["success"]
    return [(level, message) for _, _, level, message in harness.annotations(number)]


def details(harness: Harness, number: int) -> str:
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run.text or ""


async def test_much_of_a_draft_changes_and_one_line_links_its_thread(harness: Harness) -> None:
    number = await edit(harness, DRAFT, text(DRAFT, 200))
    assert remarks(harness, number) == []
    assert details(harness, number) == SUGGESTION


async def test_a_small_edit_of_a_draft_is_silent(harness: Harness) -> None:
    number = await edit(harness, DRAFT, text(DRAFT, 20))
    assert (remarks(harness, number), details(harness, number)) == ([], "")


async def test_those_who_read_a_draft_are_to_be_told_of_what_changes(harness: Harness) -> None:
    await open_council(harness)
    await submit(harness, DRAFT, by=EDITOR)
    number = await edit(harness, DRAFT, text(DRAFT, 200))
    today = format_pep_date(datetime.now(UTC).date())
    reading = f"The Steering Council has been reviewing PEP 840 since {today} (`{COUNCIL}#1`)"
    assert remarks(harness, number) == [("notice", f"{reading}: report the change there.")]
    assert reading in summary(harness, number)
    assert remarks(harness, await edit(harness, DRAFT, text(DRAFT, 20))) == []

    await harness.simulator.close(COUNCIL, 1, by=STRANGER)
    await harness.wait_until_idle()
    assert reading not in summary(harness, number)


AMENDED = (
    "20 lines of the Specification change. PEP 1 says that amendments should be noted in the PEP"
)


@pytest.mark.parametrize(
    ("pep_number", "message"),
    [
        (PROVISIONAL, f"{AMENDED}."),
        (ACCEPTED, f"{AMENDED}, with the Steering Council's approval."),
    ],
)
async def test_an_amendment_is_to_be_noted(harness: Harness, pep_number: int, message: str) -> None:
    number = await edit(harness, pep_number, text(pep_number, 20))
    assert remarks(harness, number) == [("notice", message)]
    noted = {f"peps/pep-0{pep_number}.rst": text(pep_number, 20, NOTED)}
    await harness.simulator.push(REPOSITORY, number, noted)
    await harness.wait_until_idle()
    assert remarks(harness, number) == []
    assert remarks(harness, await edit(harness, pep_number, text(pep_number, 3))) == []


async def test_an_approval_that_is_linked_is_enough_for_an_accepted_pep(harness: Harness) -> None:
    approved = f"See https://github.com/{COUNCIL}/issues/340"
    assert remarks(harness, await edit(harness, ACCEPTED, text(ACCEPTED, 20), approved)) == []


async def test_of_a_final_pep_is_said_what_was_said_before(harness: Harness) -> None:
    number = await edit(harness, FINAL, text(FINAL, 60))
    assert remarks(harness, number) == [
        ("notice", "This PEP is Final, and 60 lines change: is that more than editorial?")
    ]
    assert remarks(harness, await edit(harness, FINAL, text(FINAL, 20))) == []
