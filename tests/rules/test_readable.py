import pytest

from bot.peps.change import FileChange, FileStatus, Unreadable
from bot.rules.engine.finding import Severity
from bot.rules.engine.registry import run_rules
from tests.rules.builders import CODEOWNERS, added, change, context, finding, findings, pep_text


@pytest.mark.parametrize(
    ("why", "severity", "word"),
    [
        (Unreadable.TOO_LARGE, Severity.ERROR, "2 MB"),
        (Unreadable.NOT_TEXT, Severity.ERROR, "UTF-8"),
        (Unreadable.DELETED, Severity.NOTICE, "no longer"),
    ],
)
@pytest.mark.parametrize("path", ["peps/pep-0791.rst", CODEOWNERS])
@pytest.mark.parametrize("status", [FileStatus.ADDED, FileStatus.MODIFIED])
def test_a_file_that_cannot_be_read_is_reported_once_and_judged_by_nobody(
    why: Unreadable, severity: Severity, word: str, path: str, status: FileStatus
) -> None:
    the_change = change(FileChange(path, status, unreadable=why))
    found = finding("readable", the_change)
    assert (found.path, found.severity) == (path, severity)
    assert word in found.message
    others = [one for one in run_rules(the_change, context()) if one.rule != "readable"]
    assert others == []


def test_a_new_pep_without_a_header_is_asked_for_one() -> None:
    the_change = change(added("# imath\n\nA module for integers.\n"))
    found = finding("readable", the_change)
    assert (found.severity, found.path, found.line) == (Severity.ERROR, "peps/pep-0791.rst", 1)
    assert "`PEP:`" in found.help
    assert [one.rule for one in run_rules(the_change, context())] == ["readable"]


@pytest.mark.parametrize(
    "file",
    [
        added(pep_text()),
        FileChange("peps/pep-0791.rst", FileStatus.REMOVED, unreadable=Unreadable.TOO_LARGE),
        FileChange("peps/pep-0791-graph.png", FileStatus.ADDED, unreadable=Unreadable.NOT_TEXT),
    ],
)
def test_other_files_are_left_alone(file: FileChange) -> None:
    assert findings("readable", change(file)) == []
