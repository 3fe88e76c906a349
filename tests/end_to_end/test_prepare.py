"""`/pep prepare` in a comment: git and the bot accept the patch in the reply."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose
from tests.review.applying_fixes import committed, patch_in, with_patch

POST = "https://discuss.python.org/t/some-words/66453/63"
DAY = "17-Mar-2025"
RESOLUTION = "Resolution: `17-Mar-2025 <https://discuss.python.org/t/66453/63>`__"


async def say(harness: Harness, number: int, body: str, by: str = EDITOR) -> str:
    """Say it, and what is replied."""
    known = harness.replies(number)
    await harness.simulator.comment(REPOSITORY, number, by=by, body=body)
    await harness.wait_until_idle()
    return "\n".join(reply for reply in harness.replies(number) if reply not in known)


async def merged(harness: Harness) -> int:
    number = await propose(harness, pep(headers="", body="Words."))
    await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
    await harness.wait_until_idle()
    return number


def published(harness: Harness, path: str = PATH) -> str:
    text = harness.simulator.file(REPOSITORY, path)
    assert text is not None
    return text.decode()


async def test_on_a_merged_pull_request_a_patch_comes_once_and_passes_the_bots_own_review(
    harness: Harness, tmp_path: Path
) -> None:
    number = await merged(harness)
    reply = await say(harness, number, f"/pep prepare accepted {POST} {DAY}", by=SPONSOR)
    after = with_patch(tmp_path / "checkout", {PATH: published(harness)}, patch_in(reply))[PATH]
    assert "Status: Accepted\n" in after
    assert f"Python-Version: 3.16\n{RESOLUTION}\n\n" in after
    assert "`PEP 842: Mark as Accepted`: everything is ready." in reply
    assert "**Who decides:** the Steering Council." in reply
    assert f"https://github.com/{REPOSITORY}/edit/main/{PATH}" in reply
    comment_delivery = [
        one for one in harness.simulator.deliveries if one.event == "issue_comment"
    ][-2]
    await harness.simulator.redeliver(comment_delivery.guid)
    await harness.wait_until_idle()
    assert len(harness.replies(number)) == 1, "a delivery that comes again says nothing again"
    address = urlsplit(re.findall(r"\((https://github.com/[^)]*/compare/[^)]*)\)", reply)[0])
    assert address.path == f"/{REPOSITORY}/compare/main...{SPONSOR}:pep-0842-accepted"
    filled = {name: value for name, (value,) in parse_qs(address.query).items()}
    assert filled == {
        "expand": "1",
        "template": "Mark a PEP as Accepted or Rejected.md",
        "title": "PEP 842: Mark as Accepted",
    }
    decision = await harness.simulator.open_pull_request(
        REPOSITORY, by=SPONSOR, title=filled["title"], files={PATH: after}
    )
    await harness.wait_until_idle()
    assert harness.conclusions(decision) == ["success"]
    assert harness.comments(decision) == []


@pytest.mark.exhaustive
async def test_an_edited_comment_has_one_reply_that_follows_it(harness: Harness) -> None:
    number = await merged(harness)
    text = await harness.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep prepare accepte"
    )
    await harness.wait_until_idle()
    (reply,) = harness.replies(number)
    assert "Did you mean this?" in reply
    await harness.simulator.edit_comment(REPOSITORY, text, by=EDITOR, body="/pep prepare accepted")
    await harness.wait_until_idle()
    (reply,) = harness.replies(number)
    assert "Did you mean" not in reply
    assert "everything is ready except for the blanks" in reply
    assert "+Resolution: `DD-Mmm-YYYY <link to the post>`__" in reply
    assert harness.reactions(number, text) == ["+1"]


REFUSED = [
    ("prepare accepted", EDITOR, "Which PEP? Add its number."),
    ("prepare accepted 999", EDITOR, "There is no PEP 999 here."),
    ("prepare draft 840", EDITOR, "nothing to do: PEP 840 is already `Draft`"),
    ("prepare active 840", EDITOR, "Only Informational or Process PEPs can be `Active`"),
    ("prepare superseded 840", EDITOR, "`/pep prepare superseded by 842 840`"),
    ("prepare superseded by 999 840", EDITOR, "PEP 999, which supersedes PEP 840, is not"),
    ("prepare accepted by 841 840", EDITOR, "Only `superseded` takes another PEP."),
    ("prepare accepted 840", SPONSOR, " is for an author, a sponsor, a PEP editor or someb"),
    (
        "prepare accepted 840 javascript:alert(1)",
        EDITOR,
        "is not a plain URL that starts with",
    ),
    ("prepare accepted 840 https://e.example/`a`", EDITOR, "is not a plain URL"),
    ("prepare accepted 840 2025-03-17", EDITOR, "/pep prepare accepted 840 17-Mar-2025"),
    ("prepare accepted 840 31-Feb-2025", EDITOR, "is not a day in the form `DD-Mmm-YYYY`"),
    ("prepare accepted 840 17-Mar-2999", EDITOR, "is in the future"),
]


async def test_what_cannot_be_prepared_is_said_plainly(harness: Harness) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Decided")
    await harness.wait_until_idle()
    for by in (EDITOR, SPONSOR):
        refused = {f"/pep {command}": words for command, who, words in REFUSED if who == by}
        text = await harness.simulator.comment(REPOSITORY, issue, by=by, body="\n".join(refused))
        await harness.wait_until_idle()
        for command, words in refused.items():
            assert words in harness.replies(issue)[-1], command
        assert harness.reactions(issue, text) == ["confused"]


@pytest.mark.exhaustive
async def test_on_an_issue_by_number_for_whom_the_pep_names_and_only_then_is_it_read(
    harness: Harness, tmp_path: Path
) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Decided")
    await say(harness, issue, "/pep number")
    harness.simulator.clear_requests()
    await say(harness, issue, "/pep number")
    assert not [path for path in harness.reads() if "/git/" in path]
    harness.simulator.clear_requests()
    reply = await say(harness, issue, "/pep prepare superseded by 841 PEP 840")
    # The register read both when the app was installed, and blobs are kept.
    assert not [path for path in harness.reads() if "/git/blobs/" in path]
    files = {path: published(harness, path) for path in ("peps/pep-0840.rst", "peps/pep-0841.rst")}
    after = with_patch(tmp_path / "checkout", files, patch_in(reply))
    assert "\nSuperseded-By: 841\n" in after["peps/pep-0840.rst"]
    assert "\nReplaces: 840\n" in after["peps/pep-0841.rst"]
    assert "`PEP 840, 841: Mark PEP 840 as Superseded`" in reply


@pytest.mark.exhaustive
async def test_an_open_pull_request_that_changes_the_pep_has_the_lines_suggested(
    harness: Harness,
) -> None:
    number = await propose(harness)
    reply = await say(harness, number, f"/pep prepare rejected {POST} {DAY}", by=AUTHOR)
    assert "The lines are suggested changes in a review" in reply
    assert "```diff" not in reply
    remarks = harness.simulator.pull_request(REPOSITORY, number).review_comments
    after = committed(pep(), [(one.start_line or one.line, one.line, one.body) for one in remarks])
    assert "Status: Rejected\n" in after
    assert f"\n{RESOLUTION}\n" in after


@pytest.mark.exhaustive
async def test_several_peps_are_told_apart(harness: Harness) -> None:
    files = {
        path: published(harness, path) + "\n.. More.\n"
        for path in ("peps/pep-0840.rst", "peps/pep-0841.rst")
    }
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by=EDITOR, title="PEP 840, 841: More", files=files
    )
    await harness.wait_until_idle()
    reply = await say(harness, number, "/pep prepare withdrawn")
    assert (
        "This pull request changes PEP 840 and PEP 841: add the number of the one you mean."
        in reply
    )
    assert "Status: Withdrawn" in await say(harness, number, "/pep prepare withdrawn 840")


@pytest.mark.exhaustive
async def test_what_a_decision_lacks_is_suggested_on_its_own_pull_request(harness: Harness) -> None:
    await merged(harness)
    text = published(harness).replace("Status: Draft", "Status: Accepted")
    number = await harness.simulator.open_pull_request(
        REPOSITORY, by=AUTHOR, title="PEP 842: Mark as Accepted", files={PATH: text}
    )
    await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    reply = await say(harness, number, f"/pep prepare accepted {POST} {DAY}", by=AUTHOR)
    assert "everything is ready" in reply
    remarks = harness.simulator.pull_request(REPOSITORY, number).review_comments
    assert RESOLUTION in "".join(one.body for one in remarks)


@pytest.mark.exhaustive
async def test_who_opened_a_thread_about_another_pep_is_no_author_of_that(harness: Harness) -> None:
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Decided")
    own = await harness.simulator.open_pull_request(
        REPOSITORY,
        by=STRANGER,
        title="PEP 840: More",
        files={"peps/pep-0840.rst": published(harness, "peps/pep-0840.rst") + "\n.. More.\n"},
    )
    await harness.wait_until_idle()
    for command in ("prepare rejected 841", "submit 841", f"thread {POST} 841"):
        for number in (issue, own):
            reply = await say(harness, number, f"/pep {command}", by=STRANGER)
            assert (
                "is for an author, a sponsor, a PEP editor or somebody who decides on the PEP."
                in reply
            ), command
            assert "use the command on the pull request that added the PEP" in reply, command
        assert "is for an author" not in await say(harness, issue, f"/pep {command}", by=EDITOR)
    assert "PEP 840: Mark as Withdrawn" in await say(harness, own, "/pep prepare withdrawn 840")
    assert "PEP 840" in await say(harness, own, "/pep prepare withdrawn", by=STRANGER)
