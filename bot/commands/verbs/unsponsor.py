"""`/pep unsponsor`: a sponsor withdraws."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import LOGIN_ARGUMENT
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, nothing_to_do, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.peps.people import Login, same_login
from bot.review.overrides import Overrides
from bot.rules.engine.context import ActKind
from bot.rules.engine.eligibility import sponsor_role_of


def apply(overrides: Overrides, arguments: Arguments, _logged: LoggedCommand) -> Overrides:
    """Take back that the account was accepted as a sponsor."""
    login = arguments.login or ""  # nobody's
    kept = tuple(one for one in overrides.accepted if not same_login(one.login, login))
    return replace(overrides, accepted=kept)


@command(
    "unsponsor",
    form(
        who=[Role.ANYONE],
        summary="withdraw your agreement to sponsor the PEP",
        example="unsponsor",
    ),
    form(
        LOGIN_ARGUMENT,
        who=[Role.EDITOR, Role.DECIDER],
        summary="undo the acceptance of this person as a sponsor",
        example="unsponsor @ada",
    ),
    doc=(
        "A sponsor may withdraw at any time; a review by them that requests changes does "
        "the same. With an account, it undoes `/pep accept-sponsor`."
    ),
    apply=apply,
    act=ActKind.WITHDRAWAL,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Reply; the withdrawal itself is read from the conversation."""
    if arguments.login is not None:
        if _is_accepted(arguments.login, command_context):
            return done()
        return nothing_to_do(
            f"`@{arguments.login}` was not accepted as a sponsor here, so there is nothing to take "
            "back."
        )
    assessments, acts = (
        command_context.pull.verdict.sponsored,
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
    if is_sponsor or (agreed and _may_sponsor(command_context)):
        return done()
    return refused("You have not agreed to sponsor here, so there is nothing to take back.")


def _is_accepted(login: Login, command_context: CommandContext) -> bool:
    return any(same_login(one.login, login) for one in command_context.overrides.accepted)


def _may_sponsor(command_context: CommandContext) -> bool:
    """Whether the commenter's consent could count; an approval or `/pep sponsor` of others never.

    While the core team's list cannot be read, anybody's might.
    """
    pull, login = command_context.pull, command_context.commenter
    topics = {topic for one in pull.verdict.sponsored for topic in one.preamble.topics}
    return (
        pull.snapshot.context.core_team is None
        or bool(sponsor_role_of(login, topics, pull.snapshot.context))
        or _is_accepted(login, command_context)
    )
