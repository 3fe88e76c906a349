import pytest

from bot.rules.finding import Fix, Severity
from tests.rules.builders import change, finding, findings, modified, pep_text

PATH = "peps/pep-0758.rst"


@pytest.mark.parametrize("value", ["TBD", "tbd", "TODO", "", "N/A", "?"])
@pytest.mark.parametrize("header", ["PEP-Delegate", "BDFL-Delegate"])
def test_a_decided_pep_does_not_keep_a_placeholder(value: str, header: str) -> None:
    before = pep_text(758, **{header: value})
    after = before.replace("Status: Draft", "Status: Accepted")
    found = finding("delegate", change(modified(before, after, PATH)))
    line = after.split("\n").index(f"{header}: {value}".rstrip()) + 1 if value else found.line
    assert (found.severity, found.line) == (Severity.WARNING, line)
    assert found.message == (
        "A decided PEP should not keep a placeholder. Remove the line if nobody was appointed."
    )
    assert found.fix == Fix(found.line or 0, found.line or 0, ())


@pytest.mark.parametrize("value", ["TBD", ""])
def test_in_a_draft_a_placeholder_is_fine(value: str) -> None:
    before, after = pep_text(758), pep_text(758, **{"PEP-Delegate": value})
    assert findings("delegate", change(modified(before, after, PATH))) == []


@pytest.mark.parametrize("value", ["C API Working Group", "Steering Council", "the typing WG"])
def test_a_body_cannot_be_a_delegate(value: str) -> None:
    before, after = pep_text(758), pep_text(758, **{"PEP-Delegate": value})
    found = finding("delegate", change(modified(before, after, PATH)))
    assert found.severity is Severity.WARNING
    assert "a council or working group cannot be one" in found.message


@pytest.mark.parametrize(
    "value", ["Paul Moore <p.f.moore at gmail.com>", "Wgora Teamowski", "Sig Hansen", "Wim"]
)
def test_a_person_can(value: str) -> None:
    before = pep_text(758, **{"PEP-Delegate": value})
    after = before.replace("Status: Draft", "Status: Accepted")
    assert findings("delegate", change(modified(before, after, PATH))) == []


def test_an_old_placeholder_on_a_line_that_nobody_touches_is_left_alone() -> None:
    before = pep_text(758, Status="Final", **{"PEP-Delegate": "TBD"})
    after = before.replace("Words.", "Other words.")
    assert findings("delegate", change(modified(before, after, PATH))) == []
