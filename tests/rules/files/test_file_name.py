import pytest

from bot.peps.change import FileChange, FileStatus
from bot.rules.engine.finding import Severity
from tests.rules.builders import added, change, context, finding, findings, pep_text


@pytest.mark.parametrize(
    "path", ["pep-0845.rst", "peps/pep-0845.md", "peps/PEP-845.txt", "pep/pep-0845.rst"]
)
def test_a_misfiled_pep_is_an_error_with_the_move_to_paste(path: str) -> None:
    found = finding("file-name", change(added("Text.\n", path)))
    assert found.severity is Severity.ERROR
    assert found.paste == f"git mv {path} peps/pep-0845.rst"


def test_a_misfiled_placeholder_has_no_path_to_go_to_yet() -> None:
    found = finding("file-name", change(added("Text.\n", "pep-XXXX.rst")))
    assert (found.severity, found.paste) == (Severity.ERROR, None)


def test_a_document_among_the_peps_is_a_warning() -> None:
    assert finding("file-name", change(added("", "peps/Metge.md"))).severity is Severity.WARNING


@pytest.mark.parametrize(
    "path",
    [
        *("peps/pep-789-a.png", "peps/pep-0777_a.svg", "peps/pep-0777-diagram.png"),
        *("peps/pep-0999-1.png", "peps/pep-0999/a", "peps/pep-789-1.png"),
    ],
)
def test_odd_auxiliary_files_are_a_notice(path: str) -> None:
    assert finding("file-name", change(added("", path))).severity is Severity.NOTICE


@pytest.mark.parametrize(
    "path",
    [
        *("peps/pep-0845.rst", "peps/pep-0777-1.png", "peps/pep-0777/a/b.md", "peps/index.rst"),
        *("peps/conf.py", "README.md", "docs/pep-0845.rst", "peps/_static/note.md"),
        *("peps/README", "peps/.gitignore", "peps/api/index.rst", "peps/pep-0777-2.drawio.svg"),
        *("peps/pep-XXXX/a.png", "pep_sphinx_extensions/a.png", "peps/pep-0777/pep-NNNN.rst"),
        "peps/pep-845.rst",
    ],
)
def test_other_files_are_left_alone(path: str) -> None:
    assert findings("file-name", change(added("", path))) == []


@pytest.mark.parametrize("path", ["peps/a.png", "peps/images/a.svg", "peps/pep-calm/a.jpg"])
def test_a_picture_among_the_peps_that_belongs_to_none_is_a_warning(path: str) -> None:
    found = finding("file-name", change(added("", path)))
    assert (found.severity, found.paste) == (Severity.WARNING, None)
    assert "in `peps/pep-NNNN/`" in found.help


@pytest.mark.parametrize("path", ["peps/a.json", "peps/data/a.csv", "peps/pep-calm.zip"])
def test_another_file_beside_a_pep_is_a_warning_with_the_move_to_paste(path: str) -> None:
    files = added(pep_text(9999), "peps/pep-9999.rst"), added("", path)
    found = finding("file-name", change(*files))
    name = path.rpartition("/")[2]
    assert (found.severity, found.paste) == (
        Severity.WARNING,
        f"mkdir -p peps/pep-9999\ngit mv {path} peps/pep-9999/{name}",
    )
    # Without a PEP it may be new infrastructure.
    assert findings("file-name", change(added("", path))) == []


def test_the_move_of_a_file_is_one_that_git_can_make() -> None:
    files = added(pep_text(791), "peps/pep-0791.rst"), added("", "peps/a.png")
    found = finding("file-name", change(*files, added("", "peps/pep-0791/b.png")))
    assert found.paste == "git mv peps/a.png peps/pep-0791/a.png"
    base = context(auxiliary=frozenset({"peps/pep-0791/b.png"}))
    assert finding("file-name", change(*files), base).paste == found.paste
    assert finding("file-name", change(*files, added("", "peps/pep-0791/a.png"))).paste is None


def test_the_files_of_a_pep_that_comes_with_them_are_fine() -> None:
    files = added(pep_text(999), "peps/pep-0999.rst"), added("", "peps/pep-0999/a.png")
    assert findings("file-name", change(*files)) == []


def test_a_file_that_lies_there_already_is_left_alone() -> None:
    file = FileChange("peps/pep-0845.md", FileStatus.MODIFIED)
    assert findings("file-name", change(file)) == []


def test_a_name_no_shell_takes_as_it_stands_is_not_given_to_be_pasted() -> None:
    assert finding("file-name", change(added("", "PEP 845.txt"))).paste is None
