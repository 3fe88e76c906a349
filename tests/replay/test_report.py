"""The committed report on real history says what the bot would say today."""

from dataclasses import replace
from difflib import unified_diff
from pathlib import Path

import pytest

from bot.rules.finding import Severity
from bot.rules.registry import all_rules
from tests.replay.remarks import Unexplained, applies_to, false_alarms, remarks
from tests.replay.report import COMMAND, REPORT, report
from tests.replay.reviewed import replay

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive]


def test_the_committed_report_is_what_the_bot_says_today(shared_data: Path) -> None:
    written, today = REPORT.read_text("utf-8"), report(replay(shared_data))
    difference = "\n".join(
        unified_diff(written.splitlines(), today.splitlines(), "committed", "today", lineterm="")
    )
    assert written == today, (
        f"docs/history.md is out of date. If the change is wanted, run `{COMMAND}`.\n{difference}"
    )


def test_the_whole_history_is_replayed_and_errors_are_hardly_ever_false_alarms(
    shared_data: Path,
) -> None:
    reviews = replay(shared_data).all
    assert len(reviews) == 984
    said = remarks(reviews)
    for rule in all_rules():
        alarms = [one for one in false_alarms(said, rule.id) if one.severity is Severity.ERROR]
        applies = sum(applies_to(rule, one.merged) for one in reviews)
        assert len(alarms) <= max(2, applies // 100), rule.id


def test_a_finding_that_nobody_explained_is_no_report(shared_data: Path) -> None:
    reviews = replay(shared_data).all
    (wrong,) = (one for one in reviews if one.merged.pull_request == 4301)
    (right,) = (one for one in reviews if one.merged.pull_request == 4304)
    unheard_of = replace(right, verdict=replace(right.verdict, findings=wrong.verdict.findings))
    with pytest.raises(Unexplained, match="4304"):
        remarks([*reviews, unheard_of])


def test_an_explanation_of_what_is_no_longer_said_is_no_report(shared_data: Path) -> None:
    reviews = replay(shared_data).all
    silenced = [one for one in reviews if one.merged.pull_request != 4301]
    with pytest.raises(Unexplained, match="4301"):
        remarks(silenced)


def test_a_forgotten_line_counts_as_such_only_if_it_was_added_later(shared_data: Path) -> None:
    reviews = list(replay(shared_data).all)
    (row,) = (row for row, one in enumerate(reviews) if one.merged.pull_request == 4448)
    for later, one in enumerate(reviews[row + 1 :], start=row + 1):
        change = replace(one.merged.change, codeowners_before="", codeowners_after="")
        reviews[later] = replace(one, merged=replace(one.merged, change=change))
    with pytest.raises(Unexplained, match="4448 was mended: never"):
        remarks(reviews)
