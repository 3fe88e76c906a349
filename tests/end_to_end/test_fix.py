"""`/pep fix` as its reader uses it: applying and pushing the suggestions fixes all findings."""

from pathlib import Path

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, pep
from tests.end_to_end.harness import BOT, REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose
from tests.review.applying_fixes import committed, patch_in, with_patch

OWNERS = ".github/CODEOWNERS"


async def fix(harness: Harness, number: int) -> str:
    """Give the command; returns the new replies."""
    known = harness.replies(number)
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep fix")
    await harness.wait_until_idle()
    return "\n".join(reply for reply in harness.replies(number) if reply not in known)


def suggested(harness: Harness, number: int, path: str) -> list[tuple[int, int, str]]:
    comments = harness.simulator.pull_request(REPOSITORY, number).review_comments
    return [
        (one.start_line or one.line, one.line, one.body)
        for one in comments
        if one.login == BOT and one.path == path
    ]


async def test_what_is_offered_settles_all_whatever_the_lines_hold(
    harness: Harness, tmp_path: Path
) -> None:
    fences = "```suggestion\n\t````\n@everyone\t<img src=x> é\u2028 --\n-- \n```"
    first = pep(843, body=f"Here:\n\n{fences}\n\nEnd.").replace("Status: Draft", "Status:\tDraft")
    second = pep(9999, body=f"{fences}\n\ndiff --git a/x b/x\n\tPEP 843.").rstrip("\n")
    texts = {"peps/pep-0843.rst": first, "peps/pep-9999.rst": second}
    number = await propose(harness, files=texts, title="PEP 843, 9999: Two ways")
    reply = await fix(harness, number)
    assert "This patch fixes two files" in reply
    remarks = suggested(harness, number, "peps/pep-0843.rst")
    assert remarks
    owners = harness.simulator.file(REPOSITORY, OWNERS)
    assert owners is not None
    standing = {
        "peps/pep-0843.rst": committed(first, remarks),
        "peps/pep-9999.rst": second,
        OWNERS: owners.decode(),
    }
    after = with_patch(tmp_path / "checkout", standing, patch_in(reply))
    assert after.keys() == {PATH, "peps/pep-0843.rst", OWNERS}
    assert after["peps/pep-0843.rst"] == first.replace("Status:\t", "Status: ").replace(
        "\t", " " * 8
    ).replace("@everyone" + " " * 8, "@everyone" + " " * 7)
    await harness.simulator.push(REPOSITORY, number, {**after, "peps/pep-9999.rst": None})
    await harness.wait_until_idle()
    assert "`/pep title` puts the number into the title" in reply
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="/pep title")
    await harness.wait_until_idle()
    assert harness.simulator.pull_request(REPOSITORY, number).title == "PEP 842, 843: Two ways"
    assert not {"needs number", "needs codeowners"} & harness.labels(number)
    assert "nothing that I can fix" in await fix(harness, number)


async def test_a_text_whose_lines_end_as_on_windows_is_left_to_the_command_line(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(body="A\ttab.").replace("\n", "\r\n"))
    assert "`peps/pep-0842.rst` cannot be fixed with a comment" in await fix(harness, number)
    assert suggested(harness, number, PATH) == []


@pytest.mark.exhaustive
async def test_a_rule_that_is_set_aside_is_not_fixed(harness: Harness) -> None:
    number = await propose(harness, pep(body="A\ttab."))
    await harness.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep skip tabs because a table has them"
    )
    await harness.wait_until_idle()
    assert "nothing that I can fix" in await fix(harness, number)
