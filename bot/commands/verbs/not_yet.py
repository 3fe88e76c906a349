"""`/pep not-yet`: an editor dismisses what the queue lists of a published PEP, or of sources."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import NUMBER, Because
from bot.commands.grammar.arguments import Arguments, Literal, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.review.overrides import Overrides


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Postpone what is due by now."""
    return replace(overrides, not_yet={**overrides.not_yet, arguments.number: logged.at})


@command(
    "not-yet",
    form(
        NUMBER,
        OptionalPart((Because(),)),
        who=[Role.EDITOR],
        summary="dismiss what is due for a published PEP",
        example="not-yet 703 because it comes in phases",
    ),
    form(
        Literal("sources"),
        OptionalPart((Because(),)),
        who=[Role.EDITOR],
        summary="dismiss the changes of the policy's sources",
        example="not-yet sources because nothing of it concerns us",
    ),
    doc=(
        "The queue no longer lists the follow-ups that are due for that PEP now, and "
        "nobody is reminded of them. Follow-ups that become due later are listed again: "
        "the next step of a release, another missing thread, another closed issue. "
        "The same holds for `/pep not-yet sources` and the files in the policy's `[sources]`: "
        "one that changes again is listed again. It works on any pull request or issue."
    ),
    works_on_issues=True,
    works_when_closed=True,
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Only acknowledge it; what is due is computed from the log of commands."""
    if arguments.number is not None and arguments.number not in command_context.numbers.published:
        return refused(f"PEP {arguments.number} is not published, so nothing is due for it.")
    return done()
