import pytest

from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text


@pytest.mark.parametrize(
    ("status", "kind"), [("Active", "Standards Track"), ("Provisional", "Process")]
)
def test_a_status_the_type_cannot_have_is_an_error(status: str, kind: str) -> None:
    found = finding("status-for-type", change(added(pep_text(Status=status, Type=kind))))
    assert (found.severity, found.line) == (Severity.ERROR, 5)


def test_changing_the_type_alone_is_reported() -> None:
    before = pep_text(Status="Active", Type="Process")
    after = pep_text(Status="Active")
    assert finding("status-for-type", change(modified(before, after))).line == 5


@pytest.mark.parametrize(
    ("status", "kind"),
    [("Active", "Process"), ("Provisional", "Standards Track"), ("Active", "Nonsense")],
)
def test_what_fits_or_cannot_be_read_has_no_finding(status: str, kind: str) -> None:
    assert findings("status-for-type", change(added(pep_text(Status=status, Type=kind)))) == []
