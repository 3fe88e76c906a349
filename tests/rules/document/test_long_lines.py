import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

LONG = "word " * 24 + "end"
A_LITTLE_LONG = "word " * 22 + "end"


def test_long_lines_are_reported_once_at_the_first_that_is_far_too_long() -> None:
    text = pep_text() + f"\n{A_LITTLE_LONG}\n{LONG}\n{LONG}\n"
    found = finding("long-lines", change(added(text)))
    assert found.message == (
        "3 lines of prose, this one among them, are longer than 79 characters."
    )
    assert (found.severity, found.line) == (Severity.NOTICE, text.split("\n").index(LONG) + 1)
    assert found.columns == (80, len(LONG))


@pytest.mark.parametrize(
    "body",
    [
        A_LITTLE_LONG,
        "a" * 200,
        f"   {'a' * 130}",
        f"{'a' * 80} {'a' * 79}",
        f"See https://example.org/{'a' * 90} for more.",
        f"Code::\n\n    {LONG}",
        f".. code-block:: python\n\n   {LONG}",
        f">>> {LONG}",
        f"| {LONG} |",
        f".. _target: {LONG}",
        f".. a comment {LONG}",
    ],
    ids=[
        "little",
        "word",
        "indented",
        "words",
        "link",
        "code",
        "block",
        "doctest",
        "table",
        "target",
        "comment",
    ],
)
def test_what_cannot_be_wrapped_or_hardly_matters_is_left_alone(body: str) -> None:
    assert findings("long-lines", change(added(pep_text() + f"\n{body}\n"))) == []


@pytest.mark.parametrize("line", [f"{'a' * 79} {'a' * 79}", f"   {'a' * 76} {'a' * 79}"])
def test_a_line_is_reported_that_has_a_blank_to_break_at_within_its_width(line: str) -> None:
    assert len(findings("long-lines", change(added(pep_text() + f"\n{line}\n")))) == 1


def test_lines_in_a_note_are_prose() -> None:
    text = pep_text() + f"\n.. note::\n\n   {LONG}\n"
    assert len(findings("long-lines", change(added(text)))) == 1


def test_only_touched_lines_count() -> None:
    text = pep_text() + f"\n{LONG}\n"
    assert findings("long-lines", change(modified(text, text + "More.\n"))) == []
