import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"
SOUND = pep_text(758)


@pytest.mark.parametrize("value", ["0758", "000758"])
def test_a_number_has_no_zeros_before_it(value: str) -> None:
    text = SOUND.replace("PEP: 758", f"PEP: {value}")
    found = finding("header-number", change(modified(SOUND, text, PATH)))
    assert (found.severity, found.line) == (Severity.ERROR, 1)
    assert found.fix == Fix(1, 1, ("PEP: 758",))
    assert findings("header-number", change(added(text, PATH))) != []


@pytest.mark.parametrize("value", ["758", "792", "9999", "XXXX", "0000", "xyz", "0x10", ""])
def test_other_values_are_left_to_other_rules(value: str) -> None:
    text = pep_text(value)
    assert findings("header-number", change(added(text))) == []


def test_an_old_fault_that_nobody_touches_is_left_alone() -> None:
    old = SOUND.replace("PEP: 758", "PEP: 0758")
    assert findings("header-number", change(modified(old, old + "x", PATH))) == []
