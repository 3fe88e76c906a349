"""Command lines count as plain text, but not in code, quotations or links."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.grammar.lines import LONGEST_TEXT, MOST_COMMANDS, CommandLine, command_lines


def test_a_command_is_its_line_as_written() -> None:
    said = CommandLine(3, "/pep Number  845 ")
    assert command_lines("Hello\n\n/pep Number  845 \nbye") == (said,)


@pytest.mark.parametrize(
    "text",
    [
        "/pep sponsor",
        "/pep sponsor\r\n",
        "text before\n/pep sponsor",
        "- a list\n\n/pep sponsor",
        "# a heading\n/pep sponsor",
        "<!-- closed -->\n\n/pep sponsor",
        "```\nclosed\n```\n/pep sponsor",
        "*emphasis*\n/pep sponsor",
        "> a quotation\n\n/pep sponsor",
        "a `lonely backtick\n/pep sponsor",
        "a hard break\\\n/pep sponsor",
        "<blockquote>\n\nquoted\n\n</blockquote>\n\n/pep sponsor",
    ],
)
def test_a_command_in_plain_text_is_found(text: str) -> None:
    assert [line.text for line in command_lines(text)] == ["/pep sponsor"]


@pytest.mark.parametrize(
    "text",
    [
        "say /pep sponsor",
        " /pep sponsor",
        "/pepsponsor",
        "/pep",
        "/pep   ",
        "/PEP sponsor",
        "```\n/pep sponsor\n```",
        "~~~~\n/pep sponsor",
        "`code\n/pep sponsor\nmore code`",
        "`\n/pep sponsor\n`",
        "> quotation\n/pep sponsor",
        "> - list\n>\n/pep: not it\n> > deep\n/pep sponsor",
        "<!--\n/pep sponsor\n-->",
        "<!-- never closed\n\n/pep sponsor",
        "text <!-- inline\n/pep sponsor -->",
        "[a link\n/pep sponsor](https://example.org)",
        "[a link\n/pep sponsor][ref]\n\n[ref]: https://example.org",
        "![an image\n/pep sponsor](https://example.org)",
        '<a href="https://example.org">\n\n/pep sponsor\n\n</a>',
        "text <a href='https://example.org'>\n/pep sponsor</a>",
        "<pre>\n/pep sponsor\n</pre>",
        "text <code>\n/pep sponsor\n</code>",
        "<blockquote>\n\n/pep sponsor\n\n</blockquote>",
        "<div>\n/pep sponsor\n</div>",
        "[ref]:\n/pep 'sponsor'",
        "- list\n\n        /pep sponsor",
    ],
)
def test_a_command_in_code_or_a_quotation_is_not_found(text: str) -> None:
    assert command_lines(text) == ()


def test_a_table_of_positions_survives_marks_pasted_by_a_stranger() -> None:
    text = "\ue0000\ue001\n/pep first\n\ue0005\ue001 `x`\n/pep second \ue0001\ue001"
    assert [(line.text, line.line) for line in command_lines(text)] == [
        ("/pep first", 2),
        ("/pep second \ue0001\ue001", 4),
    ]


def test_only_the_first_commands_of_a_text_are_found() -> None:
    found = command_lines("/pep label x\n" * 50)
    assert [line.line for line in found] == list(range(1, MOST_COMMANDS + 1))


def test_what_is_beyond_the_longest_comment_is_not_looked_at() -> None:
    assert command_lines("x" * (LONGEST_TEXT - 1) + "\n/pep sponsor") == ()


@given(st.text(alphabet="/pep a\n`>-<![]()&\\\r*_~#\ue000\ue0010\t\x00", max_size=300))
def test_every_command_names_a_line_of_the_text_that_says_it(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for command in command_lines(text):
        line = lines[command.line - 1]
        assert line.startswith(("/pep ", "/pep\t"))
        assert line[4:].split()
        assert command.text == line


WORDS = st.text(alphabet="abz019 ", max_size=9)
COMMAND_LINES = st.builds("/pep {} {}".format, st.sampled_from(["a", "sponsor", "number"]), WORDS)


@given(st.lists(COMMAND_LINES, max_size=20))
def test_every_line_of_a_text_of_commands_is_found(lines: list[str]) -> None:
    assert [command.line for command in command_lines("\n".join(lines))] == [
        index + 1 for index in range(len(lines))
    ]


@pytest.mark.parametrize(
    "piece", ["[", "![", "<!--", "`a``", "> ", "- a\n", "<a ", "[x][", "&", "]("]
)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = "/pep x\n" + piece * (length // len(piece))
        started = time.process_time()
        command_lines(text)
        return time.process_time() - started

    # Quadratic work would take sixteen times as long. The constant allows for a clock that jumps,
    # the second and third try for a garbage collection in between.
    limit = 10 * seconds(2_000) + 0.05
    assert any(seconds(8_000) < limit for _ in range(3))
