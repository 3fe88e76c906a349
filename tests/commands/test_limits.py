"""Length limits in commands: the limit itself is accepted, one more is not."""

import pytest

from bot.commands.grammar.argument_kinds import LONGEST_REASON, MOST_LABELS
from bot.commands.grammar.lines import MOST_COMMANDS, CommandSyntaxError, command_lines
from bot.commands.grammar.parse import LONGEST_COMMAND, ParsedCommand, parse_line, parsing_cost

POST = "https://discuss.python.org/t/1/2"


def read(text: str) -> ParsedCommand:
    (line,) = command_lines(f"/pep {text}")
    return parse_line(line)


def refusal(text: str) -> str:
    with pytest.raises(CommandSyntaxError) as caught:
        read(text)
    return caught.value.syntax_problem.problem


@pytest.mark.parametrize("start", ["pause because ", f"accept-sponsor @ada because {POST} "])
def test_a_reason_is_kept_up_to_its_300th_character(start: str) -> None:
    for written in (299, 300, 301, 700):
        read_back = read(f"{start}{'x' * written}")
        kept = min(written, LONGEST_REASON)
        assert read_back.arguments.reason == "x" * kept
        assert read_back.canonical == f"{start}{'x' * kept}"
    assert LONGEST_REASON == 300


def test_a_reason_is_not_kept_with_the_blank_it_was_cut_at() -> None:
    assert read(f"pause because {'x' * 299} y").arguments.reason == "x" * 299


def test_a_command_of_more_than_a_thousand_characters_is_refused_however_long_it_is() -> None:
    start = "/pep pause because "
    (line,) = command_lines(start + "x" * (LONGEST_COMMAND - len(start)))
    assert parse_line(line).arguments.reason == "x" * LONGEST_REASON
    for more in (1, 29_000):
        (line,) = command_lines(start + "x" * (LONGEST_COMMAND - len(start) + more))
        with pytest.raises(CommandSyntaxError) as caught:
            parse_line(line)
        assert caught.value.syntax_problem.problem == "a command has at most 1,000 characters"
        assert caught.value.syntax_problem.column == 1000


def test_a_label_has_at_most_fifty_characters_and_one_command_ten_labels() -> None:
    (label,) = read(f"label +{'x' * 50}").arguments.labels
    assert label.name == "x" * 50
    assert "1 to 50 characters" in refusal(f"label +{'x' * 51}")
    assert "1 to 50 characters" in refusal("label +a -")
    ten = " ".join(f"+l{number}" for number in range(MOST_LABELS))
    assert len(read(f"label {ten}").arguments.labels) == 10
    assert "at most 10 labels" in refusal(f"label {ten} +one-more")


def test_a_link_has_at_most_five_hundred_characters() -> None:
    link = f"{POST}/{'x' * (499 - len(POST))}"
    assert read(f"accept-sponsor @ada because {link}").arguments.link == link
    assert "link to the post is missing" in refusal(f"accept-sponsor @ada because {link}x")


def test_numbers_of_peps_have_four_digits_and_those_of_pull_requests_nine() -> None:
    assert read("number 9999 for #123456789").arguments.pull_request == 123_456_789
    assert "is not the number of a PEP" in refusal("number 10000")
    assert "is not the number of a pull request" in refusal("number 9999 for #1234567890")


def test_at_most_twenty_commands_of_a_text_are_found() -> None:
    text = "".join(f"/pep number {number}\n\n" for number in range(MOST_COMMANDS + 1))
    assert [one.text for one in command_lines(text)] == [
        f"/pep number {number}" for number in range(20)
    ]


def test_only_a_text_that_may_hold_a_command_is_offloaded() -> None:
    assert parsing_cost("x" * 65_536) == 0
    assert parsing_cost("/pep sponsor") == 8 * len("/pep sponsor")
