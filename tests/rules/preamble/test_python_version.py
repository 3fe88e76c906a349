from datetime import date

import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import (
    added,
    change,
    context,
    finding,
    findings,
    modified,
    pep_text,
)

BEFORE = pep_text(695, **{"Python-Version": "3.9"})


@pytest.mark.parametrize(
    "value", ["3.15a1", "3", "4.0", "3.14, 3.y", "3.14,3.15", "", "Python 3", "3.x.1"]
)
def test_what_is_no_version_is_an_error(value: str) -> None:
    text = pep_text(**{"Python-Version": value})
    found = finding("python-version", change(added(text)))
    assert (found.severity, found.line) == (Severity.ERROR, 8)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("4.15", "There is no Python `4.15`;"),
        ("3.14, 3.150", "There is no Python `3.150`;"),
        ("3.14,3.15", "Versions in `Python-Version` are separated by a comma and a space."),
        ("3.15a1", "must list versions as `X.Y`"),
        ("", "must list versions as `X.Y`"),
    ],
)
def test_what_is_wrong_with_a_version_is_told_as_it_is(value: str, message: str) -> None:
    text = pep_text(**{"Python-Version": value})
    assert message in finding("python-version", change(added(text))).message


@pytest.mark.parametrize("value", ["3.15", "3.x", "2.6, 3.0", "3.5.2", "3.14,\n 3.15"])
def test_versions_are_fine(value: str) -> None:
    text = pep_text(695, **{"Python-Version": value})
    assert findings("python-version", change(modified(BEFORE, text))) == []


@pytest.mark.parametrize(
    ("headers", "count"),
    [
        ({}, 1),
        ({"Topic": "Typing"}, 1),
        ({"Topic": "Packaging"}, 0),
        ({"Topic": "Release"}, 0),
        ({"Type": "Process"}, 0),
        ({"Type": "Informational"}, 0),
        ({"Status": "Deferred"}, 0),
    ],
)
def test_a_new_draft_of_the_standards_track_says_for_which_python(
    headers: dict[str, str], count: int
) -> None:
    text = pep_text(**{"Python-Version": None}, **headers)
    found = findings("python-version", change(added(text)))
    assert [(one.severity, one.line) for one in found] == [
        (Severity.NOTICE, text.split("\n").index("Created: 12-May-2025") + 1)
    ] * count


def test_a_draft_without_a_day_is_asked_on_its_first_line() -> None:
    text = pep_text(**{"Python-Version": None, "Created": None})
    found = finding("python-version", change(added(text)))
    assert (found.severity, found.line) == (Severity.NOTICE, 1)


@pytest.mark.parametrize(
    ("value", "day", "count"),
    [
        ("3.14", date(2025, 5, 31), 0),
        ("3.14", date(2025, 6, 1), 1),
        ("3.13, 3.15", date(2025, 6, 1), 1),
        ("3.15", date(2025, 6, 1), 0),
        ("3.x", date(2025, 6, 1), 0),
        ("2.7", date(2025, 6, 1), 0),
    ],
)
def test_a_version_that_takes_no_features_is_reported_for_a_new_draft(
    value: str, day: date, count: int
) -> None:
    text = pep_text(**{"Python-Version": value})
    found = findings("python-version", change(added(text)), context(today=day))
    assert [one.severity for one in found] == [Severity.NOTICE] * count
    edited = change(modified(BEFORE, text))
    assert findings("python-version", edited, context(today=day)) == []


@pytest.mark.parametrize(
    ("status", "headers", "count"),
    [
        ("Accepted", {}, 1),
        ("Provisional", {}, 1),
        ("Final", {}, 1),
        ("Rejected", {}, 0),
        ("Accepted", {"Topic": "Packaging"}, 0),
        ("Final", {"Python-Version": "3.15"}, 0),
    ],
)
def test_a_decided_pep_needs_its_version(status: str, headers: dict[str, str], count: int) -> None:
    before = pep_text(695, **({"Python-Version": None} | headers))
    after = before.replace("Status: Draft", f"Status: {status}")
    found = findings("python-version", change(modified(before, after)))
    assert [(one.severity, one.line) for one in found] == [(Severity.WARNING, 5)] * count
