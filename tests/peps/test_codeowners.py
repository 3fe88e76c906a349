import codeowners as oracle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.codeowners import LinePosition, format_line, owners_as_logins, parse_codeowners
from bot.peps.number import PepNumber
from tests.peps.builders import PepTree
from tests.processor_time import processor_seconds_below

FILE = """\
# The authors and sponsors of PEPs.
*             @python/pep-editors @python/helpers @hugovk

peps/pep-0001.rst  @warsaw @ncoghlan
peps/pep-0001/     @warsaw
# peps/pep-0666.rst
# peps/pep-0458.rst, peps/pep-0458-1.png
peps/pep-0776.rst  @ambv
peps/pep-0777.rst  @warsaw  # @somebody
# ...
peps/pep-8100.rst  @njsmith
"""


def test_a_line_is_read_into_its_parts() -> None:
    line = parse_codeowners(FILE).lines[8]
    assert line.number == 9
    assert line.text == "peps/pep-0777.rst  @warsaw  # @somebody"
    assert line.pattern == line.path == "peps/pep-0777.rst"
    assert line.owners == ("@warsaw",)
    assert line.comment == "@somebody"
    assert line.pep == 777
    assert line.error is None


def test_a_commented_entry_names_its_path() -> None:
    owners = parse_codeowners(FILE)
    line = owners.commented_line_for("peps/pep-0666.rst")
    assert line is not None
    assert (line.number, line.pattern, line.owners) == (6, None, ())
    joint = owners.commented_line_for("peps/pep-0458.rst")
    assert joint is not None
    assert joint.number == 7
    assert owners.commented_line_for("peps/pep-0001.rst") is None


def test_carriage_returns_stay_in_the_text_and_out_of_the_owners() -> None:
    line = parse_codeowners("peps/pep-0001.rst  @warsaw\r\n").lines[0]
    assert line.text == "peps/pep-0001.rst  @warsaw\r"
    assert line.owners == ("@warsaw",)


@given(st.text(alphabet="# */@apes-01.\\[]! \t\r\n\x0b\u2028é"))
def test_any_text_is_read_and_given_back(text: str) -> None:
    owners = parse_codeowners(text)
    assert "\n".join(line.text for line in owners.lines) == text
    assert [line.number for line in owners.lines] == list(range(1, text.count("\n") + 2))
    owners.owners_of("peps/pep-0001.rst")
    assert owners.position_for(PepNumber(1)).after_line <= len(owners.lines)


def test_the_last_line_that_matches_decides() -> None:
    owners = parse_codeowners("* @a\npeps/ @b\npeps/pep-0001.rst @c\n/peps/pep-0001.rst\n")
    first = owners.owners_of("peps/pep-0001.rst")
    assert first is not None
    assert (first.number, first.owners) == (4, ())
    other = owners.owners_of("peps/pep-0002.rst")
    assert other is not None
    assert other.owners == ("@b",)


def test_a_broken_line_is_passed_over() -> None:
    owners = parse_codeowners("* @a\npeps/pep-0001.rst b\n")
    line = owners.owners_of("peps/pep-0001.rst")
    assert line is not None
    assert line.number == 1
    assert [broken.number for broken in owners.errors] == [2]


def test_a_line_for_a_path_is_found_with_and_without_leading_slash() -> None:
    owners = parse_codeowners("/peps/pep-0001.rst @a\npeps/*.rst @b\n")
    line = owners.line_for("peps/pep-0001.rst")
    assert line is not None
    assert line.number == 1
    assert owners.line_for("peps/pep-0002.rst") is None


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (779, LinePosition(9, "after the entry for PEP 777")),
        (777, LinePosition(8, "after the entry for PEP 776")),
        (667, LinePosition(6, "after the entry for PEP 666")),
        (500, LinePosition(7, "after the entry for PEP 458")),
        (2, LinePosition(5, "after the entry for PEP 1")),
        (1, LinePosition(5, "before the entry for PEP 666")),
        (9000, LinePosition(11, "after the entry for PEP 8100")),
    ],
)
def test_a_new_line_keeps_the_order_of_numbers(number: int, place: LinePosition) -> None:
    assert parse_codeowners(FILE).position_for(PepNumber(number)) == place


def test_without_any_pep_the_place_is_the_end() -> None:
    assert parse_codeowners("* @a\n\n\n").position_for(PepNumber(1)) == LinePosition(
        1, "at the end"
    )
    assert parse_codeowners("").position_for(PepNumber(1)) == LinePosition(0, "at the end")


@pytest.mark.parametrize(("moved_to", "in_place"), [(4, True), (1, False), (2, False), (5, False)])
def test_a_line_is_in_place_where_its_neighbours_bracket_it(moved_to: int, in_place: bool) -> None:
    peps = [f"peps/pep-{number:04}.rst  @a" for number in (1, 776, 777)]
    lines = ["* @python/x", *peps, "# ...", "peps/pep-8100.rst  @a"]
    lines.insert(moved_to if moved_to < 5 else 6, "peps/pep-0779.rst  @b")
    owners = parse_codeowners("\n".join(lines))
    line = owners.line_for("peps/pep-0779.rst")
    assert line is not None
    assert owners.is_in_place(line) is in_place


def test_a_line_about_no_pep_is_always_in_place() -> None:
    owners = parse_codeowners("peps/pep-0001.rst @a\nMakefile @b\npeps/pep-0002.rst @a")
    assert owners.is_in_place(owners.lines[1])


def test_the_teams_of_the_star_line_are_the_fallback() -> None:
    assert parse_codeowners(FILE).fallback_teams() == ("python/pep-editors", "python/helpers")
    assert parse_codeowners("peps/ @python/x\n").fallback_teams() == ()
    assert parse_codeowners("* @python/x y\n").fallback_teams() == ()
    assert parse_codeowners("* @python/x\n* @a\n").fallback_teams() == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("peps/pep-0001.rst warsaw", "Owner 1 lacks its `@`"),
        ("peps/pep-0001.rst @warsaw ncoghlan", "Owner 2 lacks its `@`"),
        ("peps/pep-0001.rst @", "neither an account nor a team"),
        ("peps/pep-0001.rst @a/b/c", "neither an account nor a team"),
        ("peps/pep-0001.rst @-a", "neither an account nor a team"),
        ("peps/pep-0001.rst @a,@b", "neither an account nor a team"),
        ("!peps/pep-0001.rst @a", "exceptions"),
        ("peps/pep-000[12].rst @a", "ranges"),
        (r"\#peps @a", "backslash"),
        ("a" * 5_000 + " @a", "longer"),
    ],
)
def test_what_github_passes_over_is_an_error(text: str, words: str) -> None:
    (line,) = parse_codeowners(text).errors
    assert line.error is not None
    assert words in line.error


@pytest.mark.parametrize(
    "text",
    [
        "peps/pep-0001.rst",
        "peps/pep-0001.rst @AA-Turner @python/pep-editors docs@example.org",
        "peps/pep-0001.rst @octo_corp",
        r"peps/a\ b.rst @a",
        "# [not a range]",
        "",
    ],
)
def test_valid_lines_have_no_error(text: str) -> None:
    assert parse_codeowners(text).errors == ()


def test_an_error_quotes_nothing_of_the_line() -> None:
    (line,) = parse_codeowners("peps/x <script>@everyone").errors
    assert line.error is not None
    assert "script" not in line.error
    assert "everyone" not in line.error


def test_a_formatted_line_reads_back() -> None:
    text = format_line("peps/pep-0779.rst", ["Yhg1s", "mpage"])
    assert text == "peps/pep-0779.rst  @Yhg1s @mpage"
    (line,) = parse_codeowners(text).lines
    assert line.owners == ("@Yhg1s", "@mpage")


def test_owners_compare_as_a_set_without_case() -> None:
    one, other = parse_codeowners("x @Yhg1s @mpage @a/B\nx  @MPAGE @a/b @yhg1s\n").lines[:2]
    assert owners_as_logins(one) == owners_as_logins(other) == {"yhg1s", "mpage", "a/b"}


@pytest.mark.parametrize(
    ("begin", "piece", "end"),
    [("", "*a", " @a"), ("* @a ", "@b ", ""), ("", "#", ""), ("", "\\", "")],
    ids=["stars", "owners", "hashes", "backslashes"],
)
def test_a_line_of_two_hundred_kilobytes_takes_no_second(begin: str, piece: str, end: str) -> None:
    text = begin + piece * (200_000 // len(piece)) + end
    with processor_seconds_below(1):
        parse_codeowners(text).owners_of("peps/pep-0001.rst")


@pytest.mark.real_data
def test_the_real_file_is_read_as_it_stands(tree: PepTree) -> None:
    owners = parse_codeowners(tree.codeowners)
    assert "\n".join(line.text for line in owners.lines) == tree.codeowners
    assert owners.errors == ()
    assert owners.fallback_teams() == ("python/pep-editors",)
    assert [line.text for line in owners.lines if not owners.is_in_place(line)] == []
    assert owners.position_for(PepNumber(817)).description == "after the entry for PEP 816"
    without = {
        path
        for path in tree.texts
        if not owners.line_for(path) and not owners.commented_line_for(path)
    }
    elections = {f"peps/pep-{number}.rst" for number in range(8103, 8108)}
    assert without == elections | {"peps/pep-0739.rst"}


@pytest.mark.real_data
def test_the_real_file_decides_as_an_independent_reader_says(tree: PepTree) -> None:
    owners, expected = parse_codeowners(tree.codeowners), oracle.CodeOwners(tree.codeowners)
    others = ["Makefile", "a/Makefile", "peps/conf.py", "infra/a/b", "peps/pep-0001/a.svg", "x"]
    for path in [*list(tree.texts)[::5], *others]:
        line = owners.owners_of(path)
        assert line is not None, path
        assert line.number == expected.matching_line(path)[1], path
        # That parser takes an owner in a trailing comment for a real one.
        if not line.comment:
            assert list(line.owners) == [owner for _, owner in expected.of(path)], path
