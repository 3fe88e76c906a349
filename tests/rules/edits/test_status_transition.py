"""The rule on changes of status."""

from datetime import date

import pytest

from bot.peps.dates import FeatureRelease
from bot.rules.engine.finding import Finding, Severity
from tests.rules.builders import added, change, context, finding, findings, modified, pep_text

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
    [
        ("Accepted", "Draft"),
        ("Rejected", "Draft"),
        ("Provisional", "Draft"),
        ("Provisional", "Accepted"),
        ("Accepted", "Rejected"),
    ],
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
        "The change from Accepted to Active is not in PEP 1's diagram; it was made twice "
        "since 2023."
    )
    assert (found.path, found.pep) == ("peps/pep-0695.rst", 695)


@pytest.mark.parametrize("after", ["Finished", "April Fool!"])
def test_a_status_that_is_none_is_left_to_the_rule_on_the_header(after: str) -> None:
    assert moved("Draft", after) == []


def test_a_new_pep_takes_no_step() -> None:
    assert findings(RULE, change(added(pep_text(791, Status="Final")))) == []


@pytest.mark.parametrize("before", ["Accepted", "Rejected", "Provisional"])
def test_a_step_back_to_draft_is_asked_for_its_reason(before: str) -> None:
    the_change = change(modified(pep_text(695, Status=before), pep_text(695)))
    assert finding(RULE, the_change).message == (
        f"This takes the PEP back from {before} to Draft. PEP 1 allows this where the decision was "
        "taken back or the delegate stepped down; which was it?"
    )


RELEASES = {
    "3.13": FeatureRelease("3.13", date(2024, 5, 8), date(2024, 10, 7)),
    "3.14": FeatureRelease("3.14", date(2025, 5, 7), date(2025, 10, 7)),
    "3.99": FeatureRelease("3.99", date(2025, 5, 7), None),
}


def undone(versions: str | None, after: str = "Withdrawn") -> list[Finding]:
    """What is said on 12-May-2025 of an Accepted PEP for these versions that is given up."""
    headers = {"Python-Version": versions}
    files = modified(
        pep_text(695, Status="Accepted", **headers), pep_text(695, Status=after, **headers)
    )
    return findings(RULE, change(files), context(calendar=RELEASES))


@pytest.mark.parametrize("after", ["Withdrawn", "Rejected"])
@pytest.mark.parametrize("versions", ["3.13", "3.13.1", "3.14, 3.13", "3.13, 3.98"])
def test_what_was_released_is_not_given_up(versions: str, after: str) -> None:
    (found,) = undone(versions, after)
    assert (found.severity, found.line) == (Severity.WARNING, 5)
    assert found.message == (
        f"PEP 1 allows a PEP to change from Accepted to {after} only before a release, but Python "
        "3.13 was released on 07-Oct-2024."
    )


def test_before_the_release_it_may_be_given_up() -> None:
    assert undone("3.14") == []


@pytest.mark.parametrize("versions", [None, "3.98", "3.14, 3.98", "3.99"])
def test_where_a_release_is_not_known_the_condition_is_told(versions: str | None) -> None:
    (found,) = undone(versions)
    assert found.severity is Severity.NOTICE
    assert found.message == (
        "A PEP changes from Accepted to Withdrawn only while what it describes has "
        "not been released (PEP 1)."
    )
