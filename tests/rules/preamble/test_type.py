import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, pep_text


def test_a_type_in_the_wrong_case_is_fixed() -> None:
    found = finding("type", change(added(pep_text(Type="standards track"))))
    assert (found.severity, found.line) == (Severity.ERROR, 6)
    assert found.fix == Fix(6, 6, ("Type: Standards Track",))


@pytest.mark.parametrize(
    ("wrong", "action"),
    [
        ("Standard Track", "Write `Standards Track`"),
        ("Pro cess", "Write `Process`"),
        ("Informationl", "Write `Informational`"),
        ("Nonsense", ""),
    ],
)
def test_another_type_is_pointed_at_and_not_fixed(wrong: str, action: str) -> None:
    found = finding("type", change(added(pep_text(Type=wrong))))
    assert (found.fix, found.action, found.columns) == (None, action, (7, 6 + len(wrong)))


@pytest.mark.parametrize("kind", ["Standards Track", "Informational", "Process"])
def test_the_three_types_are_fine(kind: str) -> None:
    assert findings("type", change(added(pep_text(Type=kind)))) == []
