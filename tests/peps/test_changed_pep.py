import pytest

from bot.peps.change import Change, FileChange, FileStatus
from bot.peps.changed_pep import edited_peps, new_peps, renumberings, touched_peps
from bot.peps.number import PepNumber
from tests.rules.builders import added, modified, pep_text, renamed


@pytest.mark.parametrize(
    ("path", "number", "is_placeholder"),
    [
        ("peps/pep-0791.rst", 791, False),
        ("peps/pep-8107.rst", 8107, False),
        ("peps/pep-9999.rst", 9999, True),
        ("peps/pep-XXXX.rst", None, True),
        ("peps/pep-0000.rst", 0, True),
        ("peps/pep-845.rst", None, False),
    ],
)
def test_an_added_source_file_is_a_new_pep(
    path: str, number: int | None, is_placeholder: bool
) -> None:
    (pep,) = new_peps(Change((added(pep_text(number or 791), path),)))
    assert (pep.path, pep.number) == (path, number)
    assert pep.is_placeholder is is_placeholder


@pytest.mark.parametrize(
    "path",
    [
        "peps/pep-0012/pep-NNNN.rst",
        "peps/pep-0789-graph.png",
        "peps/pep-0817/notes.rst",
        "pep-0791.rst",
        "docs/pep-0791.rst",
        ".github/CODEOWNERS",
        "peps/conf.py",
    ],
)
def test_templates_auxiliary_and_other_files_are_no_peps(path: str) -> None:
    assert new_peps(Change((added("text", path),))) == ()


def test_an_edited_or_removed_pep_is_not_new() -> None:
    files = (
        modified(pep_text(695), pep_text(695) + "more\n"),
        FileChange("peps/pep-0700.rst", FileStatus.REMOVED, before=pep_text(700)),
    )
    assert new_peps(Change(files)) == ()


def test_a_placeholder_that_gets_its_number_is_new() -> None:
    the_change = Change((renamed(pep_text(791), "peps/pep-9999.rst", "peps/pep-0791.rst"),))
    assert [pep.number for pep in new_peps(the_change)] == [791]
    assert renumberings(the_change) == ()


def test_a_draft_moved_in_from_elsewhere_is_new() -> None:
    the_change = Change((renamed(pep_text(791), "drafts/imath.rst", "peps/pep-0791.rst"),))
    assert [pep.number for pep in new_peps(the_change)] == [791]


def test_a_published_pep_that_changes_its_number_is_renumbered_not_new() -> None:
    the_change = Change((renamed(pep_text(840), "peps/pep-0837.rst", "peps/pep-0840.rst"),))
    assert new_peps(the_change) == ()
    (one,) = renumberings(the_change)
    assert (one.previous, one.pep.number) == (837, 840)


def test_a_placeholder_in_the_header_alone_is_seen() -> None:
    for value in ("9999", "XXXX", "TBD", "???"):
        (pep,) = new_peps(Change((added(pep_text(value)),)))
        assert pep.is_placeholder, value


def test_an_unreadable_pep_is_new_and_has_no_header() -> None:
    (pep,) = new_peps(Change((FileChange("peps/pep-0791.rst", FileStatus.ADDED),)))
    assert (pep.number, pep.text, pep.preamble.headers) == (PepNumber(791), "", ())


def test_a_final_pep_that_loses_its_status_does_not_move_and_is_final_no_more() -> None:
    final = pep_text(695, Status="Final")
    without = final.replace("Status: Final\n", "")
    change = Change((modified(final, without, "peps/pep-0695.rst"),))
    (touched,), (edited,) = touched_peps(change), edited_peps(change)
    assert touched is edited
    assert not edited.changes_status
    assert not edited.is_resolved, "or what is wrong with it would only be a notice"


def test_a_file_that_only_moves_is_edited_and_not_touched() -> None:
    change = Change((renamed(pep_text(695), "peps/pep-0695.rst", "peps/pep-0696.rst"),))
    assert touched_peps(change) == ()
    assert [pep.number for pep in edited_peps(change)] == [696]
