"""What stands of a rule that failed: what it said last, wherever that may be shown."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.peps.change import Change
from bot.review.desired import Conclusion
from bot.review.fixes.files import fixed_files
from bot.review.render.check_run import check_run
from bot.review.render.comment import summary_comment
from bot.review.review import review
from bot.review.snapshot import NO_MEMORY, Memory, PullRequestState, Since, Snapshot
from bot.review.verdict import judge
from tests.builders import edit, new_pep, snapshot
from tests.rules.builders import longer, pep_text
from tests.rules.faulty import TRAP, failing_rules

NOW = Since(datetime(2025, 5, 12, 10, tzinfo=UTC), "pull_request opened")
UNSPONSORED = pep_text(Sponsor=None)


def trapped(**more: Any) -> Change:
    return new_pep(longer(UNSPONSORED, TRAP), **more)


def remembered(seen: Snapshot, memory: Memory = NO_MEMORY) -> Memory:
    """What is remembered after a review."""
    return replace(review(seen, memory, NOW).memory, head_sha=seen.head_sha)


def test_what_it_said_keeps_its_line_on_the_same_head_alone() -> None:
    before = remembered(snapshot(new_pep(UNSPONSORED)))
    same, other = snapshot(trapped()), replace(snapshot(trapped()), head_sha="b" * 40)
    with failing_rules("sponsor"):
        failing, of_it = judge(same, before).findings
        assert of_it.line == 3
        assert (failing.path, failing.severity) == (None, "error")
        assert [one.line for one in judge(other, before).findings] == [None, None]
        again = remembered(other, before)
        assert judge(other, again).findings == judge(other, before).findings, "time and again"
        moved = replace(other, head_sha="c" * 40, change=trapped(path="peps/pep-0792.rst"))
        found = [one for one in judge(moved, again).findings if one.rule == "sponsor"]
        assert {(one.path, one.need) for one in found} == {(None, None), (None, "sponsor")}


def test_a_rule_that_is_set_aside_does_not_run_and_what_it_said_before_is_not_forgotten() -> None:
    ran: list[str] = []
    last_findings = remembered(snapshot(new_pep(UNSPONSORED)))
    skipped = snapshot(trapped(), instructions=frozenset({"skip sponsor"}))
    with failing_rules("sponsor", on_run=ran.append):
        verdict = judge(skipped, last_findings)
        assert (verdict.waived, verdict.failures) == (("sponsor",), ())
        assert verdict.conclusion is not Conclusion.FAILURE
        kept = remembered(skipped, remembered(skipped, last_findings))
        assert fixed_files(skipped.change, skipped.context, waived=verdict.waived) == ()
        assert ran == []
        again = judge(snapshot(trapped()), kept)
        assert len(again.steps) == 1, "not set aside any more"
        assert again.findings == judge(snapshot(trapped()), last_findings).findings


def test_no_fix_of_a_failed_rule_is_remembered() -> None:
    text = longer(pep_text(791), "\tA tab.")
    before = remembered(snapshot(new_pep(text)))
    (last_findings,) = (one for one in before.last_findings if one.rule == "tabs")
    assert (last_findings.fix, last_findings.columns) == (None, None)


def test_so_many_findings_are_remembered_and_no_more() -> None:
    text = longer(pep_text(791), *(f"\tTab {number}." for number in range(300)))
    assert len(remembered(snapshot(new_pep(text))).last_findings) <= 200


@pytest.mark.parametrize(
    ("the_change", "conclusion"),
    [
        (trapped(), Conclusion.FAILURE),
        (trapped(draft=True), Conclusion.NEUTRAL),
        (edit(pep_text(758), longer(pep_text(758), TRAP)), Conclusion.FAILURE),
    ],
)
def test_a_rule_that_fails_is_a_failure_but_on_a_draft(
    the_change: Change, conclusion: Conclusion
) -> None:
    with failing_rules("sponsor-consent"):
        assert judge(snapshot(the_change)).conclusion is conclusion


def test_an_edit_is_not_called_fixed_while_a_rule_fails() -> None:
    seen = snapshot(edit(pep_text(758), longer(pep_text(758), TRAP)))
    with failing_rules("tabs"):
        comment = summary_comment(seen, judge(seen))
    assert not comment.create, "nobody has to do anything"
    assert (
        "One of my checks failed because of a bug in the bot, not because of your change."
        in comment.body
    )
    assert "mended" not in comment.body


def test_a_paused_or_closed_pull_request_reports_no_failure() -> None:
    with failing_rules("sponsor"):
        paused = snapshot(trapped(), instructions=frozenset({"bot: paused"}))
        run = check_run(paused, judge(paused))
        assert run is not None
        assert (run.conclusion, run.text) == (Conclusion.NEUTRAL, "")
        merged = snapshot(trapped(), state=PullRequestState.MERGED)
        assert judge(merged).failures == ()
        assert remembered(merged, remembered(snapshot(new_pep(UNSPONSORED)))).last_findings == ()
