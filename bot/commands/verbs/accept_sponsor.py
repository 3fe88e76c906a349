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
        summary="accept a sponsor who is not a core developer, or who agreed elsewhere",
        example="accept-sponsor @ada because https://discuss.python.org/t/91337/47",
    ),
    doc=(
        "The Steering Council may approve somebody who is not a core developer as the "
        "sponsor of one PEP (PEP 1), and some sponsors agree in the discussion instead "
        "of here. Read the post before you link it; the bot does not open links. The "
        "account is accepted for the name in the header: if the header names somebody "
        "else, accept that person again. `/pep unsponsor @login` undoes this."
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
        return refused("To sponsor it yourself, use `/pep sponsor`.")
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
            f"`@{login}` is accepted as {escape(safe_name(names[0]))}, the sponsor in the header.",
            note=names[0],
        )
    if names:
        return refused(
            "The header names several people whose accounts I do not know, so I cannot "
            f"tell which of them is `@{login}`. Accept a sponsor while the header names "
            "nobody else."
        )
    if sponsors:
        return refused(f"`@{login}` is not the sponsor that the header names.")
    return refused(
        "The header names no sponsor yet. Use this command again once an author has added "
        "`Sponsor: Name <email>` below `Author`: the account is accepted for that name."
    )
