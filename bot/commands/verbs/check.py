"""`/pep check`: review again now."""

from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done
from bot.commands.role import Role


@command(
    "check",
    form(who=[Role.ANYONE], summary="review the pull request again now", example="check"),
    doc=(
        "Reads and checks everything again. You rarely need it, since the bot notices "
        "pushes, comments and reviews by itself; it helps after something changed "
        "outside the pull request."
    ),
    once_per_text=True,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Write nothing: a review follows every command anyway."""
    return done()
