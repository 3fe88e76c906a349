"""`/pep submit`: first what is missing, then a link to the tracker's form, for people to send."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.end_to_end import council
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose
from tests.end_to_end.test_prepare import merged, say

FORM = re.compile(r"\((https://github\.com/python/steering-council/issues/new\?[^)]*)\)")
THREAD = "Discussions-To: https://discuss.python.org/t/1\n"
POSTED = "Post-History: `01-Jan-2025 <https://discuss.python.org/t/1>`__\n"


async def test_after_the_merge_what_is_missing_goes_and_the_form_is_the_right_one(
    harness: Harness,
) -> None:
    number = await merged(harness)
    reply = await say(harness, number, "/pep submit", by=AUTHOR)
    assert "**Before you submit PEP 842, one thing is missing:**" in reply
    assert "`/pep thread URL` prepares that change" in reply
    text = (
        pep(headers="")
        .replace("Status:", f"{THREAD}Status:")
        .replace("\n\n\nAbstract", f"\n{POSTED}\n\nAbstract", 1)
    )
    await harness.simulator.commit(REPOSITORY, {PATH: text}, by=EDITOR)
    await harness.wait_until_idle()
    reply = await say(harness, number, "/pep submit 842", by=SPONSOR)
    assert "**I found nothing missing for PEP 842.**" in reply
    (form,) = FORM.findall(reply)
    assert parse_qs(urlsplit(form).query) == {
        "template": ["pep-submission.md"],
        "labels": ["PEP"],
        "title": ["PEP 842 -- A calmer way"],
    }
    assert {path for method, path in harness.writes() if "steering-council" in path} == set()
    assert "is for an author, a sponsor" in await say(harness, number, "/pep submit", by=STRANGER)


async def test_what_is_not_published_yet_says_so_and_its_own_codeowners_line_counts(
    harness: Harness,
) -> None:
    number = await propose(harness)
    reply = await say(harness, number, "/pep submit", by=AUTHOR)
    assert "It is not published yet: its pull request is still open." in reply
    assert "CODEOWNERS has no line" not in reply


async def test_on_an_issue_a_packaging_pep_is_told_where_it_goes(harness: Harness) -> None:
    text = pep(headers="Topic: Packaging\n")
    await harness.simulator.commit(REPOSITORY, {PATH: text}, by=EDITOR)
    await harness.wait_until_idle()
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Ready?")
    reply = await say(harness, issue, "/pep submit 842", by=SPONSOR)
    assert "It does not go to the Steering Council's tracker:" in reply
    assert not FORM.search(reply)
    assert "There is no PEP 999 here." in await say(harness, issue, "/pep submit 999")
    assert "is not waiting for a decision: its status is `Final`" in await say(
        harness, issue, "/pep submit 841"
    )


@pytest.mark.exhaustive
async def test_what_was_asked_and_handed_over_before_is_known_without_asking_anybody(
    harness: Harness,
) -> None:
    await council.open_council(harness, council.COUNCIL, council.TYPING)
    number = await merged(harness)
    text = pep(headers=f"Topic: Typing\n{THREAD}")
    await harness.simulator.commit(REPOSITORY, {PATH: text}, by=EDITOR)
    await harness.wait_until_idle()
    asked = await council.submit(harness, 842, by=AUTHOR, tracker=council.TYPING)
    harness.simulator.clear_requests()
    reply = await say(harness, number, "/pep submit", by=AUTHOR)
    recommendation = f"[issue #{asked}](https://github.com/{council.TYPING}/issues/{asked}), open"
    assert (
        f"was asked for its recommendation, but the PEP does not link it: {recommendation}" in reply
    )
    assert FORM.search(reply)
    handed = await council.submit(harness, 842, by=AUTHOR)
    harness.simulator.clear_requests()
    issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Ready?")
    reply = await say(harness, issue, "/pep submit 842", by=EDITOR)
    assert f"[issue #{handed}](https://github.com/{council.COUNCIL}/issues/{handed}), open" in reply
    assert "It does not need a second issue there." in reply
    assert not FORM.search(reply)
    assert [path for path in harness.reads() if "council" in path] == []
