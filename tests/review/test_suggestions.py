"""Suggestions and patches: each applied as people apply them makes exactly the text meant."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.peps.change import FileChange, FileStatus
from bot.review.fixes.files import FileFix
from bot.review.fixes.suggestions import offer, patch_of
from tests.review.applying_fixes import clicked, with_patch
from tests.rules.builders import change

PATH = "peps/pep-0791.rst"

_lines = st.lists(
    st.sampled_from(
        ["a", "b", "", " ", "+c", "-d", "```", "   ````", "@@ -1 +1 @@", "\\ No", "é\u2028x"]
    ),
    max_size=12,
)
_texts = st.builds(lambda lines, end: "\n".join(lines) + end, _lines, st.sampled_from(["\n", ""]))


def file_fix(before: str, after: str, new_path: str = PATH) -> FileFix:
    return FileFix(PATH, new_path, before, after)


def added(text: str) -> FileChange:
    return FileChange(PATH, FileStatus.ADDED, after=text)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("patches")


_turn = iter(range(10**9))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(_texts.filter(bool), _texts.filter(bool), st.booleans())
def test_git_takes_every_patch_and_makes_the_text_of_it(
    workshop: Path, before: str, after: str, moved: bool
) -> None:
    new_path = "peps/pep-0842.rst" if moved else PATH
    if before == after and not moved:
        return
    folder = workshop / str(next(_turn))
    found = with_patch(folder, {PATH: before}, patch_of([file_fix(before, after, new_path)]))
    assert found == {new_path: after}


@pytest.mark.parametrize("name", ["a b.png", "ä.png", '"a"\\b`.png', "a\n+b.png", "a\tb", "@a.png"])
def test_a_file_moves_along_whatever_its_name_is(tmp_path: Path, name: str) -> None:
    old, new = f"peps/pep-9999/{name}", f"peps/pep-0842/{name}"
    patch = patch_of([FileFix(old, new, "", "")])
    assert patch.isascii()
    assert with_patch(tmp_path, {old: "\x00\n"}, patch) == {new: "\x00\n"}


def test_files_do_not_move_without_their_pep() -> None:
    pep = FileFix("peps/pep-9999.rst", "peps/pep-0842.rst", "PEP: 9999\r\n", "PEP: 842\r\n")
    files = [FileFix(f"peps/pep-{one}/a", f"peps/pep-0842/{one}", "", "") for one in (9999, 9998)]
    offered = offer([pep, *files], change())
    assert "pep-9999" not in offered.patch
    assert "rename from peps/pep-9998/a" in offered.patch
    assert offered.not_possible == (pep.path,)


@pytest.mark.parametrize(
    ("before", "after", "is_shown"),
    [
        ("Author: A <a@b.example>\nStatus: x\nType: y\n", ["Status: z"], False),
        ("Author: A <a@b.example>\nStatus: x\n", ["New: z", "Status: x"], False),
        ("Author: A <a@b.example>\n\nText\n", ["New: z", ""], True),  # else found by a blank
        ("Author: A <a@b.example>\nStatus: x\n", ["Status: z"], True),  # nothing behind it
    ],
)
def test_an_address_beside_a_change_is_left_out_where_git_finds_the_place_without(
    tmp_path: Path, before: str, after: list[str], is_shown: bool
) -> None:
    lines = before.split("\n")
    lines[1:2] = after
    patch = patch_of([file_fix(before, "\n".join(lines))])
    assert ("a@b.example" in patch) is is_shown
    assert with_patch(tmp_path, {PATH: before}, patch) == {PATH: "\n".join(lines)}


@pytest.mark.parametrize("after", ["a\nB\n", "a\nB", "a\n"])
def test_git_applies_a_patch_that_lost_its_last_line_end(tmp_path: Path, after: str) -> None:
    patch = patch_of([file_fix("a\nb\n", after)])
    assert with_patch(tmp_path, {PATH: "a\nb\n"}, patch.removesuffix("\n")) == {PATH: after}


@given(_texts, _texts)
def test_clicking_all_suggestions_makes_the_text_meant(before: str, after: str) -> None:
    offered = offer([file_fix(before, after)], change(added(before)))
    if offered.suggestions:
        assert offered.patch == ""
        assert clicked(before, list(offered.suggestions)) == after
        lines = [
            line for one in offered.suggestions for line in range(one.first_line, one.last_line + 1)
        ]
        assert len(set(lines)) == len(lines), "two suggestions on one line"
    else:
        assert before == after or offered.patch


def test_only_lines_that_the_diff_shows_are_suggested_on() -> None:
    before = "".join(f"{number}\n" for number in range(1, 31))
    head = before.replace("15\n", "fifteen\n")
    file = FileChange(PATH, FileStatus.MODIFIED, before=before, after=head)
    near = offer([file_fix(head, head.replace("17\n", "seventeen\n"))], change(file))
    assert [(one.first_line, one.lines) for one in near.suggestions] == [(17, ("seventeen",))]
    far = offer([file_fix(head, head.replace("25\n", "twenty-five\n"))], change(file))
    assert (far.suggestions, "+twenty-five\n" in far.patch) == ((), True)


def test_carriage_returns_do_not_survive_a_comment() -> None:
    offered = offer([file_fix("a\tb\r\n", "a b\r\n")], change(added("a\tb\r\n")))
    assert (offered.suggestions, offered.patch, offered.not_possible) == ((), "", (PATH,))


def test_very_many_fixes_are_a_patch_and_a_huge_one_is_left_to_the_command_line() -> None:
    before = "".join(f"{number}\tx\n\n" for number in range(60))
    offered = offer([file_fix(before, before.replace("\t", " "))], change(added(before)))
    assert (offered.suggestions, offered.patch.count("\n+")) == ((), 61)
    before = "".join(f"{number}\t{'x' * 60}\n\n" for number in range(1000))
    offered = offer([file_fix(before, before.replace("\t", " "))], change(added(before)))
    assert (offered.suggestions, offered.patch, offered.not_possible) == ((), "", (PATH,))
