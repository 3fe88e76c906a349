import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text


def with_line(line: str) -> str:
    return pep_text() + f"\n{line}\n\n   Words.\n"


@pytest.mark.parametrize("directive", ["code", "code-block", "highlight", "sourcecode"])
def test_a_mistyped_language_is_fixed(directive: str) -> None:
    text = with_line(f".. {directive}:: pythonic")
    number = text.split("\n").index(f".. {directive}:: pythonic") + 1
    found = finding("code-lexer", change(added(text)))
    assert found.message == "Pygments does not know the language `pythonic`."
    assert (found.action, found.severity) == ("Write `python`", Severity.WARNING)
    assert found.fix == Fix(number, number, (f".. {directive}:: python",))


def test_a_language_like_no_other_is_not_guessed() -> None:
    found = finding("code-lexer", change(added(with_line(".. code-block:: qqqqqqqqq"))))
    assert found.fix is None
    assert "`text`" in found.help


@pytest.mark.parametrize(
    "name", ["", "python", "PEG", "c++", "c#", "text", "none", "pycon3", "rest", "toml", "email"]
)
def test_known_languages_and_no_language_are_accepted(name: str) -> None:
    assert findings("code-lexer", change(added(with_line(f".. code-block:: {name}")))) == []


def test_blocks_within_code_and_untouched_ones_are_left_alone() -> None:
    shown = pep_text() + "\nThus::\n\n   .. code-block:: pythonic\n"
    assert findings("code-lexer", change(added(shown))) == []
    text = with_line(".. code-block:: pythonic")
    assert findings("code-lexer", change(modified(text, text + "More.\n"))) == []
