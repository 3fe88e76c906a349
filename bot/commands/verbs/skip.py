"""`/pep skip` and `/pep unskip`: an editor waives the findings of a rule, or no longer."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Because, Rules
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, TakeLabelOff, done, label_slot
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.review.overrides import Overrides, Waiver
from bot.rules.engine.finding import join_names, safe_code


def _add_waivers(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Waive the rules."""
    waiver = Waiver(logged.login, arguments.reason, logged.url)
    waivers = {**overrides.waivers, **dict.fromkeys(arguments.rules, waiver)}
    return replace(overrides, waivers=waivers)


@command(
    "skip",
    form(
        Rules(),
        Because(),
        who=[Role.EDITOR],
        summary="skip a rule on this pull request",
        example="skip codeowners because the owner is a bot",
    ),
    doc=(
        "A skipped rule does not run on this pull request; comment and check run list it "
        "with the reason. `/pep unskip RULE` undoes this. The label `skip RULE`, added "
        "by an editor, does the same without a reason. The check run shows a rule's id "
        "with each of its findings."
    ),
    apply=_add_waivers,
)
def skip(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Only acknowledge it; the next review takes it from the log of commands."""
    verdict = command_context.pull.verdict
    found = {*verdict.waived, *(finding.rule for finding in verdict.findings)}
    without_finding = tuple(safe_code(rule) for rule in arguments.rules if rule not in found)
    if not without_finding:
        return done()
    return done(
        f"There is no finding of {join_names(without_finding)} now; later ones will be skipped."
    )


def _remove_waivers(
    overrides: Overrides, arguments: Arguments, _logged: LoggedCommand
) -> Overrides:
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
    apply=_remove_waivers,
)
def unskip(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Only acknowledge it; the next review takes it from the log of commands."""
    prefix = command_context.policy.labels.skip_prefix
    existing = {label.casefold(): label for label in command_context.labels}
    folded_names = [f"{prefix}{rule}".casefold() for rule in arguments.rules]
    labels = [existing[name] for name in folded_names if prefix and name in existing]
    return done("", *(TakeLabelOff(label) for label in labels))
