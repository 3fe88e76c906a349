"""`/pep unskip`: what was set aside counts again."""

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Rules
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, TakeLabelOff, done, label_slot
from bot.commands.role import Role


@command(
    "unskip",
    form(
        Rules(),
        who=[Role.EDITOR],
        does="let the findings of a rule count again",
        example="unskip codeowners",
    ),
    doc="Undoes `/pep skip`, and takes a label `skip RULE` off.",
    slots=lambda said: frozenset(label_slot(f"skip {rule}") for rule in said.rules),
)
def run(said: Arguments, scene: CommandContext) -> CommandResult:
    """Let it count again."""
    prefix = scene.policy.labels.skip_prefix
    standing = {label.casefold(): label for label in scene.labels}
    wanted = [f"{prefix}{rule}".casefold() for rule in said.rules]
    labels = [standing[name] for name in wanted if prefix and name in standing]
    return done("", *(TakeLabelOff(label) for label in labels))
