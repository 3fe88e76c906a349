import pytest

from bot.peps.number import NumberLedger
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, context, finding, findings, ledger, pep_text


@pytest.mark.parametrize("value", ["PEP 12", "12,13", "", "12 13", "12, x", "791", "700, 0791"])
def test_what_is_no_list_of_other_peps_is_an_error(value: str) -> None:
    found = finding("references", change(added(pep_text(Requires=value))))
    assert (found.severity, found.line) == (Severity.ERROR, 7)


@pytest.mark.parametrize("value", ["700", "700, 710", "700,\n 710", "700, 710,", "700 ,"])
def test_numbers_of_other_peps_are_fine(value: str) -> None:
    assert findings("references", change(added(pep_text(Replaces=value)))) == []


def test_a_number_that_no_pep_has_gets_a_warning() -> None:
    found = finding("references", change(added(pep_text(Requires="700, 6999"))))
    assert (found.severity, found.line, found.columns) == (Severity.WARNING, 7, (11, 19))
    assert found.message == "`Requires` names PEP 6999, but there is no such PEP."


def test_a_claimed_pep_and_one_of_the_same_change_are_known() -> None:
    beside = added(pep_text(792), "peps/pep-0792.rst")
    text = pep_text(Requires="778, 792")
    assert findings("references", change(added(text), beside)) == []
    assert len(findings("references", change(added(text)))) == 1


@pytest.mark.parametrize("numbers", [ledger((), claims={}), ledger(complete=False)])
def test_where_not_all_numbers_are_known_none_is_unknown(numbers: NumberLedger) -> None:
    text = pep_text(Requires="6999")
    assert findings("references", change(added(text)), context(numbers=numbers)) == []
