from datetime import date

import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import change, context, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


def with_line(line: str, below: str = "Type") -> tuple[str, int]:
    """The PEP with a line inserted below a header, and the number of that line."""
    lines = SOUND.split("\n")
    place = next(number for number, text in enumerate(lines) if text.startswith(f"{below}:")) + 1
    return "\n".join([*lines[:place], line, *lines[place:]]), place + 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Topics: Typing", "Topic: Typing"),
        ("topic: Typing", "Topic: Typing"),
        ("Python-version: 3.15", "Python-Version: 3.15"),
        ("Discussion-To: Pending", "Discussions-To: Pending"),
        ("Superseeded-By: 7", "Superseded-By: 7"),
    ],
)
def test_a_misspelt_header_gets_a_suggestion(written: str, meant: str) -> None:
    text, line = with_line(written)
    found = finding("header-names", change(modified(SOUND, text, PATH)))
    assert (found.severity, found.line) == (Severity.ERROR, line)
    assert found.help == f"Did you mean `{meant.partition(':')[0]}`?"
    assert found.fix == Fix(line, line, (meant,))


def test_a_misspelt_header_is_not_made_a_second_one() -> None:
    text, line = with_line("Typ: Process")
    found = finding("header-names", change(modified(SOUND, text, PATH)))
    assert (found.line, found.fix) == (line, None)
    assert found.help == "Did you mean `Type`? The PEP has one already: keep one of the two."


def test_a_header_that_means_nothing_is_reported() -> None:
    text, line = with_line("Colour: blue")
    found = finding("header-names", change(modified(SOUND, text, PATH)))
    assert found.message == "There is no header `Colour`."
    assert (found.line, found.fix, found.columns) == (line, None, (1, 6))


def test_content_type_was_a_header_until_2025() -> None:
    text, line = with_line("Content-Type: text/x-rst")
    the_change = change(modified(SOUND, text, PATH))
    found = finding("header-names", the_change)
    assert "PEPs no longer have it" in found.help
    assert found.fix == Fix(line, line, ())
    assert findings("header-names", the_change, context(today=date(2024, 5, 1))) == []


def test_a_header_given_twice_is_reported_at_the_second() -> None:
    text, line = with_line("Type: Process")
    found = finding("header-names", change(modified(SOUND, text, PATH)))
    assert found.message == f"`Type` is given twice, first on line {line - 1}."
    assert found.line == line


def test_in_a_final_pep_it_is_an_error_too_and_old_ones_are_left_alone() -> None:
    final = SOUND.replace("Status: Draft", "Status: Final")
    old = final.replace("Type:", "Colour: blue\nType:", 1)
    found = finding("header-names", change(modified(final, old, PATH)))
    assert found.severity is Severity.ERROR
    assert findings("header-names", change(modified(old, old + "x", PATH))) == []


def test_no_more_than_twenty_are_reported() -> None:
    many = "".join(f"Colour{n}: blue\n" for n in range(900))
    text = SOUND.replace("Type:", many + "Type:", 1)
    assert len(findings("header-names", change(modified(SOUND, text, PATH)))) == 20
