import pytest

from bot.rules.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, pep_text


def test_a_status_in_the_wrong_case_is_mended() -> None:
    found = finding("status", change(added(pep_text(Status="draft"))))
    assert (found.severity, found.line) == (Severity.ERROR, 5)
    assert found.fix == Fix(5, 5, ("Status: Draft",))


@pytest.mark.parametrize("status", ["Open", "Draft, Final", "April Fool!"])
def test_a_word_that_is_no_status_is_an_error(status: str) -> None:
    assert finding("status", change(added(pep_text(Status=status)))).fix is None


@pytest.mark.parametrize("status", ["Draft", "Final", "Superseded"])
def test_a_status_of_pep_1_is_fine(status: str) -> None:
    assert findings("status", change(added(pep_text(Status=status)))) == []


def test_the_joke_is_fine_in_pep_401() -> None:
    text = pep_text(401, Status="April Fool!")
    assert findings("status", change(added(text, "peps/pep-0401.rst"))) == []
