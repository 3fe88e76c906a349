"""The reply with a prepared change: which dates are possible, and the links and the title."""

from datetime import UTC, date, datetime

import pytest

from bot.commands.context import BaseBranchPeps, CommandContext, TargetPep
from bot.commands.prepared import render_prepared, why_not_day
from bot.commands.role import Role
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.people import Login
from bot.peps.status import Status
from bot.policy.load import default_policy
from bot.review.fixes.prepared_status import RequestedStatus, prepare_status
from bot.review.snapshot import Base
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Context
from tests.commands.contexts import command_context as in_repository
from tests.commands.contexts import run_command
from tests.rules.builders import pep_text

TODAY = date(2026, 1, 5)
NUMBER, OTHER = PepNumber(791), PepNumber(800)


def command_context() -> CommandContext:
    numbers = NumberLedger(frozenset({NUMBER, OTHER}))
    context = Context(TODAY, default_policy(), numbers)
    return CommandContext(
        subject=Subject(Repository("python/peps", 1), 7),
        commenter=Login("edda"),
        roles=frozenset({Role.EDITOR}),
        now=datetime(2026, 1, 5, tzinfo=UTC),
        policy=context.policy,
        numbers=numbers,
        published=BaseBranchPeps(Base("main"), context),
    )


@pytest.mark.parametrize(
    ("day", "is_right"),
    [(None, True), (TODAY, True), (date(2026, 1, 6), True), (date(2026, 1, 7), False)],
)
def test_a_day_that_is_still_to_come_everywhere_is_refused(
    day: date | None, is_right: bool
) -> None:
    assert (why_not_day(day, command_context()) is None) is is_right


def test_the_form_for_editing_is_the_one_of_the_file_that_changes() -> None:
    text = pep_text(791, Status="Superseded", **{"Superseded-By": "800"})
    request = RequestedStatus(Status.SUPERSEDED, successor=OTHER)
    prepared = prepare_status(NUMBER, text, request, {OTHER: pep_text(800, Status="Final")})
    result = render_prepared(
        prepared, TargetPep(NUMBER, text), command_context(), "Form", branch="b", judged=()
    )
    assert "`PEP 800: Add Replaces`: everything is ready." in result.reply
    assert "/edit/main/peps/pep-0800.rst" in result.reply
    assert "pep-0791.rst" not in result.reply


def blanks(text: str, command: str) -> list[str]:
    """The blanks of PEP 791 that the reply asks to fill in."""
    reply = run_command(command, in_repository(None, texts={NUMBER: text})).reply
    return reply.partition("To fill in:\n\n")[2].partition("\n\n")[0].splitlines()


def test_missing_parts_are_listed_once_as_blanks() -> None:
    accepted = blanks(pep_text(), "prepare accepted 791")
    assert [line.partition(":")[0] for line in accepted] == ["- `Resolution`"] * 2
    final = blanks(pep_text(**{"Python-Version": None}), "prepare final 791")
    assert [line[:20] for line in final] == ["- `canonical-doc`: t", "- This PEP becomes `"]
    assert len(blanks(pep_text(), "thread https://discuss.python.org/t/1 791")) == 1


def test_a_step_that_was_never_taken_is_left_to_check_and_is_no_blank() -> None:
    text = pep_text(Status="Rejected")
    reply = run_command("prepare final 791", in_repository(None, texts={NUMBER: text})).reply
    assert "Left for you to check:\n\n- No PEP ever changed from Rejected to Final" in reply
    assert len(blanks(text, "prepare final 791")) == 1
