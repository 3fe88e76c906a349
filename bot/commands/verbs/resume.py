"""`/pep resume`: the end of a pause."""

from bot.commands.arguments import Arguments
from bot.commands.outcome import Outcome, TakeLabelOff, done, refused
from bot.commands.registry import command, form
from bot.commands.role import Role
from bot.commands.scene import Scene
from bot.commands.verbs.pause import PAUSE_SLOT, is_own_or_editor
from bot.peps.people import same_login


@command(
    "resume",
    form(
        who=[Role.EDITOR, Role.AUTHOR],
        does="let the bot write here again",
        example="resume",
    ),
    doc="Ends a pause. Authors may end what they began themselves; editors may end any.",
    slots=lambda _: frozenset({PAUSE_SLOT}),
)
def run(said: Arguments, scene: Scene) -> Outcome:  # noqa: ARG001 - nothing more is said
    """Take the label off."""
    paused = scene.policy.labels.paused.casefold()
    standing = [label for label in scene.labels if paused and label.casefold() == paused]
    if not standing:
        return refused("The bot is not paused here.")
    pause = scene.orders.pause
    began = pause is not None and same_login(pause.by, scene.asker)
    if Role.EDITOR not in scene.roles and not (is_own_or_editor(scene) and began):
        return refused("An editor paused the bot here, so a PEP editor lets it go on.")
    return done("", *(TakeLabelOff(label) for label in standing))
