"""The reply to a text: untrusted text stays inside its code, and the reply is not too long."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.commands.grammar.lines import CommandSyntaxError, command_lines
from bot.commands.grammar.parse import parse_line
from bot.commands.log import CommandComment
from bot.commands.reply import render_problem, reply_to
from bot.commands.text import Place

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def processed(
    place: Place = Place.COMMENT,
    *,
    answers: tuple[str, ...] = (),
    problems: tuple[str, ...] = (),
    deleted: bool = False,
) -> CommandComment:
    answers_by_key = tuple((str(index), text) for index, text in enumerate(answers))
    return CommandComment(
        source="IC_1",
        place=place,
        id=1,
        author="nova",
        url="https://github.com/x/y/pull/1#a",
        at=NOON,
        answers=(*answers_by_key, ("gone", "What is not asked any more.")),
        existing=tuple(key for key, _ in answers_by_key),
        problems=problems,
        is_deleted=deleted,
    )


def test_with_nothing_to_say_there_is_no_reply() -> None:
    assert reply_to(processed()) == ""
    assert reply_to(processed(answers=("Yes.",), deleted=True)) == ""


def test_a_reply_carries_its_mark_and_says_to_what_it_is() -> None:
    reply = reply_to(processed(answers=("Yes.",), problems=("No.",)))
    assert reply == (
        "<!-- pep-bot:reply IC_1 -->\n\nNo.\n\nYes.\n\n"
        "<sub>In reply to [what nova wrote](https://github.com/x/y/pull/1#a)</sub>\n"
    )
    assert "the button that nova pressed" in reply_to(processed(Place.BUTTON, answers=("Yes.",)))
    assert "In reply to [the description]" in reply_to(
        processed(Place.DESCRIPTION, answers=("Yes.",))
    )


def test_a_reply_is_never_longer_than_github_takes() -> None:
    reply = reply_to(processed(answers=tuple(str(index) * 9_000 for index in range(9))))
    assert len(reply) <= 65_536
    assert "(Shortened to" in reply


_hostile = st.sampled_from(
    [
        *("`", "```", "@python/pep-editors", "<img src=x>", "#1", "[x](http://e.example)", "**b**"),
        *("frobnicate", "skip", "sponsor", "because", "\u202e", "\u00ad", "-->", "</sub>", "~~~"),
    ]
)


@given(st.lists(_hostile, min_size=1, max_size=8).map(" ".join))
def test_nothing_of_an_invalid_line_gets_out_of_its_code(text: str) -> None:
    for line in command_lines(f"/pep {text}"):
        try:
            parse_line(line)
        except CommandSyntaxError as fault:
            tokens = MarkdownIt("commonmark").parse(render_problem(fault.syntax_problem))
            inline = [child for token in tokens for child in token.children or ()]
            outside = " ".join(child.content for child in inline if child.type == "text")
            assert not {child.type for child in inline} & {"link_open", "image", "html_inline"}
            assert not any(token.type == "html_block" for token in tokens)
            for harm in ("@", "#1", "<img"):
                assert harm not in outside


def test_the_caret_stands_under_the_place_in_a_long_line_too() -> None:
    (line,) = command_lines(f"/pep skip {'sponsor ' * 40}wrong because x")
    try:
        parse_line(line)
    except CommandSyntaxError as fault:
        excerpt, caret = render_problem(fault.syntax_problem).split("\n")[2:4]
        assert excerpt[caret.index("^") :].startswith("wrong")
        assert len(excerpt) < 130


def rendered_problem(text: str) -> str:
    with pytest.raises(CommandSyntaxError) as caught:
        parse_line(*command_lines(f"/pep {text}"))
    return render_problem(caught.value.syntax_problem)


def test_a_syntax_problem_names_what_was_understood_and_what_would_be_right() -> None:
    unknown = rendered_problem("frobnicate")
    assert unknown == (
        "I do not understand this command: there is no command `frobnicate`.\n\n"
        "    /pep frobnicate\n         ^\n\n`/pep help` lists the commands that you can use here."
    )
    near = rendered_problem("skip sponsr because x")
    assert near.startswith("I understood `/pep skip`, but `sponsr` is not the id of a rule.")
    assert near.endswith("Did you mean this?\n\n    /pep skip sponsor because x")
    assert "Write it like this:\n\n    /pep skip RULE because …" in rendered_problem("skip")


def test_answers_fill_a_reply_up_to_the_last_character_and_no_further() -> None:
    two = ("a" * 24_998, "b" * 24_998)
    assert "(Shortened to" not in reply_to(processed(answers=two))
    assert "(Shortened to" in reply_to(processed(answers=(two[0], two[1] + "b")))
    assert reply_to(processed(answers=("Yes.", "Yes."))).count("Yes.") == 1
