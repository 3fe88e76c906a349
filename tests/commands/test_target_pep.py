"""Which PEP a command is about, and which text of it counts; hostile texts get a plain error."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.context import (
    CommandContext,
    NoTargetPep,
    TargetPep,
    other_pep_texts,
    target_numbers,
    target_pep,
)
from bot.commands.grammar.arguments import Arguments
from bot.commands.result import Suggest
from bot.peps.change import FileChange, FileStatus
from bot.peps.number import PepNumber
from bot.review.snapshot import PullRequestState
from tests.builders import edit, new_pep
from tests.commands.contexts import command_context, run_command
from tests.review.applying_fixes import patch_in, with_patch
from tests.rules.builders import change, modified, pep_text

NUMBER = PepNumber(791)
BASE, HEAD = pep_text(Title="As published"), pep_text(Title="As proposed")


def of_791(the_context: CommandContext) -> TargetPep:
    return target_pep(Arguments(number=NUMBER), the_context)


def test_an_open_pull_requests_own_text_counts_and_else_that_at_the_base() -> None:
    editing = edit(BASE, HEAD, "peps/pep-0791.rst")
    texts = {NUMBER: BASE}
    assert of_791(command_context(editing, texts=texts)).text == HEAD
    for state in (PullRequestState.MERGED, PullRequestState.CLOSED):
        assert of_791(command_context(editing, state, texts=texts)).text == BASE
    assert of_791(command_context(None, texts=texts)).text == BASE
    assert target_pep(Arguments(), command_context(editing, texts=texts)).number == NUMBER


def test_what_a_successor_is_given_goes_by_the_pull_requests_own_text(tmp_path: Path) -> None:
    own = pep_text(800, Title="As proposed too", Status="Final")
    files = (modified(BASE, HEAD, "peps/pep-0791.rst"), modified("", own, "peps/pep-0800.rst"))
    texts = {NUMBER: BASE, PepNumber(800): pep_text(800, Status="Final")}
    result = run_command(
        "prepare superseded by 800 791", command_context(change(*files), texts=texts)
    )
    (suggest,) = result.effects
    assert isinstance(suggest, Suggest)
    assert {one.path for one in suggest.suggestions} == {"peps/pep-0800.rst"}
    # The diff of the other does not show the line it needs.
    patched = with_patch(tmp_path, {"peps/pep-0791.rst": HEAD}, patch_in(result.reply))
    assert "\nSuperseded-By: 800\n" in patched["peps/pep-0791.rst"]


def test_a_pep_merged_a_moment_ago_is_there_and_one_that_was_closed_is_not() -> None:
    assert of_791(command_context(new_pep(HEAD), PullRequestState.MERGED)).text == HEAD
    with pytest.raises(NoTargetPep, match="There is no PEP 791 here"):
        of_791(command_context(new_pep(HEAD), PullRequestState.CLOSED))


def test_what_cannot_be_read_at_the_base_is_not_taken_from_the_merged_pull_request() -> None:
    unreadable = command_context(
        new_pep(HEAD), PullRequestState.MERGED, unreadable=frozenset({NUMBER})
    )
    with pytest.raises(NoTargetPep, match="PEP 791 cannot be read as text"):
        of_791(unreadable)


def test_an_unreadable_pep_is_not_reported_as_missing() -> None:
    with pytest.raises(NoTargetPep, match="cannot be read as text"):
        of_791(command_context(None, unreadable=frozenset({NUMBER})))


def removed(before: str, path: str) -> FileChange:
    return FileChange(path, FileStatus.REMOVED, before=before, after=None)


def test_of_a_pep_the_pull_request_deletes_the_published_text_counts() -> None:
    other = pep_text(800, Title="As published too")
    own = pep_text(801, Title="As proposed, third")
    texts = {NUMBER: BASE, PepNumber(800): other, PepNumber(801): pep_text(801)}
    files = (
        removed(BASE, "peps/pep-0791.rst"),
        removed(other, "peps/pep-0800.rst"),
        modified(pep_text(801), own, "peps/pep-0801.rst"),
    )
    deleting = command_context(change(*files), texts=texts)
    assert of_791(deleting) == TargetPep(NUMBER, BASE, None)
    edited = target_pep(Arguments(), deleting)
    assert (edited.number, edited.text) == (801, own), "the only one that stays"
    assert other_pep_texts(edited, deleting) == {**texts, 801: own}


def test_of_a_pep_whose_file_cannot_be_read_the_published_text_counts_beside_another() -> None:
    other = pep_text(800, Title="As published too")
    unread = replace(modified(other, "", "peps/pep-0800.rst"), after=None)
    files = (modified(BASE, HEAD, "peps/pep-0791.rst"), unread)
    texts = {NUMBER: BASE, PepNumber(800): other}
    the_context = command_context(change(*files), texts=texts)
    assert other_pep_texts(of_791(the_context), the_context) == {NUMBER: HEAD, 800: other}
    published = TargetPep(NUMBER, BASE)
    assert other_pep_texts(published, the_context) == texts


def test_without_a_number_the_refusal_lists_the_peps_to_choose_from() -> None:
    def asked(count: int) -> str:
        files = (modified("a", "b", f"peps/pep-{790 + n:04}.rst") for n in range(count))
        with pytest.raises(NoTargetPep) as caught:
            target_pep(Arguments(), command_context(change(*files)))
        return str(caught.value)

    assert asked(0) == "Which PEP? Add its number."
    assert "changes PEP 790 and PEP 791: add the number" in asked(2)
    assert "PEP 798 and PEP 799: add the number" in asked(10)
    assert "changes 11 PEPs: add the number" in asked(11)


def test_only_what_a_command_is_about_is_asked_for() -> None:
    several = change(*(modified("a", "b", f"peps/pep-079{digit}.rst") for digit in range(3)))
    assert target_numbers(Arguments(), several) == ()
    assert target_numbers(Arguments(), None) == ()
    assert target_numbers(Arguments(), edit("a", "b")) == (758,)
    assert target_numbers(Arguments(number=NUMBER), edit("a", "b")) == (791,)
    both = Arguments(number=NUMBER, successor=PepNumber(800))
    assert target_numbers(both, None) == (791, 800)


HOSTILE = (
    "```\n@everyone <img src=x> [x](http://e.example) <!-- patch --> ``` #1",
    "<!-- pep-bot:summary -->",
    "x" * 40_000,
    "\u202e\u2028\x0b\t",
    "{{ 7 * 7 }}",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["Title", "Author", "PEP-Delegate", "Discussions-To", "Type"])
def test_no_hostile_header_is_rendered_or_makes_a_reply_too_long(name: str, text: str) -> None:
    hostile = pep_text(**{name: text, "Post-History": text.replace("\n", " ")})
    for command in (
        "prepare accepted 791",
        "prepare final 791 https://discuss.python.org/t/1/2 01-Jan-2025",
        "thread https://discuss.python.org/t/1 791",
        "submit 791",
    ):
        result = run_command(command, command_context(None, texts={NUMBER: hostile}))
        assert len(result.reply) < 45_000, command
        outside = result.reply
        if "```diff\n" in outside or "````diff\n" in outside:
            before, _, rest = outside.partition("<details>")
            assert rest.count("</details>") >= 1, command
            outside = before + rest.rpartition("</details>")[2]
        text_outside_code = "".join(
            part for place, part in enumerate(outside.split("`")) if place % 2 == 0
        )
        assert not [one for one in ("@", "<img", "<!--", "49") if one in text_outside_code], command
