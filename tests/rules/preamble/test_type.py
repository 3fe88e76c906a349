import pytest

from bot.rules.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, pep_text


def test_a_type_in_the_wrong_case_is_mended() -> None:
    found = finding("type", change(added(pep_text(Type="standards track"))))
    assert (found.severity, found.line) == (Severity.ERROR, 6)
    assert found.fix == Fix(6, 6, ("Type: Standards Track",))


def test_another_type_is_an_error_without_a_guess() -> None:
    assert finding("type", change(added(pep_text(Type="Standard Track")))).fix is None


@pytest.mark.parametrize("kind", ["Standards Track", "Informational", "Process"])
def test_the_three_types_are_fine(kind: str) -> None:
    assert findings("type", change(added(pep_text(Type=kind)))) == []
