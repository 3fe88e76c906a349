"""`/pep unsponsor`: a sponsor withdraws."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import LOGIN_ARGUMENT
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.peps.people import same_login
from bot.review.overrides import Overrides
from bot.rules.engine.context import ActKind


def apply(overrides: Overrides, arguments: Arguments, _logged: LoggedCommand) -> Overrides:
    """Take back that the account was accepted as a sponsor."""
    login = arguments.login or ""  # nobody's
    kept = tuple(one for one in overrides.accepted if not same_login(one.login, login))
    return replace(overrides, accepted=kept)


@command(
    "unsponsor",
    form(
        who=[Role.ANYONE],
        summary="take back your consent to sponsor the PEP",
        example="unsponsor",
    ),
    form(
        LOGIN_ARGUMENT,
        who=[Role.EDITOR, Role.DECIDER],
        summary="take back that this person was accepted as a sponsor",
        example="unsponsor @ada",
    ),
    doc=(
        "A sponsor may withdraw at any time; so does a review of theirs that asks for changes. "
        "With an account, it undoes `/pep accept-sponsor`."
    ),
    apply=apply,
    act=ActKind.WITHDRAWAL,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Reply; the withdrawal itself is read from the conversation."""
    if arguments.login is not None:
        return done()
    assessments, acts = (
        command_context.pull.verdict.peps,
        command_context.pull.snapshot.context.acts,
    )
    is_sponsor = any(
        one.sponsor.login and same_login(one.sponsor.login, command_context.commenter)
        for one in assessments
    )
    agreed = any(
        act.kind is ActKind.CONSENT and same_login(act.login, command_context.commenter)
        for act in acts
    )
    if is_sponsor or agreed:
        return done()
    return refused("There is no consent of yours here that you could take back.")
