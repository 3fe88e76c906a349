"""The rule on changes of status."""

import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

RULE = "status-transition"


def moved(before: str, after: str) -> list[tuple[Severity, int | None]]:
    the_change = change(modified(pep_text(695, Status=before), pep_text(695, Status=after)))
    return [(one.severity, one.line) for one in findings(RULE, the_change)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Draft", "Accepted"),
        ("Draft", "Final"),
        ("Draft", "Active"),
        ("Active", "Final"),
        ("Active", "Superseded"),
        ("Deferred", "Withdrawn"),
        ("Final", "Final"),
    ],
)
def test_steps_that_are_usual_are_not_reported(before: str, after: str) -> None:
    assert moved(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [("Accepted", "Draft"), ("Provisional", "Accepted"), ("Accepted", "Rejected")],
)
def test_steps_taken_once_or_on_a_condition_are_reported(before: str, after: str) -> None:
    assert moved(before, after) == [(Severity.NOTICE, 5)]


@pytest.mark.parametrize(("before", "after"), [("Rejected", "Final"), ("Final", "Draft")])
def test_a_step_nobody_ever_took_is_to_be_checked(before: str, after: str) -> None:
    assert moved(before, after) == [(Severity.WARNING, 5)]


def test_the_words_name_both_statuses_and_how_often() -> None:
    the_change = change(modified(pep_text(695, Status="Accepted"), pep_text(695, Status="Active")))
    found = finding(RULE, the_change)
    assert found.message == (
        "The step from Accepted to Active is not drawn in PEP 1; it was taken twice since 2023."
    )
    assert (found.path, found.pep) == ("peps/pep-0695.rst", 695)


@pytest.mark.parametrize("after", ["Finished", "April Fool!"])
def test_a_status_that_is_none_is_left_to_the_rule_on_the_header(after: str) -> None:
    assert moved("Draft", after) == []


def test_a_new_pep_takes_no_step() -> None:
    assert findings(RULE, change(added(pep_text(791, Status="Final")))) == []
