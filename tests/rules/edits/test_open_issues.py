import pytest

from bot.peps.change import Change
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, modified, pep_text

QUESTION = "Open Issues\n===========\n\n* Which way?\n"


def with_section(section: str, **headers: str) -> str:
    return pep_text(**headers).replace("Copyright\n", f"{section}\n\nCopyright\n", 1)


def moved(section: str, after: str = "Accepted", before: str = "Draft") -> Change:
    old, new = with_section(section, Status=before), with_section(section, Status=after)
    return change(modified(old, new))


@pytest.mark.parametrize("status", ["Accepted", "Provisional", "Final"])
def test_open_issues_of_a_pep_that_is_accepted_get_a_notice_at_their_line(status: str) -> None:
    found = finding("open-issues", moved(QUESTION, status))
    assert found.message == f"The PEP becomes {status}, but `Open Issues` is not empty."
    text = with_section(QUESTION).split("\n")
    assert (found.severity, found.line) == (Severity.NOTICE, text.index("Open Issues") + 1)


@pytest.mark.parametrize(
    "section",
    [
        "Unresolved questions\n--------------------\n\nWhich\nway\nis\nit?\n",
        "Open Issues\n===========\n\nFirst\n-----\n\nWhich way?\n",
        "Open Issues\n===========\n\nNone of us knows.\n\n* Which\n\n* way?\n",
        "Open Issue: the way\n===================\n\n::\n\n    code()\n",
    ],
)
def test_whatever_is_listed_counts(section: str) -> None:
    assert findings("open-issues", moved(section))


@pytest.mark.parametrize(
    "content",
    [
        *("(None.)", "No known open issues."),
        *("None at this point.", "N/A", "* None.", "Currently none.", "", ".. None yet: ask."),
        *("There are no open issues at this time.", "No open issues have been raised yet."),
        "[Any points that are still being decided/discussed.]",
    ],
)
def test_a_section_that_says_there_are_none_lists_none(content: str) -> None:
    assert findings("open-issues", moved(f"Open Issues\n===========\n\n{content}\n")) == []


def test_other_sections_and_other_changes_are_left_alone() -> None:
    assert (
        findings("open-issues", moved("(No longer) Open Issues\n=======================\n\nA.\n"))
        == []
    )
    assert findings("open-issues", moved("Rejected Ideas\n==============\n\nOpen it.\n")) == []
    for before, after in (("Draft", "Rejected"), ("Accepted", "Final"), ("Draft", "Deferred")):
        assert findings("open-issues", moved(QUESTION, after, before)) == []
    assert findings("open-issues", change(added(with_section(QUESTION, Status="Accepted")))) == []
    old = with_section(QUESTION)
    assert findings("open-issues", change(modified(old, old.replace("way", "road")))) == []
