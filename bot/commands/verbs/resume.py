"""`/pep resume`: the end of a pause."""

from bot.commands.context import CommandContext
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, TakeLabelOff, done, refused
from bot.commands.role import Role
from bot.commands.verbs.pause import NOT_THEIRS, PAUSE_SLOT, is_own_or_editor


@command(
    "resume",
    form(
        who=[Role.EDITOR, Role.AUTHOR],
        does="let the bot write here again",
        example="resume",
    ),
    doc="Ends a pause. Authors may do so on their own pull requests.",
    when_closed=True,
    slots=lambda _: frozenset({PAUSE_SLOT}),
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:  # noqa: ARG001 - nothing more is said
    """Take the label off."""
    paused = scene.policy.labels.paused.casefold()
    if not is_own_or_editor(scene):
        return refused(NOT_THEIRS)
    standing = [label for label in scene.labels if paused and label.casefold() == paused]
    return done("", *(TakeLabelOff(label) for label in standing))
