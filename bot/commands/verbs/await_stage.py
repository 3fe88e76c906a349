"""`/pep await`: a person says whose turn it is."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import Choice
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.review.overrides import Overrides, StageOverride
from bot.review.stage import Stage

_STAGE = Choice("stage", lambda: [str(stage) for stage in Stage], "one of the stages", Stage)


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Set the stage."""
    if arguments.stage is None:
        return overrides
    stage = StageOverride(arguments.stage, logged.note, logged.login, logged.at, logged.url)
    return replace(overrides, stage=stage)


@command(
    "await",
    form(
        _STAGE,
        who=[Role.EDITOR, Role.AUTHOR],
        summary="say whose turn it is, until something changes",
        example="await author",
    ),
    doc=(
        "The bot works out whose turn it is from what is missing, from reviews, from the "
        "sponsor's agreement, and from whether it is a draft. If it is wrong, this "
        "corrects the label, until something changes the bot's own answer (a push, a "
        "review, the sponsor's agreement). Only editors can choose `decision`."
    ),
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Record the computed stage: the override holds until that changes."""
    verdict = command_context.pull.verdict
    if verdict.stage is None:
        return refused("This pull request changes no PEP, so it is nobody's turn.")
    if arguments.stage is Stage.DECISION and Role.EDITOR not in command_context.roles:
        return refused("Only a PEP editor can choose `decision`.")
    return done(note=str(verdict.computed or ""))
