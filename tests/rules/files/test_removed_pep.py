from bot.peps.change import FileChange, FileStatus
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, finding, findings, pep_text, renamed


def removed(path: str) -> FileChange:
    return FileChange(path, FileStatus.REMOVED, before=pep_text(700))


def test_a_deleted_pep_is_a_warning() -> None:
    found = finding("removed-pep", change(removed("peps/pep-0700.rst")))
    assert (found.severity, found.pep) == (Severity.WARNING, 700)


def test_a_renumbered_pep_is_reported_with_its_dead_links() -> None:
    file = renamed(pep_text(840), "peps/pep-0837.rst", "peps/pep-0840.rst")
    found = finding("removed-pep", change(file))
    assert found.severity is Severity.NOTICE
    assert "PEP 837 becomes PEP 840" in found.message


def test_placeholders_and_other_files_may_go() -> None:
    files = removed("peps/pep-9999.rst"), removed("peps/pep-0700.txt"), added(pep_text(791))
    assert findings("removed-pep", change(*files)) == []
