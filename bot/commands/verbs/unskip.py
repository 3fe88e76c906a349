"""`/pep unskip`: make a waived rule count again."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Rules
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, TakeLabelOff, done, label_slot
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.review.overrides import Overrides


def apply(overrides: Overrides, arguments: Arguments, _logged: LoggedCommand) -> Overrides:
    """Remove the rules' waivers."""
    kept = {rule: one for rule, one in overrides.waivers.items() if rule not in arguments.rules}
    return replace(overrides, waivers=kept)


@command(
    "unskip",
    form(
        Rules(),
        who=[Role.EDITOR],
        summary="run a skipped rule again",
        example="unskip codeowners",
    ),
    doc="Undoes `/pep skip`, and removes a label `skip RULE`.",
    slots=lambda arguments: frozenset(label_slot(f"skip {rule}") for rule in arguments.rules),
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Only acknowledge it; the next review takes it from the log of commands."""
    prefix = command_context.policy.labels.skip_prefix
    existing = {label.casefold(): label for label in command_context.labels}
    folded_names = [f"{prefix}{rule}".casefold() for rule in arguments.rules]
    labels = [existing[name] for name in folded_names if prefix and name in existing]
    return done("", *(TakeLabelOff(label) for label in labels))
