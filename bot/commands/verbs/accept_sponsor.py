"""`/pep accept-sponsor`: an editor vouches for a sponsor."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import LOGIN_ARGUMENT, BecauseWithLink
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.commands.verbs.sponsor import NOT_ONES_OWN, NOTHING_TO_SPONSOR, is_named_author
from bot.peps.people import Login, same_login
from bot.review.overrides import AcceptedSponsor, Overrides
from bot.review.render.markdown import escape
from bot.review.review import Review
from bot.rules.engine.eligibility import find_account, names_without_account
from bot.rules.engine.finding import safe_name


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Accept the sponsor, in place of an earlier acceptance of the same account."""
    accepted = {one.login.casefold(): one for one in overrides.accepted}
    accepted[arguments.account.casefold()] = AcceptedSponsor(
        arguments.account, arguments.link, logged.login, logged.at, logged.note
    )
    return replace(overrides, accepted=tuple(accepted.values()))


@command(
    "accept-sponsor",
    form(
        LOGIN_ARGUMENT,
        BecauseWithLink(),
        who=[Role.EDITOR, Role.DECIDER],
        summary="accept a sponsor who is no core developer, or who agreed elsewhere",
        example="accept-sponsor @ada because https://discuss.python.org/t/91337/47",
    ),
    doc=(
        "The Steering Council may approve somebody who is no core developer as the sponsor of one "
        "PEP (PEP 1), and some sponsors say yes in the discussion instead of here. Whoever accepts "
        "them has seen the post that the link shows; the bot opens no link. Accepted is an account "
        "by the name that the header has: if that changes, it is another person, to be accepted "
        "again. `/pep unsponsor @login` takes it back."
    ),
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Accept the sponsor that the header names."""
    if not command_context.pull.verdict.sponsored:
        return refused(NOTHING_TO_SPONSOR)
    opener = command_context.pull.snapshot.change.author
    opened = opener is not None and same_login(arguments.account, opener)
    if opened or is_named_author(arguments.account, command_context.pull):
        return refused(NOT_ONES_OWN)
    if same_login(arguments.account, command_context.commenter):
        return refused("To sponsor it yourself, say `/pep sponsor`.")
    return _by_name(arguments.account, command_context.pull)


def _by_name(login: Login, pull: Review) -> CommandResult:
    """Accept the account under the name in the header: another name is another person."""
    context = pull.snapshot.context
    sponsors = [person for one in pull.verdict.sponsored for person in one.preamble.sponsors]
    known = [find_account(person.name, context) for person in sponsors]
    if any(one is not None and same_login(one, login) for one in known):
        return done()
    names = names_without_account(sponsors, context)
    if len(names) == 1:
        return done(
            f"`@{login}` is accepted as {escape(safe_name(names[0]))}, whom the header names.",
            note=names[0],
        )
    if names:
        return refused(
            "The header names several people whose accounts nobody knows, so I cannot tell which "
            f"of them `@{login}` is. Accept one while no other is named."
        )
    if sponsors:
        return refused(f"Whom the header names as the sponsor is not `@{login}`.")
    return refused(
        "The header names no sponsor yet. Once its author has added `Sponsor: Name <email>` below "
        "`Author`, say so again: an account is accepted by the name that stands there."
    )
