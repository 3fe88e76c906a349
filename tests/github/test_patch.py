"""A patch gives back the text before it, exactly or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.read.pull_request_files import after_text, before_text, changed_lines
from tests.github.reading import patch_of

LINES = st.lists(st.sampled_from(["a", "b", "", "+x", "-y", " z", "\\ q", "@@ -1 +1 @@", "c\r"]))
TEXTS = st.tuples(LINES, st.booleans()).map(
    lambda drawn: "\n".join(drawn[0]) + ("\n" if drawn[1] and drawn[0] else "")
)


@given(TEXTS, TEXTS)
def test_a_patch_is_undone_and_done_exactly(before: str, after: str) -> None:
    if before != after:
        assert before_text(after, patch_of(before, after)) == before
        assert after_text(before, patch_of(before, after)) == after


@given(TEXTS, TEXTS, TEXTS)
def test_a_patch_on_another_text_is_refused_or_changes_what_it_says(
    before: str, after: str, other: str
) -> None:
    if before == after:
        return
    undone = before_text(other, patch_of(before, after))
    if undone is not None:
        assert after_text(undone, patch_of(before, after)) == other


@given(st.text(max_size=200), st.text(max_size=200))
def test_nonsense_is_refused_without_an_exception(text: str, patch: str) -> None:
    before_text(text, patch)
    before_text(text, "@@ -1,2 +1,2 @@\n" + patch)


@pytest.mark.parametrize(
    ("before", "after", "patch"),
    [
        ("a\n", "a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file"),
        ("a", "a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a"),
        ("x\na", "y\na", "@@ -1,2 +1,2 @@\n-x\n+y\n a\n\\ No newline at end of file"),
        ("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b"),
        ("a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b"),
        ("a\nb\nc\n", "a\nc\n", "@@ -2 +1,0 @@ def heading():\n-b"),
        ("a\u2028b\x0cc\n", "d\n", "@@ -1 +1 @@\n-a\u2028b\x0cc\n+d"),
        ("a\r\nb\r\n", "a\r\nc\r\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r"),
    ],
)
def test_odd_ends_and_places(before: str, after: str, patch: str) -> None:
    assert before_text(after, patch) == before
    assert after_text(before, patch) == after


@pytest.mark.parametrize(
    "patch",
    [
        "",
        "Binary files differ",
        "@@ -1 +1 @@",
        "@@ -1 +1 @@\n-a\n+other",
        "@@ -1,2 +1,2 @@\n-a\n+b",
        "@@ -9 +9 @@\n-a\n+b",
        "@@ -1 +1 @@\n-a\n+b\n@@ -1 +1 @@\n-a\n+b",
        "@@ -1 +1 @@\n\\ No newline at end of file\n-a\n+b",
    ],
)
def test_a_patch_that_does_not_fit_is_refused(patch: str) -> None:
    assert before_text("b\n", patch) is None


def test_two_megabytes_in_one_line_are_no_trouble() -> None:
    before, after = "a" * 2_000_000, "b" * 2_000_000 + "\n"
    assert before_text(after, patch_of(before, after)) == before


def test_changed_lines_are_told_without_their_sign() -> None:
    assert list(changed_lines(patch_of("a\nb\nc\n", "a\nd\nc\n"))) == ["b", "d"]
