"""`/pep title`: correct the prefix of the pull request's title."""

from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, Retitle, done, refused
from bot.commands.role import Role
from bot.rules.engine.pull_request_text import canonical_title


@command(
    "title",
    form(
        who=[Role.AUTHOR, Role.EDITOR],
        summary="correct the prefix of the pull request's title",
        example="title",
    ),
    doc=(
        "The title becomes the title of the commit and starts with `PEP NNN: `. The rest "
        "of it stays as it is."
    ),
    slots=lambda _: frozenset({"title"}),
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Set the title, if the right one is known."""
    snapshot = command_context.pull.snapshot
    title = canonical_title(snapshot.change, snapshot.context)
    if title is None:
        return refused(
            "I cannot tell the right prefix: the pull request changes no PEP, or more "
            "than three, or its number is not settled."
        )
    return done() if title == snapshot.change.title else done("", Retitle(title))
