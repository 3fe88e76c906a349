import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text


def test_a_status_in_the_wrong_case_is_fixed() -> None:
    found = finding("status", change(added(pep_text(Status="draft"))))
    assert (found.severity, found.line) == (Severity.ERROR, 5)
    assert found.fix == Fix(5, 5, ("Status: Draft",))


@pytest.mark.parametrize("status", ["Open", "Draft, Final", "April Fool!"])
def test_a_word_that_is_no_status_is_an_error(status: str) -> None:
    assert finding("status", change(added(pep_text(Status=status)))).fix is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Drafty", "Draft"), ("Accept", "Accepted"), ("WITHDRAW", "Withdrawn"), ("finl", "Final")],
)
def test_a_misspelled_status_gets_a_suggestion(written: str, meant: str) -> None:
    found = finding("status", change(added(pep_text(Status=written))))
    assert found.action == f"Write `{meant}`"
    assert (found.columns, found.fix) == ((9, 8 + len(written)), None)


@pytest.mark.parametrize("status", ["Draft", "Final", "Superseded"])
def test_a_status_of_pep_1_is_fine_in_a_published_pep(status: str) -> None:
    before, after = pep_text(Status="Accepted"), pep_text(Status=status)
    assert findings("status", change(modified(before, after, "peps/pep-0791.rst"))) == []


@pytest.mark.parametrize("status", ["Final", "Deferred", "Active"])
def test_a_new_pep_that_is_no_draft_gets_a_warning(status: str) -> None:
    found = finding("status", change(added(pep_text(Status=status, Type="Process"))))
    assert (found.severity, found.line) == (Severity.WARNING, 5)
    assert found.message == f"A new PEP starts as a `Draft`, but this one is `{status}`."
    assert (found.action, found.columns) == ("Write `Draft`", (9, 8 + len(status)))


def test_a_status_that_its_type_cannot_have_is_reported_once() -> None:
    text = pep_text(Status="Active", Type="Standards Track")
    assert findings("status", change(added(text))) == []
    assert finding("status-for-type", change(added(text))).columns == (9, 14)


def test_a_new_draft_a_release_schedule_and_an_election_are_fine() -> None:
    release = pep_text(Status="Active", Topic="Release", Type="Informational")
    election = pep_text(8108, Status="Active", Topic="Governance", Type="Informational")
    assert findings("status", change(added(pep_text()))) == []
    assert findings("status", change(added(release))) == []
    assert findings("status", change(added(election, "peps/pep-8108.rst"))) == []


def test_the_joke_is_fine_in_pep_401() -> None:
    text = pep_text(401, Status="April Fool!")
    assert findings("status", change(added(text, "peps/pep-0401.rst"))) == []
