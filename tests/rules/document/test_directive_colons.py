import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text


@pytest.mark.parametrize(
    ("line", "fixed"),
    [
        (".. code-block: python", ".. code-block:: python"),
        (".. note: Words: many.", ".. note:: Words: many."),
        ("  .. c:function: int f()", "  .. c:function:: int f()"),
        (".. list-table:", ".. list-table::"),
    ],
)
def test_one_colon_makes_a_comment(line: str, fixed: str) -> None:
    text = pep_text() + f"\n{line}\n\n   Words.\n"
    number = text.split("\n").index(line) + 1
    found = finding("directive-colons", change(added(text)))
    assert found.message == "With one colon this is a comment and will not be shown."
    assert (found.severity, found.line) == (Severity.WARNING, number)
    assert found.fix == Fix(number, number, (fixed,))


@pytest.mark.parametrize(
    "line",
    [
        ".. code-block:: python",
        ".. release schedule: bugfix",
        ".. NOTE: to be done",
        ".. notes: to be done",
        ".. note:done",
        ".. https://example.org",
        ".. canonical-doc: words",
        ".. _note: https://example.org",
        "Code::\n\n   .. note: words",
    ],
)
def test_comments_and_directives_are_left_alone(line: str) -> None:
    assert findings("directive-colons", change(added(pep_text() + f"\n{line}\n"))) == []


def test_what_nobody_touched_is_left_alone() -> None:
    text = pep_text() + "\n.. note: words\n"
    assert findings("directive-colons", change(modified(text, text + "\nMore.\n"))) == []
