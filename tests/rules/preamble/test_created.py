from datetime import date

import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

OPENED = date(2025, 3, 13)


def test_a_day_long_before_the_pull_request_is_reported_at_its_line() -> None:
    text = pep_text(Created="03-Feb-2025")
    found = finding("created", change(added(text), opened=OPENED))
    assert found.message == (
        "`Created` is the day the number was taken; this pull request was opened on 13-Mar-2025."
    )
    assert (found.severity, found.need, found.line) == (Severity.NOTICE, None, 7)


@pytest.mark.parametrize(
    ("created", "is_reported"),
    [
        ("13-Mar-2025", False),
        ("27-Feb-2025", False),
        ("26-Feb-2025", True),
        ("27-Mar-2025", False),
        ("28-Mar-2025", True),
        ("", False),
        (None, False),
    ],
)
def test_two_weeks_are_tolerated(created: str | None, is_reported: bool) -> None:
    found = findings("created", change(added(pep_text(Created=created)), opened=OPENED))
    assert bool(found) is is_reported


def test_without_the_opening_day_or_a_new_pep_nothing_is_reported() -> None:
    text = pep_text(Created="03-Feb-2001")
    assert findings("created", change(added(text))) == []
    assert findings("created", change(modified(text, text + "x\n"), opened=OPENED)) == []


@pytest.mark.parametrize(
    ("created", "said"),
    [
        ("31-Feb-2025", "not a day in the form"),
        ("2025-02-03", "not a day in the form"),
        ("3-Feb-2025", "not a day in the form"),
        ("03-Sept-2001", "not a day in the form"),
        ("03-Foo-2001", "not a day in the form"),
        ("٠٣-Feb-2001", "not a day in the form"),
        ("01-Jan-0000", "not a day in the form"),
        ("01-Jan-1989", "before Python existed"),
        ("01-Jan-2099", "in the future"),
    ],
)
@pytest.mark.parametrize("status", ["Draft", "Final"])
def test_what_cannot_be_the_day_is_an_error(created: str, said: str, status: str) -> None:
    before, after = pep_text(Status=status), pep_text(Status=status, Created=created)
    found = finding("created", change(modified(before, after, "peps/pep-0791.rst")))
    assert found.severity is Severity.ERROR
    assert found.columns == (10, 9 + len(created))
    assert said in found.message


def test_up_to_two_weeks_ahead_is_fine() -> None:
    assert findings("created", change(added(pep_text(Created="26-May-2025")))) == []
