"""The committed report on real history says what the bot would say today.

A sample of it is looked at in every run, see `test_sample.py`.
"""

from difflib import unified_diff
from pathlib import Path

import pytest

from bot.rules.engine.finding import Severity
from bot.rules.engine.registry import all_rules
from tests.replay.explained_findings import applies_to, explained_findings, false_alarms
from tests.replay.report import COMMAND, REPORT, report
from tests.replay.reviewed import replay

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive, pytest.mark.timeout(600)]


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
    said = explained_findings(reviews)
    for rule in all_rules():
        alarms = [one for one in false_alarms(said, rule.id) if one.severity is Severity.ERROR]
        applies = sum(applies_to(rule, one.merged) for one in reviews)
        assert len(alarms) <= max(2, applies // 100), rule.id
