"""Parsing a line into a command: spellings people use, errors and their places, arbitrary text."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.grammar.arguments import Arguments, LabelChange
from bot.commands.grammar.lines import CommandLine, CommandSyntaxError, SyntaxProblem, command_lines
from bot.commands.grammar.parse import ParsedCommand, parse_line, understood
from bot.commands.registry import all_commands
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.peps.status import Status
from bot.review.stage import Stage


def line(text: str) -> CommandLine:
    (found,) = command_lines(f"/pep {text}")
    return found


def read(text: str) -> ParsedCommand:
    return parse_line(line(text))


def syntax_problem(text: str) -> SyntaxProblem:
    with pytest.raises(CommandSyntaxError) as caught:
        read(text)
    return caught.value.syntax_problem


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("check", Arguments()),
        ("Check, please!", Arguments()),
        ("please check.", Arguments()),
        ("CHECK thank you", Arguments()),
        ("help number", Arguments(verb="number")),
        ("number", Arguments()),
        ("number 842", Arguments(number=PepNumber(842))),
        ("number 0842", Arguments(number=PepNumber(842))),
        ("number PEP 842", Arguments(number=PepNumber(842))),
        ("number pep-0842.rst", Arguments(number=PepNumber(842))),
        ("number PEP842,", Arguments(number=PepNumber(842))),
        ("number https://peps.python.org/pep-0842/", Arguments(number=PepNumber(842))),
        ("number peps/pep-0842.rst", Arguments(number=PepNumber(842))),
        ("number :pep:`842`", Arguments(number=PepNumber(842))),
        ("number https://www.python.org/dev/peps/pep-0842", Arguments(number=PepNumber(842))),
        (
            "number https://github.com/python/peps/blob/main/peps/pep-0842.rst#L3",
            Arguments(number=PepNumber(842)),
        ),
        (
            "number https://pep-previews--12.org.readthedocs.build/pep-0842/, please",
            Arguments(number=PepNumber(842)),
        ),
        ("number 842 for #12", Arguments(("for",), PepNumber(842), 12)),
        ("number 842 for PR 12", Arguments(("for",), PepNumber(842), 12)),
        ("number 842 for pr #12", Arguments(("for",), PepNumber(842), 12)),
        ("number 842 for GH-12", Arguments(("for",), PepNumber(842), 12)),
        (
            "number 842 for https://github.com/python/peps/pull/12/files#diff-1.",
            Arguments(("for",), PepNumber(842), 12, "python/peps"),
        ),
        ("number 842 for python/peps#12", Arguments(("for",), PepNumber(842), 12, "python/peps")),
        ("number 842 because “it is taken”", Arguments((), PepNumber(842), reason="“it is taken”")),
        ("number release 842", Arguments(("release",), PepNumber(842))),
        ("sponsor", Arguments()),
        ("sponsor @ada", Arguments(login=Login("ada"))),
        ("sponsor ada.", Arguments(login=Login("ada"))),
        ("sponsor `@ada`, please", Arguments(login=Login("ada"))),
        (
            "accept-sponsor @ada because of <https://discuss.python.org/t/1/2>, see there",
            Arguments(
                login=Login("ada"),
                link="https://discuss.python.org/t/1/2",
                reason="of , see there",
            ),
        ),
        ("delegate ada", Arguments(login=Login("ada"))),
        ("delegate", Arguments()),
        ("delegate PEP 842", Arguments(number=PepNumber(842))),
        (
            "delegate @ada 842 because https://discuss.python.org/t/1/2",
            Arguments(
                login=Login("ada"), number=PepNumber(842), link="https://discuss.python.org/t/1/2"
            ),
        ),
        (
            "delegate end @ada because she stepped down",
            Arguments(keywords=("end",), login=Login("ada"), reason="she stepped down"),
        ),
        ("skip sponsor because why not", Arguments(rules=("sponsor",), reason="why not")),
        (
            "skip sponsor, number and `codeowners`: because   of   me",
            Arguments(rules=("sponsor", "number", "codeowners"), reason="of me"),
        ),
        ("unskip Sponsor sponsor", Arguments(rules=("sponsor",))),
        (
            'label +typing -"needs rebase", "+good first"',
            Arguments(
                labels=(
                    LabelChange("typing", True),
                    LabelChange("needs rebase", False),
                    LabelChange("good first", True),
                )
            ),
        ),
        ("await author", Arguments(stage=Stage.AUTHOR)),
        ("explain", Arguments()),
        ("fix header-order", Arguments(rules=("header-order",))),
        ("prepare accepted", Arguments(status=Status.ACCEPTED)),
        (
            "prepare Accepted, PEP 758 <https://discuss.python.org/t/66453/63>, 17-Mar-2025.",
            Arguments(
                number=PepNumber(758),
                link="https://discuss.python.org/t/66453/63",
                status=Status.ACCEPTED,
                day=date(2025, 3, 17),
            ),
        ),
        (
            "prepare rejected 17-Mar-2025 https://mail.python.org/archives/x/ 758",
            Arguments(
                number=PepNumber(758),
                link="https://mail.python.org/archives/x/",
                status=Status.REJECTED,
                day=date(2025, 3, 17),
            ),
        ),
        (
            "prepare superseded 5 by PEP 387",
            Arguments(number=PepNumber(5), successor=PepNumber(387), status=Status.SUPERSEDED),
        ),
        (
            "thread https://discuss.python.org/t/imath/92548, 791 19-May-2025",
            Arguments(
                number=PepNumber(791),
                link="https://discuss.python.org/t/imath/92548",
                day=date(2025, 5, 19),
            ),
        ),
        ("submit", Arguments()),
        ("submit PEP 791, please", Arguments(number=PepNumber(791))),
        ("pause", Arguments()),
        ("pause because we talk", Arguments(reason="we talk")),
    ],
)
def test_what_people_write_is_understood(text: str, arguments: Arguments) -> None:
    assert read(text).arguments == arguments


@pytest.mark.parametrize(
    ("text", "at", "problem", "nearest"),
    [
        ("frobnicate", "frobnicate", "there is no command `frobnicate`", ""),
        ("chekk", "chekk", "there is no command `chekk`", "/pep check"),
        ("accept_sponsor x", "accept_sponsor", "no command", ""),
        ("slkip x because y", "slkip", "no command", ""),
        ("explain nosuch", "nosuch", "`nosuch` is not the id of a rule", ""),
        ("fix nosuch", "nosuch", "`nosuch` is not the id of a rule", ""),
        ("help nosuch", "nosuch", "`nosuch` is not a command", ""),
        ("explain titlle", "titlle", "`titlle` is not the id of a rule", "/pep explain title"),
        ("check now", "now", "`now` was not expected here", "/pep check"),
        (
            "skip sponsr because x",
            "sponsr",
            "not the id of a rule",
            "/pep skip sponsor because x",
        ),
        ("skip sponsor", "", "`because` and a reason are missing here", ""),
        ("skip sponsor because", "", "the reason is missing here", ""),
        ("skip sponsor becouze x", "becouze", "not the id of a rule", ""),
        ("skip because x", "because", "the id of a rule is missing here", ""),
        ("number releese 842", "releese", "`release` was expected here", "/pep number release 842"),
        ("number foo", "foo", "`foo` is not the number of a PEP", ""),
        ("number 842 four #12", "four", "`for` was expected here", "/pep number 842 for #12"),
        ("number 842 for twelve", "twelve", "not the number of a pull request", ""),
        ("number https://e.example/842", "https", "is not the number of a PEP", ""),
        ("number 842 for e.example/pull/12", "e.ex", "not the number of a pull request", ""),
        ("number 12345", "12345", "not the number of a PEP", ""),
        ("await authr", "authr", "not one of the stages", "/pep await author"),
        ("await", "", "one of the stages is missing here", ""),
        ("label typing", "typing", "has no `+` or `-`", ""),
        ("label +a -A", "-A", "cannot be both", ""),
        ("label", "", "a label with `+` or `-` before it is missing here", ""),
        ("sponsor @ada @bob", "@bob", "`@bob` was not expected here", "/pep sponsor @ada"),
        ("sponsor a/b", "a/b", "is not an account on GitHub", ""),
        ("accept-sponsor @ada because I like it", "I", "the link to the post is missing here", ""),
        ("accept-sponsor @ada", "", "`because` and a reason are missing here", ""),
        ("delegate end @ada", "", "`because` and a reason are missing here", ""),
        ("delegate @ada because of it", "of", "the link to the post is missing here", ""),
        ("prepare", "", "a status is missing here", ""),
        ("prepare accepte", "accepte", "is not a status", "/pep prepare accepted"),
        ("prepare reject 758", "reject", "is not a status", "/pep prepare rejected 758"),
        ("prepare april fool!", "april", "is not a status", ""),
        (
            "prepare final 758 5-march-2025",
            "5-march",
            "is not a day in the form `DD-Mmm-YYYY`",
            "/pep prepare final 758 05-Mar-2025",
        ),
        ("prepare final 03-05-2025", "03-05", "is not a day in the form `DD-Mmm-YYYY`", ""),
        ("prepare final 30-Feb-2025", "30-Feb", "is not a day", ""),
        ("prepare final http://a.example/", "http", "is not a plain URL", ""),
        ("prepare final discuss.python.org/t/1", "disc", "is not a plain URL", ""),
        ("prepare superseded by", "", "the number of a PEP is missing here", ""),
        ("prepare superseded by X", "X", "is not the number of a PEP", ""),
        ("prepare final 758 759", "759", "`759` was not expected here", "/pep prepare final 758"),
        ("prepare final now", "now", "`now` was not expected here", "/pep prepare final"),
        ("thread", "", "a URL is missing here", ""),
        ("thread 791", "791", "`791` is not a plain URL that starts with `https://`", ""),
        ("pause becouze x", "becouze", "`because` was expected here", "/pep pause because x"),
    ],
)
def test_a_syntax_problem_points_at_its_place(
    text: str, at: str, problem: str, nearest: str
) -> None:
    found = syntax_problem(text)
    assert problem in found.problem
    assert found.nearest == nearest
    if at:
        assert found.text[found.column :].startswith(at)
    else:
        assert found.column > len(found.text.rstrip())
    if found.nearest:
        assert understood(found.nearest.removeprefix("/pep ")) is not None


def test_an_example_of_each_form_is_understood_as_that_form() -> None:
    for command in all_commands():
        for form in command.forms:
            parsed = read(form.example)
            assert (parsed.command, parsed.form) == (command, form), form.example
            assert parsed.canonical == form.example, "examples are written properly"


@given(st.sampled_from([form.example for one in all_commands() for form in one.forms]), st.data())
def test_blanks_case_of_the_verb_and_politeness_make_no_difference(
    example: str, data: st.DataObject
) -> None:
    verb, _, rest = example.partition(" ")
    case = data.draw(st.sampled_from([str.upper, str.title, str.lower]))
    blank = data.draw(st.sampled_from([" ", "  ", "\t"]))
    before = data.draw(st.sampled_from(["", "please ", "kindly "]))
    after = "" if "because" in rest else data.draw(st.sampled_from(["", " please", " thanks!"]))
    text = f"{before}{case(verb)}{blank}{rest}{after}"
    assert read(text).canonical == example


@pytest.mark.parametrize("rest", ["x " * 30_000, "sponsr " * 130, '"' * 60_000, "a" * 990])
def test_overlong_lines_are_syntax_problems(rest: str) -> None:
    for verb in ("skip", "label", "number", "frob"):
        text = f"/pep {verb} {rest}"
        with pytest.raises(CommandSyntaxError) as caught:
            parse_line(CommandLine(1, text))
        assert caught.value.syntax_problem.problem


_WORDS = st.sampled_from(
    [
        *(one.verb for one in all_commands()),
        *("accepted", "superseded", "by 5", "17-Mar-2025", "1-Mar-2025", "2025-03-01"),
        *("because", "for", "release", "842", "PEP 842", "#12", "@ada", "sponsor", "+a", '-"b c"'),
        *("“x", '"', "'", ",", ";", "please", "and", "https://a.example/b", "\u202e", "é", "`"),
    ]
)
_ANYTHING = st.lists(_WORDS | st.text(string.printable, max_size=12), max_size=9).map(" ".join)


@given(_ANYTHING)
def test_any_line_is_a_command_or_a_syntax_problem_with_a_place(text: str) -> None:
    for command_line in command_lines(f"/pep {text}"):
        try:
            parsed = parse_line(command_line)
        except CommandSyntaxError as caught:
            found = caught.syntax_problem
            assert found.problem
            assert 0 <= found.column <= len(found.text) + 1
            if found.nearest:
                nearest = found.nearest.removeprefix("/pep ")
                assert understood(nearest) is not None or not found.usage
        else:
            again = understood(parsed.canonical)
            assert again is not None
            assert (again.canonical, again.arguments) == (parsed.canonical, parsed.arguments)
