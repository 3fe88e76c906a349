"""Pull requests that move a PEP's status, from the webhook to what editors see of the evidence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from github_simulator.views import CheckRunView
from tests.end_to_end.conftest import (
    AUTHOR,
    CODEOWNERS,
    CORE_TEAM,
    EDITOR,
    SPONSOR,
    STRANGER,
    TODAY,
    GitHubTime,
    pep,
)
from tests.end_to_end.desk import REPOSITORY, Desk, furnished_desk
from tests.end_to_end.golden import fold, mentions

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
async def desk(tmp_path: Path, pem: str) -> AsyncIterator[Desk]:
    """A repository with a draft that Edith decides on, and an accepted PEP."""
    files = {
        ".github/CODEOWNERS": CODEOWNERS,
        "peps/pep-0840.rst": pep(840, author="Edith Quill <edith@python.example>", sponsor=None),
        DRAFT: decided(830, "Draft", delegate=DELEGATE, resolution=""),
        ACCEPTED: decided(831, "Accepted"),
    }
    async with furnished_desk(
        tmp_path,
        pem,
        files=files,
        core_team=CORE_TEAM,
        editors=["hugo"],
        people=[AUTHOR, STRANGER, SPONSOR, EDITOR, "hugo"],
        writers=[SPONSOR, EDITOR],
        clock=GitHubTime(),
    ) as furnished:
        yield furnished


async def move(desk: Desk, path: str, text: str, *, by: str = SPONSOR, body: str = "") -> int:
    number = path[9:13].lstrip("0")
    opened = await desk.simulator.open_pull_request(
        REPOSITORY, by=by, title=f"PEP {number}: Mark", body=body, files={path: text}
    )
    await desk.calm()
    return opened


def check_run(desk: Desk, number: int) -> CheckRunView:
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    return run


def text(desk: Desk, number: int) -> str:
    return check_run(desk, number).text or ""


UNSEEN = "- **Not seen:** a word of Edith Quill, who has neither opened nor approved this."
SEEN = "- **Found:** Edith Quill, who decides, [approved]("


@pytest.mark.exhaustive
async def test_an_acceptance_shows_the_delegates_approval_while_it_stands(desk: Desk) -> None:
    number = await move(desk, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    assert desk.conclusions(number) == ["success"]
    assert (desk.labels(number), desk.comments(number)) == (set(), [])
    assert text(desk, number).startswith("**PEP 830: acceptance (Draft to Accepted)**")
    assert "- **Had to decide:** Edith Quill as PEP-Delegate" in text(desk, number)
    assert UNSEEN in text(desk, number)

    desk.simulator.clear_requests()
    review = await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await desk.calm()
    assert SEEN in text(desk, number)
    assert UNSEEN not in text(desk, number)
    assert "Edith Quill [approved](" in (check_run(desk, number).summary or "")
    assert [method for method, _ in desk.writes()] == ["PATCH"]
    assert len(desk.reads()) == 4, "pull request, files, reviews, comments"

    # Said again, and by others: nothing to write.
    desk.simulator.clear_requests()
    await desk.simulator.review(REPOSITORY, number, by=STRANGER, state="APPROVED")
    await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body="Yes, accepted.")
    await desk.calm()
    assert desk.writes() == []

    await desk.simulator.dismiss_review(REPOSITORY, number, review, by="hugo")
    await desk.calm()
    assert UNSEEN in text(desk, number)
    assert "approved](" not in (check_run(desk, number).summary or "")
    assert desk.comments(number) == []
    assert desk.labels(number) == set()


@pytest.mark.exhaustive
async def test_a_command_to_sponsor_is_no_approval_of_the_decision(desk: Desk) -> None:
    number = await move(desk, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep sponsor")
    await desk.calm()
    assert UNSEEN in text(desk, number)


@pytest.mark.exhaustive
async def test_an_approval_of_what_was_pushed_over_is_told_as_such(desk: Desk) -> None:
    number = await move(desk, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await desk.calm()
    again = decided(830, "Accepted", delegate=DELEGATE).replace("something.", "something else.")
    await desk.simulator.push(REPOSITORY, number, {DRAFT: again})
    await desk.calm()
    assert "Edith Quill, who decides, [approved](" in text(desk, number)
    assert ") an earlier commit of this." in text(desk, number)
    await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await desk.calm()
    assert ") this." in text(desk, number)
    assert "earlier commit" not in text(desk, number)


@pytest.mark.exhaustive
async def test_a_delegate_who_opens_it_has_spoken(desk: Desk) -> None:
    number = await move(desk, DRAFT, decided(830, "Rejected", delegate=DELEGATE), by=EDITOR)
    assert "Edith Quill, who decides, opened this pull request." in text(desk, number)


async def test_an_acceptance_without_a_resolution_is_told_in_the_comment_and_its_fold(
    desk: Desk,
) -> None:
    lacking = decided(830, "Accepted", delegate=DELEGATE, resolution="")
    number = await move(desk, DRAFT, lacking)
    assert desk.conclusions(number) == ["failure"]
    inside = fold(desk.comment(number))
    assert "To mend: Resolution." in inside
    assert "- **Missing:** `Resolution`, with the post that tells the decision." in inside
    assert UNSEEN in inside
    await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await desk.calm()
    assert SEEN in fold(desk.comment(number))
    assert mentions(desk.comment(number)) == []
    await desk.simulator.push(
        REPOSITORY, number, {DRAFT: decided(830, "Accepted", delegate=DELEGATE)}
    )
    await desk.calm()
    assert desk.comment(number).endswith("\nAll mended, thank you.\n")
    assert f"[a post]({POST})" in text(desk, number)


@pytest.mark.exhaustive
async def test_a_final_pep_without_its_documentation_is_lacking_it_until_it_is_set_aside(
    desk: Desk,
) -> None:
    number = await move(desk, ACCEPTED, decided(831, "Final"))
    assert desk.conclusions(number) == ["neutral"]
    assert "- **Missing:** a link to the documentation (`canonical-doc`)." in text(desk, number)
    assert "- **Had to decide:** nobody; it was accepted before." in text(desk, number)
    await desk.simulator.comment(
        REPOSITORY, number, by="hugo", body="/pep skip canonical-doc because an internal"
    )
    await desk.calm()
    assert desk.conclusions(number) == ["success"]
    assert "- **Set aside by an editor:** a link to the documentation" in text(desk, number)


@pytest.mark.exhaustive
async def test_a_final_pep_with_its_documentation_is_complete(desk: Desk) -> None:
    whole = decided(831, "Final").replace("\n\n\nAbstract", BANNER, 1)
    number = await move(desk, ACCEPTED, whole)
    assert desk.conclusions(number) == ["success"]
    assert desk.comments(number) == []
    assert "- **Found:** `canonical-doc` points to the documentation." in text(desk, number)
    assert "Missing" not in text(desk, number)


async def test_a_withdrawal_is_silent(desk: Desk) -> None:
    withdrawn = decided(830, "Withdrawn", delegate=DELEGATE, resolution="")
    number = await move(desk, DRAFT, withdrawn)
    assert desk.conclusions(number) == ["success"]
    assert (desk.labels(number), desk.comments(number)) == (set(), [])
    assert desk.annotations(number) == []
    summary = check_run(desk, number).summary or ""
    assert summary.startswith("PEP 830: Draft to Withdrawn.")
    assert "For you to judge" not in summary
    assert "- **Had to decide:** the authors themselves." in text(desk, number)
    assert "- **Found:** Ada Merritt, an author, opened this pull request." in text(desk, number)


async def test_a_revert_of_a_decision_is_told_as_one(desk: Desk) -> None:
    back = decided(831, "Draft", resolution="")
    number = await move(desk, ACCEPTED, back, body="See python/steering-council#264.")
    assert "**PEP 831: reversal of a decision (Accepted to Draft)**" in text(desk, number)
    issue = "https://github.com/python/steering-council/issues/264"
    assert f"[an issue]({issue}) of the Steering Council is linked" in text(desk, number)
    assert not [one for one in desk.reads() if "steering-council" in one], "never fetched"


async def test_explain_tells_all_of_it(desk: Desk) -> None:
    number = await move(desk, DRAFT, decided(830, "Accepted", delegate=DELEGATE))
    await desk.simulator.review(REPOSITORY, number, by=EDITOR, state="APPROVED")
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="/pep explain")
    await desk.calm()
    told = desk.replies(number)[-1]
    assert "**PEP 830: acceptance (Draft to Accepted)**\n\n- **Had to decide:** Edith" in told
    assert SEEN in told
    assert mentions(told) == []
