"""What is shown of a line, and what is underlined of it."""

from hypothesis import given
from hypothesis import strategies as st

from bot.offline.report import Excerpt, marked_excerpt


def test_an_excerpt_is_one_line_and_short() -> None:
    text = "first\n" + "x" * 2_000_000 + "\n\tlast `line`\r\n"
    assert marked_excerpt(text, 1, None) == Excerpt("first")
    assert marked_excerpt(text, 2, None).line == "x" * 99 + "…"
    assert marked_excerpt(text, 3, None).line == "last `line`"
    assert marked_excerpt(text, 4, None) == marked_excerpt(text, 99, None) == Excerpt("")


def test_a_place_is_underlined() -> None:
    assert marked_excerpt("PEP: 1\n", 1, (6, 6)) == Excerpt("PEP: 1", "     ^")


def test_a_long_line_is_cut_around_the_place() -> None:
    excerpt = marked_excerpt("x" * 5_000 + "here" + "y" * 5_000, 1, (5_001, 5_004))
    assert len(excerpt.line) <= 100
    assert excerpt.line.startswith("…x")
    assert excerpt.line.endswith("y…")
    at = excerpt.underline.index("^")
    assert excerpt.line[at : at + 4] == "here"
    assert excerpt.underline.count("^") == 4


def test_wide_and_combining_letters_keep_the_place_below_them() -> None:
    assert marked_excerpt("日本: x", 1, (5, 5)).underline == " " * 6 + "^"
    assert marked_excerpt("日本: x", 1, (1, 2)).underline == "^^^^"
    assert marked_excerpt("e\u0301: x", 1, (5, 5)).underline == "   ^"


def test_what_cannot_be_seen_takes_no_room() -> None:
    assert marked_excerpt("\tA\u202e\x1b[1m: x", 1, (10, 10)) == Excerpt("A[1m: x", "      ^")
    assert marked_excerpt("##[add-mask]x", 1, (13, 13)) == Excerpt(
        "## [add-mask]x", "             ^"
    )


@given(st.text(), st.integers(1, 5), st.integers(0, 300), st.integers(0, 300))
def test_any_text_and_place_can_be_shown(text: str, line: int, first: int, last: int) -> None:
    excerpt = marked_excerpt(text, line, (first, last), 40)
    assert excerpt.line.isprintable()
    assert set(excerpt.underline) <= {" ", "^"}
