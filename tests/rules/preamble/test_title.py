import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"


@pytest.mark.parametrize("title", ["x" * 80, "word " * 20, "x" * 50 + "\n   " + "y" * 40])
def test_a_title_of_more_than_79_characters_is_too_long(title: str) -> None:
    found = finding("title", change(modified(pep_text(758), pep_text(758, Title=title), PATH)))
    assert (found.severity, found.line) == (Severity.ERROR, 2)
    assert "at most 79 are allowed" in found.message
    assert found.columns is not None
    assert found.columns[0] == 8


@pytest.mark.parametrize("length", [1, 44, 45, 79])
def test_up_to_79_nothing_is_reported(length: int) -> None:
    text = pep_text(758, Title="x" * length)
    assert findings("title", change(modified(pep_text(758), text, PATH))) == []
