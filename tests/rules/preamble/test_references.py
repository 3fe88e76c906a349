import pytest

from bot.rules.finding import Severity
from tests.rules.builders import added, change, finding, findings, pep_text


@pytest.mark.parametrize("value", ["PEP 12", "12,13", "", "12 13", "12, x", "791", "12, 0791"])
def test_what_is_no_list_of_other_peps_is_an_error(value: str) -> None:
    found = finding("references", change(added(pep_text(Requires=value))))
    assert (found.severity, found.line) == (Severity.ERROR, 7)


@pytest.mark.parametrize("value", ["12", "12, 440", "12,\n 440"])
def test_numbers_of_other_peps_are_fine(value: str) -> None:
    assert findings("references", change(added(pep_text(Replaces=value)))) == []
