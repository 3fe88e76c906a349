import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.body import LineKind, PepBody, read_body
from bot.peps.number import number_in_path
from bot.peps.preamble import parse_preamble
from tests.peps.builders import PepTree


def read(text: str) -> PepBody:
    return read_body(text.split("\n"), 0)


def kinds(text: str) -> list[LineKind]:
    body = read(text)
    return [body.kind(line) for line in range(1, len(body.kinds) + 1)]


PIECES = st.sampled_from(
    [
        "",
        "Title",
        "=====",
        "-----",
        "==",
        "  ",
        "::",
        "Code::",
        ".. note::",
        ".. note:",
        "..",
        ">>> x",
        ".. _x: y",
        "=== ===",
        "| a |",
        "    deep",
        "\t",
        ".. code:: c",
        "aaaaaaaaa",
        "\u2028",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=40).map("\n".join)


@given(TEXTS, st.integers(0, 5))
def test_whatever_the_text_is_every_line_has_a_kind_and_all_places_are_in_it(
    text: str, header: int
) -> None:
    lines = text.split("\n")
    body = read_body(lines, header)
    assert len(body.kinds) == len(lines)
    assert set(body.kinds) <= set(map(int, LineKind))
    for index, section in enumerate(body.sections):
        assert 1 <= section.first_line <= section.line < section.last_line <= len(lines)
        assert lines[section.line - 1].strip() == section.title
        content = body.content(index)
        assert section.last_line < content.start <= content.stop <= len(lines) + 1
    for directive in body.directives:
        assert lines[directive.line - 1][directive.column - 1 :].rstrip() == directive.argument
    for comment in body.comments:
        assert lines[comment.line - 1][comment.column - 1 :].rstrip() == comment.text


def test_sections_have_levels_by_the_order_of_their_styles() -> None:
    body = read("===\nTop\n===\n\nOne\n===\n\nTwo\n---\n\nWords.\n\nOne\n===\n")
    assert [(one.title, one.level, one.overlined) for one in body.sections] == [
        ("Top", 1, True),
        ("One", 2, False),
        ("Two", 3, False),
        ("One", 2, False),
    ]
    assert body.content(1) == range(7, 13)
    assert body.content(1, whole=False) == range(7, 8)


def test_code_goes_on_while_it_is_indented() -> None:
    text = "Thus::\n\n  a = 1\n\n  Title\n  =====\nWords\n\n.. code:: c\n\n   x\n"
    code, text_, blank = LineKind.VERBATIM, LineKind.TEXT, LineKind.BLANK
    found = kinds(text)
    assert found[:7] == [text_, blank, code, blank, code, code, text_]
    assert found[8:11] == [LineKind.DIRECTIVE, blank, code]


def test_the_content_of_an_admonition_is_prose_and_that_of_a_comment_is_none() -> None:
    assert kinds(".. note::\n\n   Words") == [LineKind.DIRECTIVE, LineKind.BLANK, LineKind.TEXT]
    assert kinds(".. note:\n\n   Words") == [LineKind.COMMENT, LineKind.BLANK, LineKind.COMMENT]
    assert kinds("..\n\n   Words") == [LineKind.COMMENT, LineKind.BLANK, LineKind.TEXT]


def test_tables_doctests_and_targets_are_no_prose() -> None:
    assert kinds("=== ===\na   b\n=== ===\nc   d\n=== ===\n\nWords")[-3:] == [
        LineKind.TABLE,
        LineKind.BLANK,
        LineKind.TEXT,
    ]
    assert kinds(">>> f()\nTrue\n\n.. [1] Note\n   more") == [
        LineKind.VERBATIM,
        LineKind.VERBATIM,
        LineKind.BLANK,
        LineKind.TARGET,
        LineKind.TARGET,
    ]


@pytest.mark.real_data
def test_nearly_every_real_pep_has_sections_and_those_of_our_day_have_an_abstract(
    tree: PepTree,
) -> None:
    without: list[int] = []
    without_abstract: list[int] = []
    for path, text in tree.texts.items():
        if (number := number_in_path(path)) is None:
            continue
        body = read_body(text.split("\n"), parse_preamble(text).last_line)
        titles = [section.title.casefold() for section in body.sections]
        if not titles:
            without.append(number)
        if 600 <= number < 3000 and "abstract" not in titles:
            without_abstract.append(number)
    assert sorted(without) == [9, 210]
    assert sorted(without_abstract) == [617]
