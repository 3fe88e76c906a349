"""`/pep skip`: an editor waives the findings of a rule."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Because, Rules
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.review.overrides import Overrides, Waiver
from bot.rules.engine.finding import join_names, safe_code


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
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
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Only acknowledge it; the next review takes it from the log of commands."""
    verdict = command_context.pull.verdict
    found = {*verdict.waived, *(finding.rule for finding in verdict.findings)}
    without_finding = tuple(safe_code(rule) for rule in arguments.rules if rule not in found)
    if not without_finding:
        return done()
    return done(
        f"There is no finding of {join_names(without_finding)} now; later ones will be skipped."
    )
