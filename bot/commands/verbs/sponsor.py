"""`/pep sponsor` and `/pep unsponsor`: a sponsor agrees or withdraws, or an author asks one."""

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
from bot.review.render.markdown import escape
from bot.review.review import Review
from bot.rules.engine.assessment import SponsorState
from bot.rules.engine.context import ActKind
from bot.rules.engine.eligibility import find_account, sponsor_role_of
from bot.rules.engine.finding import safe_name

MOST_ASKED = 3
"""How many people may be asked on one pull request."""

NOT_ONES_OWN = "Nobody can sponsor their own PEP."
NOTHING_TO_SPONSOR = (
    "This pull request adds no PEP and changes no draft's authors or sponsor, so there "
    "is nothing to sponsor."
)

_ELIGIBLE = (
    "a core developer, PEP editor, Typing Council member or, for packaging, standing delegate"
)


def _note_asked(overrides: Overrides, arguments: Arguments, _logged: LoggedCommand) -> Overrides:
    """Note whom an author asked."""
    asked = overrides.asked if arguments.login is None else overrides.asked | {arguments.login}
    return replace(overrides, asked=asked)


@command(
    "sponsor",
    form(
        who=[Role.ANYONE],
        summary="agree to sponsor the PEP yourself",
        example="sponsor",
    ),
    form(
        LOGIN_ARGUMENT,
        who=[Role.AUTHOR],
        summary="ask somebody to sponsor the PEP; the bot mentions them once",
        example="sponsor @ada",
    ),
    doc=(
        "A name in a header does not prove that the person agreed. The sponsor agrees "
        "with `/pep sponsor`, or by approving the pull request. Nobody can agree for "
        "somebody else.\n\nThe author may ask up to three people, one after another, with "
        "`/pep sponsor @login`. The bot does not mention people who may not sponsor, and "
        "asks nobody twice."
    ),
    apply=_note_asked,
    stays_in_force=True,  # whoever was asked was asked
    act=ActKind.CONSENT,
)
def sponsor(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Reply to a sponsor, or ask one; the consent itself is read from the conversation."""
    assessments = command_context.pull.verdict.sponsored
    if not assessments:
        return refused(NOTHING_TO_SPONSOR)
    if all(one.sponsor.state is SponsorState.AUTHOR_IS_CORE for one in assessments):
        return done("No sponsor is needed here, because an author is a core developer.")
    if is_named_author(
        command_context.commenter if arguments.login is None else arguments.login,
        command_context.pull,
    ):
        return refused(NOT_ONES_OWN)
    if arguments.login is None:
        return _agreed(command_context.commenter, command_context.pull)
    return _ask(arguments.login, command_context)


def is_named_author(login: Login, pull: Review) -> bool:
    """Whether the header of a new PEP names the owner of an account as an author.

    Whoever opened the pull request need not be an author: a sponsor may open it too.
    """
    authors = (author for one in pull.verdict.sponsored for author in one.preamble.authors)
    known = (find_account(author.name, pull.snapshot.context) for author in authors)
    return any(author is not None and same_login(author, login) for author in known)


def _agreed(commenter: Login, pull: Review) -> CommandResult:
    if _is_sponsor(commenter, pull):
        return done()
    if pull.snapshot.context.core_team is None:
        return done("I cannot read the core team list now, so I cannot tell who may sponsor.")
    if not _role(commenter, pull):
        return refused(
            f"A sponsor is {_ELIGIBLE}, and I cannot find you among them. A PEP editor "
            "can accept you with `/pep accept-sponsor`."
        )
    return done(
        "Thank you! This counts as soon as the header of the PEP names you: its author "
        "adds `Sponsor: Name <email>` below `Author`."
    )


def _ask(login: Login, command_context: CommandContext) -> CommandResult:
    pull, display_name = command_context.pull, f"`@{login}`"
    if pull.snapshot.context.core_team is None:
        return refused("I cannot read the core team list now, so I cannot tell who may sponsor.")
    role = _role(login, pull)
    if not role:
        return refused(
            f"{display_name} is not among the people who may sponsor: {_ELIGIBLE}. I did "
            "not mention anybody."
        )
    if any(same_login(login, asked) for asked in command_context.overrides.asked):
        return done(f"{display_name} was already asked here; once is enough.")
    if len(command_context.overrides.asked) >= MOST_ASKED:
        return refused("Enough people have been asked here; please give them time.")
    proposal = " and ".join(
        escape(safe_name(one.preamble.title or "this PEP")) for one in pull.verdict.sponsored
    )
    return done(
        (
            f"{{mention}}, the author of “{proposal}” asks whether you would sponsor it, as a "
            f"{role}. If you agree, comment `/pep sponsor`; if not, you do not need to do "
            "anything."
        ),
        mention=login,
    )


def _is_sponsor(login: Login, pull: Review) -> bool:
    named = (one.sponsor.login for one in pull.verdict.sponsored)
    return any(sponsor and same_login(sponsor, login) for sponsor in named)


def _role(login: Login, pull: Review) -> str:
    topics = {topic for one in pull.verdict.sponsored for topic in one.preamble.topics}
    return sponsor_role_of(login, topics, pull.snapshot.context)


def _take_back(overrides: Overrides, arguments: Arguments, _logged: LoggedCommand) -> Overrides:
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
    apply=_take_back,
    act=ActKind.WITHDRAWAL,
)
def unsponsor(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Reply; the withdrawal itself is read from the conversation."""
    if arguments.login is not None:
        if _is_accepted(arguments.login, command_context):
            return done()
        return nothing_to_do(
            f"`@{arguments.login}` was not accepted as a sponsor here, so there is nothing to take "
            "back."
        )
    commenter, pull = command_context.commenter, command_context.pull
    agreed = any(
        act.kind is ActKind.CONSENT and same_login(act.login, commenter)
        for act in pull.snapshot.context.acts
    )
    if _is_sponsor(commenter, pull) or (agreed and _may_sponsor(command_context)):
        return done()
    return refused("You have not agreed to sponsor here, so there is nothing to take back.")


def _is_accepted(login: Login, command_context: CommandContext) -> bool:
    return any(same_login(one.login, login) for one in command_context.overrides.accepted)


def _may_sponsor(command_context: CommandContext) -> bool:
    """Whether the commenter's consent could count; an approval or `/pep sponsor` of others never.

    While the core team's list cannot be read, anybody's might.
    """
    pull, login = command_context.pull, command_context.commenter
    return (
        pull.snapshot.context.core_team is None
        or bool(_role(login, pull))
        or _is_accepted(login, command_context)
    )
