"""The rule on edits of resolved PEPs."""

import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

RULE = "resolved-edit"
SPECIFICATION = "Specification\n=============\n\nWords.\n\nSyntax\n------\n\nWords.\n"


def text(status: str, more: str = "", **headers: str | None) -> str:
    return pep_text(695, Status=status, **headers) + "\n" + SPECIFICATION + more


def lines(count: int) -> str:
    return "".join(f"Line {number}.\n" for number in range(count))


def test_many_changed_lines_in_a_decided_pep_are_reported_at_the_first() -> None:
    found = finding(RULE, change(modified(text("Final"), text("Final", lines(40)))))
    assert found.severity is Severity.NOTICE
    assert found.message == ("This PEP is Final, and 40 lines change: is that more than editorial?")
    assert found.line == len(text("Final").splitlines()) + 1


def test_a_heading_in_the_specification_is_reported() -> None:
    after = text("Final").replace("Syntax\n------", "Syntax and such\n---------------")
    found = finding(RULE, change(modified(text("Final"), after)))
    assert "a heading in the Specification changes" in found.message


def test_a_small_fix_is_not_reported() -> None:
    assert findings(RULE, change(modified(text("Final"), text("Final", lines(39))))) == []


def test_amendments_of_an_accepted_pep_are_left_to_the_rule_on_substance() -> None:
    before = text("Accepted")
    for after in (
        before.replace("Syntax\n------", "Syntax and such\n---------------"),
        text("Accepted", lines(40)),
    ):
        assert findings(RULE, change(modified(before, after))) == []
    elsewhere = before.replace("Abstract", f"Some\n====\n\n{lines(40)}\n\nAbstract")
    assert len(findings(RULE, change(modified(before, elsewhere)))) == 1


def test_a_heading_elsewhere_is_not_reported() -> None:
    more = "\nOpen Issues\n===========\n\nNone.\n"
    the_change = change(modified(text("Final", more), text("Final", more.replace("Open", "Some"))))
    assert findings(RULE, the_change) == []


@pytest.mark.parametrize("status", ["Draft", "Active", "Provisional", "Deferred"])
def test_peps_that_live_may_change(status: str) -> None:
    assert findings(RULE, change(modified(text(status), text(status, lines(90))))) == []


def test_a_decision_itself_may_change_much() -> None:
    assert findings(RULE, change(modified(text("Draft"), text("Accepted", lines(90))))) == []


def test_a_release_schedule_may_change() -> None:
    before, after = text("Final", Topic="Release"), text("Final", lines(90), Topic="Release")
    assert findings(RULE, change(modified(before, after))) == []


def test_a_clean_up_of_many_peps_is_left_alone() -> None:
    files = [
        modified(text("Final"), text("Final", lines(90)), f"peps/pep-0{number}.rst")
        for number in range(400, 408)
    ]
    assert findings(RULE, change(*files)) == []
    assert len(findings(RULE, change(*files[:7]))) == 7
