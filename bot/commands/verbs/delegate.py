"""`/pep delegate`: record a PEP-Delegate."""

from dataclasses import replace

from bot.commands.context import CommandContext
from bot.commands.grammar.argument_kinds import LOGIN_ARGUMENT
from bot.commands.grammar.arguments import Arguments
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, refused
from bot.commands.role import Role
from bot.commands.text import LoggedCommand
from bot.peps.number import is_pep_path
from bot.peps.people import Login, same_login
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.in_office import PACKAGING, office_holders
from bot.review.overrides import Overrides, RecordedDelegate
from bot.review.render.markdown import escape
from bot.review.review import Review
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import find_account, names_without_account
from bot.rules.engine.finding import safe_name
from bot.rules.preamble.delegate import names_body


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Put the delegate on record."""
    delegate = RecordedDelegate(arguments.account, logged.login, logged.url, logged.note)
    return replace(overrides, delegate=delegate)


@command(
    "delegate",
    form(
        LOGIN_ARGUMENT,
        who=[Role.EDITOR, Role.DECIDER],
        summary="record who decides on the PEP as its PEP-Delegate, and hear what is left to do",
        example="delegate @ada",
    ),
    doc=(
        "A core developer who offers to decide on a PEP tells the Steering Council, which may "
        "approve or decline (PEP 1, PEP Review & Resolution). The bot appoints nobody: it keeps "
        "the record and says what the header needs. An author cannot be the delegate of their own "
        "PEP, and neither can a council or working group."
    ),
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Record the delegate, and say what is left to do."""
    headers = _headers(command_context.pull)
    if not headers:
        return refused("This pull request touches no PEP.")
    context = command_context.pull.snapshot.context
    if _is_author(arguments.account, headers, command_context.pull):
        return refused(
            f"`@{arguments.account}` is an author of it; nobody decides on their own PEP."
        )
    member = context.core_team and context.core_team.member_with_login(
        arguments.account, context.today
    )
    display_name = escape(safe_name(member.name)) if member else f"`@{arguments.account}`"
    steps_left = [
        f"Put {display_name} into the header below `Sponsor`, as `PEP-Delegate: Name <email>`.",
    ]
    if _is_standing(arguments.account, headers, context):
        steps_left.append("Nothing else: the standing delegation covers it.")
    else:
        steps_left.append(
            "Have the Steering Council confirm it, and link that post in the pull request."
        )
    if member is None:
        steps_left.append("I do not find this account on the core team's list; please make sure.")
    named = [person for header in headers for person in header.delegates]
    names = names_without_account([one for one in named if not names_body(one.name)], context)
    if member is None and len(names) != 1:
        steps_left.append("Then record them again, so that I know whose the name in the header is.")
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(steps_left, start=1))
    return done(
        f"{display_name} is on record as PEP-Delegate. What is left:\n\n{steps}",
        note=names[0] if len(names) == 1 else "",
    )


def _headers(pull: Review) -> list[Preamble]:
    return [
        parse_preamble(file.after)
        for file in pull.snapshot.change.files
        if is_pep_path(file.path) and file.after is not None
    ]


def _is_author(login: Login, headers: list[Preamble], pull: Review) -> bool:
    context, opener = pull.snapshot.context, pull.snapshot.change.author
    if opener is not None and same_login(opener, login):
        return True
    accounts = [find_account(one.name, context) for header in headers for one in header.authors]
    return any(known is not None and same_login(known, login) for known in accounts)


def _is_standing(login: Login, headers: list[Preamble], context: Context) -> bool:
    return all(PACKAGING in header.topics for header in headers) and any(
        same_login(login, holder.login)
        for holder in office_holders(context.policy, context.today).packaging_delegates
    )
