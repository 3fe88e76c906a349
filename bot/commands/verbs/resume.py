"""`/pep resume`: end a pause."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, TakeLabelOff, done, nothing_to_do, refused
from bot.commands.role import Role
from bot.commands.verbs.pause import NOT_THEIRS, PAUSE_SLOT, is_opener_or_editor


@command(
    "resume",
    form(
        who=[Role.EDITOR, Role.AUTHOR],
        summary="let the bot write here again",
        example="resume",
    ),
    doc=(
        "Ends a pause. Authors may do so on pull requests that they opened, unless a PEP editor "
        "paused the bot there."
    ),
    works_when_closed=True,
    slots=lambda _: frozenset({PAUSE_SLOT}),
    apply=lambda overrides, *_: replace(overrides, pauses=()),
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:  # noqa: ARG001 - it takes no arguments
    """Remove the label."""
    paused = command_context.policy.labels.paused.casefold()
    if not is_opener_or_editor(command_context):
        return refused(NOT_THEIRS)
    existing = [label for label in command_context.labels if paused and label.casefold() == paused]
    if not existing:
        return nothing_to_do("I am not paused here, so there is nothing to resume.")
    if command_context.pull.verdict.paused_by_editor and Role.EDITOR not in command_context.roles:
        return refused("A PEP editor paused me here, so only a PEP editor can end the pause.")
    return done("", *(TakeLabelOff(label) for label in existing))
