"""Pull requests that move a PEP's status, from the webhook to what editors see of the evidence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from github_simulator.views import CheckRunView
from tests.end_to_end.conftest import (
    EDITOR,
    SPONSOR,
    STRANGER,
    TODAY,
    pep,
    peps_harness,
)
from tests.end_to_end.golden import fold, mentions
from tests.end_to_end.harness import REPOSITORY, Harness

POST = "https://discuss.python.org/t/70001/12"
DATED = f"Resolution: `{TODAY} <{POST}>`__\n"
DELEGATE = "PEP-Delegate: Edith Quill <edith@python.example>\n"
BANNER = "\n\n.. canonical-doc:: :ref:`python:calm`\n\n\nAbstract"
DRAFT, ACCEPTED = "peps/pep-0830.rst", "peps/pep-0831.rst"


def decided(number: int, status: str, *, delegate: str = "", resolution: str = DATED) -> str:
    """A PEP of Ada's with what comes with its status, where PEP 1 has each header."""
    text = pep(number, author="Ada Merritt <ada@python.example>", sponsor=None, status=status)
    text = text.replace("Status:", f"{delegate}Status:", 1)
    return text.replace("Python-Version: 3.16\n", f"Python-Version: 3.16\n{resolution}", 1)


@pytest.fixture
async def harness(tmp_path: Path, pem: str) -> AsyncIterator[Harness]:
    """A repository with a draft that Edith decides on, and an accepted PEP."""
    peps = {
        840: pep(840, author="Edith Quill <edith@python.example>", sponsor=None),
        830: decided(830, "Draft", delegate=DELEGATE, resolution=""),
        831: decided(831, "Accepted"),
    }
    async with peps_harness(tmp_path, pem, peps) as running:
        yield running


async def move(harness: Harness, path: str, text: str, *, by: str = SPONSOR, body: str = "") -> int:
    number = path[9:13].lstrip("0")
    opened = await harness.simulator.open_pull_request(
        REPOSITORY, by=by, title=f"PEP {number}: Mark", body=body, files={path: text}
    )
    await harness.wait_until_idle()
    return opened


def check_run(harness: Harness, number: int) -> CheckRunView:
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run


def text(harness: Harness, number: int) -> str:
    return check_run(harness, number).text or ""


UNSEEN = "- **Not found:** an approval by Edith Quill, who did not open this pull request either."
SEEN = "- **Found:** Edith Quill, who decides, [approved]("


@pytest.mark.exhaustive
async def test_an_acceptance_shows_the_delegates_approval_while_it_stands(harness: Harness) -> None:
    number = await move(harness, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    assert harness.conclusions(number) == ["success"]
    assert (harness.labels(number), harness.comments(number)) == (set(), [])
    assert text(harness, number).startswith("**PEP 830: acceptance (Draft to Accepted)**")
    assert "- **Who decides:** Edith Quill as PEP-Delegate" in text(harness, number)
    assert UNSEEN in text(harness, number)

    harness.simulator.clear_requests()
    review = await harness.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await harness.wait_until_idle()
    assert SEEN in text(harness, number)
    assert UNSEEN not in text(harness, number)
    assert "Edith Quill [approved](" in (check_run(harness, number).summary or "")
    assert [method for method, _ in harness.writes()] == ["PATCH"]
    assert len(harness.reads()) == 4, "pull request, files, reviews, comments"

    # Said again, and by others: nothing to write.
    harness.simulator.clear_requests()
    await harness.simulator.review(REPOSITORY, number, by=STRANGER, state="APPROVED")
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="Yes, accepted.")
    await harness.wait_until_idle()
    assert harness.writes() == []

    await harness.simulator.dismiss_review(REPOSITORY, number, review, by="hugo")
    await harness.wait_until_idle()
    assert UNSEEN in text(harness, number)
    assert "approved](" not in (check_run(harness, number).summary or "")
    assert harness.comments(number) == []
    assert harness.labels(number) == set()


@pytest.mark.exhaustive
async def test_a_command_to_sponsor_is_no_approval_of_the_decision(harness: Harness) -> None:
    number = await move(harness, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep sponsor")
    await harness.wait_until_idle()
    assert UNSEEN in text(harness, number)


@pytest.mark.exhaustive
async def test_an_approval_of_what_was_pushed_over_is_reported_as_such(harness: Harness) -> None:
    number = await move(harness, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    await harness.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await harness.wait_until_idle()
    again = decided(830, "Accepted", delegate=DELEGATE).replace("something.", "something else.")
    await harness.simulator.push(REPOSITORY, number, {DRAFT: again})
    await harness.wait_until_idle()
    assert "Edith Quill, who decides, [approved](" in text(harness, number)
    assert ") an earlier commit." in text(harness, number)
    await harness.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await harness.wait_until_idle()
    assert ") this pull request." in text(harness, number)
    assert "earlier commit" not in text(harness, number)


@pytest.mark.exhaustive
async def test_a_delegate_who_opens_it_has_spoken(harness: Harness) -> None:
    number = await move(harness, DRAFT, decided(830, "Rejected", delegate=DELEGATE), by=EDITOR)
    assert "Edith Quill, who decides, opened this pull request." in text(harness, number)


async def test_an_acceptance_without_a_resolution_is_reported_in_the_comment_and_its_fold(
    harness: Harness,
) -> None:
    lacking = decided(830, "Accepted", delegate=DELEGATE, resolution="")
    number = await move(harness, DRAFT, lacking)
    assert harness.conclusions(number) == ["failure"]
    inside = fold(harness.comment(number))
    assert "To fix: Resolution." in inside
    assert "- **Missing:** `Resolution`, with a link to the post with the decision." in inside
    assert UNSEEN in inside
    await harness.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await harness.wait_until_idle()
    assert SEEN in fold(harness.comment(number))
    assert mentions(harness.comment(number)) == []
    await harness.simulator.push(
        REPOSITORY, number, {DRAFT: decided(830, "Accepted", delegate=DELEGATE)}
    )
    await harness.wait_until_idle()
    assert harness.comment(number).endswith("\nAll fixed, thank you.\n")
    assert f"[a post]({POST})" in text(harness, number)


@pytest.mark.exhaustive
async def test_a_final_pep_without_its_documentation_is_lacking_it_until_it_is_set_aside(
    harness: Harness,
) -> None:
    number = await move(harness, ACCEPTED, decided(831, "Final"))
    assert harness.conclusions(number) == ["neutral"]
    assert "- **Missing:** a link to the documentation (`canonical-doc`)." in text(harness, number)
    assert "- **Who decides:** nobody; the PEP is already accepted." in text(harness, number)
    await harness.simulator.comment(
        REPOSITORY, number, by="hugo", body="/pep skip canonical-doc because an internal"
    )
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["success"]
    assert "- **Skipped by an editor:** a link to the documentation" in text(harness, number)


@pytest.mark.exhaustive
async def test_a_final_pep_with_its_documentation_is_complete(harness: Harness) -> None:
    whole = decided(831, "Final").replace("\n\n\nAbstract", BANNER, 1)
    number = await move(harness, ACCEPTED, whole)
    assert harness.conclusions(number) == ["success"]
    assert harness.comments(number) == []
    assert "- **Found:** `canonical-doc` links to the documentation." in text(harness, number)
    assert "Missing" not in text(harness, number)


async def test_a_withdrawal_is_silent(harness: Harness) -> None:
    withdrawn = decided(830, "Withdrawn", delegate=DELEGATE, resolution="")
    number = await move(harness, DRAFT, withdrawn)
    assert harness.conclusions(number) == ["success"]
    assert (harness.labels(number), harness.comments(number)) == (set(), [])
    assert harness.annotations(number) == []
    summary = check_run(harness, number).summary or ""
    assert summary.startswith("PEP 830: Draft to Withdrawn.")
    assert "For you to judge" not in summary
    assert "- **Who decides:** the authors themselves." in text(harness, number)
    assert "- **Found:** Ada Merritt, an author, opened this pull request." in text(harness, number)


async def test_a_revert_of_a_decision_is_reported_as_one(harness: Harness) -> None:
    back = decided(831, "Draft", resolution="")
    number = await move(harness, ACCEPTED, back, body="See python/steering-council#264.")
    assert "**PEP 831: reversal of a decision (Accepted to Draft)**" in text(harness, number)
    issue = "https://github.com/python/steering-council/issues/264"
    assert f"[an issue]({issue}) of the Steering Council is linked" in text(harness, number)
    assert not [one for one in harness.reads() if "steering-council" in one], "never fetched"


async def test_explain_tells_all_of_it(harness: Harness) -> None:
    number = await move(harness, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    await harness.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="/pep explain")
    await harness.wait_until_idle()
    reply = harness.replies(number)[-1]
    assert "**PEP 830: acceptance (Draft to Accepted)**\n\n- **Who decides:** Edith" in reply
    assert SEEN in reply
    assert mentions(reply) == []
