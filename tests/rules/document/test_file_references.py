import pytest

from bot.peps.change import Change, FileChange, FileStatus
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Severity
from tests.rules.builders import (
    added,
    change,
    context,
    finding,
    findings,
    longer,
    modified,
    pep_text,
    renamed,
)

BASE = context(
    auxiliary=frozenset(
        {
            *("peps/pep-0791/Flow.svg", "peps/pep-0791/code/a.py"),
            *("peps/pep-0791-1.png", "peps/conf.py"),
        }
    )
)


def new_pep(*lines: str) -> Change:
    return change(added(longer(pep_text(791), "", *lines)))


@pytest.mark.parametrize(
    ("line", "what", "path"),
    [
        (".. image:: pep-0791/no.svg", "image", "peps/pep-0791/no.svg"),
        (".. figure:: /pep-0791/no.svg", "image", "peps/pep-0791/no.svg"),
        (".. |it| image:: ./pep-0791/no.svg", "image", "peps/pep-0791/no.svg"),
        (".. include:: pep-0791/no.txt", "file", "peps/pep-0791/no.txt"),
        (".. literalinclude:: ../peps/pep-0791/no.py", "file", "peps/pep-0791/no.py"),
        ("See :download:`the code <pep-0791/no.py>`.", "file", "peps/pep-0791/no.py"),
        ("See :download:`pep-0791/no.py`.", "file", "peps/pep-0791/no.py"),
        ("See `the code <pep-0791/no.py>`__.", "file", "peps/pep-0791/no.py"),
        (".. _the code: pep-0791-no.py", "file", "peps/pep-0791-no.py"),
        ("Not ``a``, ``b``, but `it <pep-0791/no.py>`__.", "file", "peps/pep-0791/no.py"),
    ],
)
def test_a_reference_that_leads_nowhere_is_shown_where_it_is(
    line: str, what: str, path: str
) -> None:
    the_change = new_pep(line)
    found = finding("file-references", the_change, BASE)
    assert found.severity is Severity.WARNING
    assert found.message == (
        f"The {what} `{path}` is neither in the repository nor in this pull request."
    )
    text = the_change.files[0].after or ""
    assert found.line == text.split("\n").index(line) + 1
    assert found.columns is not None
    first, last = found.columns
    assert line[first - 1 : last].endswith(path.removeprefix("peps/"))


def test_of_very_many_files_that_are_missing_only_some_are_shown() -> None:
    text = longer(pep_text(791), *(f".. image:: {number}.svg\n" for number in range(30)))
    peps = added(text), added(text, "peps/pep-0792.rst")
    assert len(findings("file-references", change(*peps), BASE)) == 20


@pytest.mark.parametrize(
    "line",
    [
        *(".. image:: pep-0791/Flow.svg", ".. figure:: ./pep-0791-1.png", ".. include:: conf.py"),
        *(".. image:: https://example.org/no.png", ".. image:: //example.org/no.png"),
        *(".. image:: data:image/png;base64,AAAA", ".. image:: pep-0791/no.*", ".. image::"),
        *(".. |it| image:: pep-0791-1.png", ".. |it| replace:: pep-0791/no.png", ".. image:: |it|"),
        *(".. include:: <isonum.txt>", ".. include:: pep-0008.rst", ".. include:: ../README.rst"),
        *("::\n\n   .. image:: no.png", ".. code-block:: rst\n\n   .. image:: no.png"),
        *("See :ref:`it <pep-791-no.such>`.", "See `it <pep-791-no_such_>`_.", ".. no: pep-791/n"),
        *("See `it <https://github.com/python/peps/blob/main/peps/pep-0791/no.py>`__.",),
        *("See `it <pep-0008/#a>`_.", "See `it </pep-0791/>`__.", ".. _it: /pep-0008/index.html#a"),
        *("Write ``:download:`pep-0791/no.py```.", "Or ```it <pep-0791/no.py>`__``, as here."),
        *("See `the folder <pep-0791/code>`__.", ".. _the folder: pep-0791/code"),
        *("The file ``pep-0791/no.py``, or pep-0791/no.py.", ".. _pep-791-no: other_"),
    ],
)
def test_what_exists_is_elsewhere_or_is_no_file_is_left_alone(line: str) -> None:
    assert findings("file-references", new_pep(line), BASE) == []


def test_a_file_that_comes_with_the_pull_request_exists() -> None:
    text = longer(pep_text(9999), "", ".. image:: pep-9999/flow.svg")
    files = added(text, "peps/pep-9999.rst"), added("", "peps/pep-9999/flow.svg")
    assert findings("file-references", change(*files), BASE) == []
    assert findings("file-references", change(files[0]), BASE)


def test_a_file_of_that_name_in_the_folder_of_the_pep_is_suggested() -> None:
    found = finding("file-references", new_pep(".. image:: flow.svg"), BASE)
    assert found.help == "There is `peps/pep-0791/Flow.svg`; write `pep-0791/Flow.svg`."
    found = finding("file-references", new_pep(".. image:: no.svg"), BASE)
    assert "a file in `peps/pep-0791/` is called `pep-0791/…` here" in found.help


def test_only_edited_lines_are_checked_and_a_resolved_pep_is_not_to_be_improved() -> None:
    old = longer(pep_text(695), "", ".. image:: no.svg")
    assert findings("file-references", change(modified(old, old + "\nMore.\n")), BASE) == []
    new = old.replace("no.svg", "none.svg")
    assert finding("file-references", change(modified(old, new)), BASE).line
    final = old.replace("Draft", "Final"), new.replace("Draft", "Final")
    found = finding("file-references", change(modified(*final)), BASE)
    assert found.severity is Severity.NOTICE


@pytest.mark.parametrize(
    "file",
    [
        FileChange("peps/pep-0791-1.png", FileStatus.REMOVED),
        FileChange("peps/pep-0791-2.png", FileStatus.RENAMED, "peps/pep-0791-1.png"),
    ],
)
def test_a_file_that_goes_is_missed_on_an_untouched_line_too(file: FileChange) -> None:
    old = longer(pep_text(791), "", ".. image:: pep-0791-1.png")
    edit = modified(old, old + "\nMore.\n", "peps/pep-0791.rst")
    found = finding("file-references", change(edit, file), BASE)
    assert "removes or renames the image `peps/pep-0791-1.png`" in found.message
    moved = renamed(old, "peps/pep-0791.rst", "peps/pep-0792.rst")
    assert findings("file-references", change(moved, file), BASE)
    assert findings("file-references", change(moved), BASE) == []


def test_nothing_is_said_while_some_files_are_unknown() -> None:
    unknown: Context = context()
    assert findings("file-references", new_pep(".. image:: no.svg"), unknown) == []
