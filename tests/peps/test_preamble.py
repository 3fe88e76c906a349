import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.number import number_in_path
from bot.peps.preamble import LONGEST_PREAMBLE, MOST_PROBLEMS, Header, parse_preamble
from tests.peps.builders import PepTree, pep
from tests.processor_time import processor_seconds_below

SAMPLE = pep(
    "PEP: 791",
    "Title: imath --- module for",
    "       integer functions",
    "Author: Sergey B Kirpichev <s@example.org>,",
    "        Ada Lovelace",
    "Sponsor: Victor Stinner <v@example.org>",
    "PEP-Delegate: TBD",
    "Status: Draft",
    "Type: Standards Track",
    "Topic: Governance, Typing,",
    "Post-History:",
    "  `01-Jan-2025 <https://example.org>`__,",
)


def test_headers_carry_their_lines() -> None:
    head = parse_preamble(SAMPLE)
    assert head.header("title") == Header("Title", "imath --- module for\ninteger functions", 2, 3)
    assert head.header("Sponsor") == Header("Sponsor", "Victor Stinner <v@example.org>", 6, 6)
    assert head.header("Post-History") == Header(
        "Post-History", "`01-Jan-2025 <https://example.org>`__,", 11, 12
    )
    assert head.last_line == 12
    assert head.problems == ()


def test_the_header_gives_number_title_status_type_topics_and_people() -> None:
    head = parse_preamble(SAMPLE)
    assert head.number == 791
    assert head.title == "imath --- module for integer functions"
    assert head.status == "Draft"
    assert head.type == "Standards Track"
    assert head.topics == ("Governance", "Typing")
    assert [person.name for person in head.authors] == ["Sergey B Kirpichev", "Ada Lovelace"]
    assert [person.name for person in head.sponsors] == ["Victor Stinner"]
    assert head.delegates == ()
    assert head.value("Resolution") is None


def test_the_former_name_of_the_delegate_header_counts() -> None:
    head = parse_preamble(pep("PEP: 1", "BDFL-Delegate: Paul Moore"))
    assert [person.name for person in head.delegates] == ["Paul Moore"]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("791", 791),
        ("0617", 617),
        ("9999", 9999),
        ("???", None),
        ("XXXX", None),
        ("", None),
        ("-1", None),
        ("٧٩١", None),
        ("9" * 5000, None),
    ],
)
def test_the_number_is_a_plain_one_or_none(value: str, number: int | None) -> None:
    assert parse_preamble(f"PEP: {value}\nTitle: x\n").number == number


@pytest.mark.parametrize("text", ["\ufeff" + SAMPLE, SAMPLE.replace("\n", "\r\n")])
def test_byte_order_mark_and_windows_line_ends_change_nothing(text: str) -> None:
    assert parse_preamble(text) == parse_preamble(SAMPLE)


def test_blank_lines_before_the_header_move_its_lines_only() -> None:
    head = parse_preamble("\n  \n" + SAMPLE)
    assert head.number == 791
    assert head.headers[0].line == 3
    assert head.last_line == 14


def test_a_continuation_may_be_indented_by_tabs() -> None:
    assert parse_preamble("PEP: 1\nAuthor: A One,\n\tB Two\n").value("Author") == "A One, B Two"


@pytest.mark.parametrize("text", ["", "\n\n\n", "# A proposal\n\nText: more", "Hello\nworld\n"])
def test_a_text_without_header_has_one_problem(text: str) -> None:
    head = parse_preamble(text)
    assert head.headers == ()
    assert head.last_line == 0
    assert len(head.problems) == 1
    assert head.number is head.title is head.status is None


def test_a_line_that_is_no_header_is_a_problem_and_the_rest_is_read() -> None:
    head = parse_preamble("PEP: 1\nno header here\n  nor its continuation\nTitle: x\n")
    assert [(problem.line) for problem in head.problems] == [2]
    assert head.title == "x"
    assert head.header("PEP") == Header("PEP", "1", 1, 1)


def test_of_a_header_given_twice_the_first_counts() -> None:
    head = parse_preamble("PEP: 1\nPython-Version: 2.6\npython-version: 3.0\n")
    assert head.value("Python-Version") == "2.6"
    assert [(problem.line, problem.message) for problem in head.problems] == [
        (3, "`python-version` is given twice, first on line 2.")
    ]


def test_a_message_never_repeats_what_a_stranger_wrote() -> None:
    head = parse_preamble("PEP: 1\n<script>@everyone</script>\n@bad: name\n")
    assert len(head.problems) == 2
    assert not any("script" in p.message or "@" in p.message for p in head.problems)


@given(st.text(alphabet="PEP: 1\n\t\r\ufeffab-é\x0b\u2028"))
def test_any_text_is_read_and_the_lines_are_right(text: str) -> None:
    head = parse_preamble(text)
    lines = text.removeprefix("\ufeff").split("\n")
    for header in head.headers:
        assert lines[header.line - 1].startswith(header.name)
        assert header.line <= header.last_line <= head.last_line <= len(lines)
    assert all(1 <= problem.line <= len(lines) for problem in head.problems)


@pytest.mark.parametrize(
    ("begin", "piece", "end"),
    [
        ("PEP: ", "1", ""),
        ("", "A", ""),
        ("", "a:\n", ""),
        ("", "a\n", ""),
        ("PEP: 1\n", " x\n", ""),
        ("", " \n", ""),
        ("PEP", " ", "x"),
        ("Author: ", "a, ", ""),
        ("Topic: ", ",", ""),
    ],
    ids=["digits", "word", "headers", "lines", "continued", "blank", "gap", "people", "commas"],
)
def test_two_megabytes_of_anything_take_no_second(begin: str, piece: str, end: str) -> None:
    text = begin + piece * (2_000_000 // len(piece)) + end
    with processor_seconds_below(1):
        head = parse_preamble(text)
        _ = (head.number, head.authors, head.topics, head.title)
    assert len(head.headers) <= LONGEST_PREAMBLE
    assert len(head.problems) <= MOST_PROBLEMS


@pytest.mark.real_data
def test_every_pep_of_the_tree_is_read_without_problem(tree: PepTree) -> None:
    assert len(tree.texts) == 708
    for path, text in tree.texts.items():
        head = parse_preamble(text)
        assert head.problems == (), path
        assert head.number == number_in_path(path), path
        assert head.title, path
        assert head.status, path
        assert head.authors, path
        assert text.split("\n")[head.last_line].strip() == "", path
