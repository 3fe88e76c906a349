"""`/pep not-yet`: an editor sets aside what is left to do about a published PEP."""

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import NUMBER, Because
from bot.commands.grammar.arguments import Arguments, Maybe
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused
from bot.commands.role import Role


@command(
    "not-yet",
    form(
        NUMBER,
        Maybe((Because(),)),
        who=[Role.EDITOR],
        does="set aside what is due about a published PEP",
        example="not-yet 703 because it comes in phases",
    ),
    doc=(
        "Follow-ups of that PEP which are due by now are neither listed in the queue nor reminded "
        "of any more. One that becomes due later is: the next step of a release, another thread "
        "that is missing, another issue that was closed. It works in any thread."
    ),
    on_issues=True,
    when_closed=True,
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Remember it; what is due is worked out from it."""
    if said.number is not None and said.number not in scene.numbers.published:
        return refused(f"PEP {said.number} is not published, so nothing about it is due.")
    return done()
