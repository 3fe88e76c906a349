"""Objects have the names git gives them; diffs and merges are what git would make of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_simulator.model.diff import MAX_PATCH_LINES, changes_between
from github_simulator.model.git import GitStore, Signature
from github_simulator.model.merge import MergeConflict, merged_files

AUTHOR = Signature("A U Thor", "author@example.com", "author", datetime(2025, 1, 1, tzinfo=UTC))


class History:
    """A little repository in memory."""

    def __init__(self) -> None:
        self.git = GitStore()

    def commit(self, files: dict[str, str | bytes], *parents: str) -> str:
        blobs = {
            path: self.git.write_blob(text.encode() if isinstance(text, str) else text)
            for path, text in files.items()
        }
        return self.git.write_commit(self.git.write_tree(blobs), parents, AUTHOR, "Change")


def test_objects_are_named_as_git_names_them() -> None:
    git = GitStore()
    assert git.write_blob(b"hello\n") == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert git.write_tree({}) == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    # worked out with `git mktree`, `git commit-tree` and `git write-tree`
    blob = git.write_blob(b"hello\n")
    tree = git.write_tree({"a.txt": blob, "a/b.txt": blob, "a-c": blob})
    assert tree == "4fb98bb6c17467717a40050134582573b0e791e3"
    commit = git.write_commit(tree, (), AUTHOR, "First\n")
    assert commit == "b834c36280cba573fbc75204fbe8daad7b763dae"


@pytest.mark.parametrize("path", ["/a", "a//b", "../a", ".git/config", "a/", ""])
def test_a_path_that_git_would_not_hold_is_refused(path: str) -> None:
    git = GitStore()
    with pytest.raises(ValueError, match="not a path"):
        git.write_tree({path: git.write_blob(b"")})


def test_a_file_cannot_be_a_folder_as_well() -> None:
    git = GitStore()
    blob = git.write_blob(b"")
    with pytest.raises(ValueError, match="is a f"):
        git.write_tree({"a": blob, "a/b": blob})


def test_the_merge_base_is_where_two_branches_part() -> None:
    history = History()
    root = history.commit({"a": "1"})
    fork_point = history.commit({"a": "2"}, root)
    ours = history.commit({"a": "3"}, fork_point)
    theirs = history.commit({"a": "4"}, fork_point)
    assert history.git.merge_base(ours, theirs) == fork_point
    assert history.git.merge_base(ours, history.commit({"b": "1"})) is None
    between = history.git.commits_between(root, ours)
    assert [commit.sha for commit in between] == [fork_point, ours]


def test_a_change_is_shown_with_three_lines_around_it() -> None:
    history = History()
    old = "".join(f"line {n}\n" for n in range(1, 21))
    base = history.commit({"a": old})
    head = history.commit({"a": old.replace("line 10\n", "line ten\n")}, base)
    (change,) = changes_between(history.git, base, head)
    assert (change.status, change.additions, change.deletions) == ("modified", 1, 1)
    assert change.patch == (
        "@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+line ten\n line 11\n line 12\n"
        " line 13"
    )


def test_a_missing_last_newline_is_marked() -> None:
    history = History()
    base = history.commit({"a": "one"})
    head = history.commit({"a": "one\n", "b": "two"}, base)
    patches = [change.patch for change in changes_between(history.git, base, head)]
    assert patches == [
        "@@ -1 +1 @@\n-one\n\\ No newline at end of file\n+one",
        "@@ -0,0 +1 @@\n+two\n\\ No newline at end of file",
    ]


def test_a_moved_file_that_stays_alike_is_a_rename() -> None:
    history = History()
    text = "".join(f"line {n}\n" for n in range(10))
    base = history.commit({"peps/pep-9999.rst": text, "other": "other\n"})
    moved = {"peps/pep-0791.rst": text.replace("line 0\n", ""), "new": "quite different\n"}
    changes = changes_between(history.git, base, history.commit(moved, base))
    found = {change.path: (change.status, change.previous) for change in changes}
    assert found == {
        "peps/pep-0791.rst": ("renamed", "peps/pep-9999.rst"),
        "other": ("removed", None),
        "new": ("added", None),
    }


def test_binary_and_endless_changes_have_no_patch() -> None:
    history = History()
    base = history.commit({})
    long = "x\n" * (MAX_PATCH_LINES + 1)
    wide = "x" * 600_000
    head = history.commit({"binary": b"\0\1", "long": long, "wide": wide}, base)
    changes = {change.path: change for change in changes_between(history.git, base, head)}
    assert [change.patch for change in changes.values()] == [None, None, None]
    assert changes["long"].additions == MAX_PATCH_LINES + 1


def applied(old: list[str], patch: str | None) -> list[str]:
    """The new lines, by following a patch of lines that all end in a newline."""
    if patch is None:
        return old
    result: list[str] = []
    position = 0
    for line in patch.split("\n"):
        if line.startswith("@@"):
            start, _, length = line.split(" ")[1].removeprefix("-").partition(",")
            first = int(start) - (length != "0")
            result += old[position:first]
            position = first
        elif line.startswith("+"):
            result.append(line[1:] + "\n")
        else:
            assert old[position] == line[1:] + "\n"
            position += 1
            if line.startswith(" "):
                result.append(line[1:] + "\n")
    return result + old[position:]


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=40)


@given(LINES, LINES)
def test_a_patch_leads_from_the_old_text_to_the_new(old: list[str], new: list[str]) -> None:
    history = History()
    base = history.commit({"f": "".join(old), "x": "x"})
    head = history.commit({"f": "".join(new), "x": "x"}, base)
    patches = [change.patch for change in changes_between(history.git, base, head)]
    assert applied(old, patches[0] if patches else None) == new


def test_changes_in_different_places_of_a_file_are_both_kept() -> None:
    history = History()
    base = history.commit({"f": "1\n2\n3\n4\n5\n", "gone": "x"})
    ours = history.commit({"f": "one\n2\n3\n4\n5\n", "gone": "x", "ours": "o"}, base)
    theirs = history.commit({"f": "1\n2\n3\n4\nfive\n"}, base)
    merged = merged_files(history.git, base, ours, theirs)
    assert history.git.blob(merged["f"]) == b"one\n2\n3\n4\nfive\n"
    assert set(merged) == {"f", "ours"}


@pytest.mark.parametrize(
    ("ours", "theirs"), [("1\nX\n3\n", "1\nY\n3\n"), ("1\n2\nX\n3\n", "1\n2\nY\n3\n")]
)
def test_changes_in_one_place_conflict(ours: str, theirs: str) -> None:
    history = History()
    base = history.commit({"f": "1\n2\n3\n"})
    left, right = history.commit({"f": ours}, base), history.commit({"f": theirs}, base)
    with pytest.raises(MergeConflict, match="f"):
        merged_files(history.git, base, left, right)
