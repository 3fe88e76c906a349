"""`/pep delegate`: offer to decide on a PEP, record who was appointed to, and when that ended."""

import re
from dataclasses import dataclass, replace

from bot.commands.context import CommandContext, NoTargetPep, TargetPep, target_pep
from bot.commands.grammar.argument_kinds import LOGIN_ARGUMENT, NUMBER, Because, BecauseWithLink
from bot.commands.grammar.arguments import Arguments, Literal, OptionalPart
from bot.commands.registry import command, form
from bot.commands.result import CommandResult, done, nothing_to_do, refused
from bot.commands.role import Role, is_standing_delegate
from bot.commands.text import LoggedCommand
from bot.peps.number import PepNumber
from bot.peps.people import CoreTeamMember, Login, same_login
from bot.peps.preamble import Preamble, parse_preamble
from bot.policy.in_office import Delegation, final_authority
from bot.review.decision.path import OPEN
from bot.review.overrides import Overrides, RecordedDelegate
from bot.review.render.markdown import escape, offer_to_decide, page, prose
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import find_account, names_without_account
from bot.rules.engine.finding import safe_name
from bot.rules.preamble.delegate import names_body, person_of

_END = "end"
_NOTE = re.compile(r"([0-9]{1,4})(?: (.*))?")
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class _Appointment(OptionalPart):
    """`because LINK`, which `run` requires; commands of earlier versions are stored without it."""

    @property
    def syntax(self) -> str:
        """The parts, without brackets."""
        return " ".join(part.syntax for part in self.parts)


def apply(overrides: Overrides, arguments: Arguments, logged: LoggedCommand) -> Overrides:
    """Put the delegate or the offer on record, or end it."""
    found = _NOTE.fullmatch(logged.note)
    number = PepNumber(int(found[1])) if found else arguments.number
    if arguments.login is not None and not (arguments.link or _END in arguments.keywords):
        delegate = RecordedDelegate(arguments.login, logged.login, logged.url, logged.note)
        return replace(overrides, delegate=delegate)
    if number is None:
        return overrides
    login = logged.login if arguments.login is None else arguments.login
    kept = overrides.delegations
    if _END in arguments.keywords:
        ended = tuple(_ended(one, number, arguments.reason, logged, login) for one in kept)
        return replace(overrides, delegations=ended)
    new = Delegation(
        number,
        login,
        logged.login,
        logged.at,
        logged.url,
        name=(found[2] or "") if found else "",
        link=arguments.link,
        reason=arguments.reason,
    )
    if arguments.login is None:
        return overrides if _standing(kept, new) else _with(overrides, *kept, new)
    # Said again of the same account, it corrects the record; another delegate takes its place.
    others = (one for one in kept if one not in _standing(kept, new))
    why = "Another delegate was appointed."
    return _with(overrides, *(_ended(one, number, why, logged) for one in others), new)


def changes_delegations(logged: LoggedCommand) -> bool:
    """Whether a command is about a PEP's delegate, so that other pull requests may concern it."""
    return logged.canonical.partition(" ")[0] == "delegate"


@command(
    "delegate",
    form(
        OptionalPart((NUMBER,)),
        who=[Role.ANYONE],
        summary="offer to decide on a PEP as its PEP-Delegate; for core developers",
        example="delegate 791",
    ),
    form(
        Literal(_END),
        LOGIN_ARGUMENT,
        OptionalPart((NUMBER,)),
        Because(),
        who=[Role.ANYONE],
        summary="record that a delegation or an offer ended: your own, or any as an editor",
        example="delegate end @ada 791 because she stepped down",
    ),
    form(
        LOGIN_ARGUMENT,
        OptionalPart((NUMBER,)),
        _Appointment((BecauseWithLink(),)),
        who=[Role.EDITOR, Role.DECIDER],
        summary="record the PEP-Delegate whom the Steering Council appointed",
        example="delegate @ada because https://github.com/python/steering-council/issues/259",
    ),
    doc=(
        "A core developer who offers to decide on a PEP tells the Steering Council, "
        "which may approve or decline, and the PEP's authors and sponsor (PEP 1, PEP "
        "Review & Resolution): `/pep delegate` records the offer, and the reply has the "
        "council's prefilled form and a line that tells the others. The bot does not "
        "appoint anybody: an editor records the appointment with the link that shows it. "
        "Both are recorded for the PEP and shown wherever the bot writes about it; the "
        "page of delegations lists them until they end. Authors cannot be the delegate "
        "of their own PEP, and neither can a council or working group. Without a number, "
        "it is about the PEP that the pull request changes."
    ),
    works_on_issues=True,
    works_when_closed=True,
    needs_peps=True,
    apply=apply,
)
def run(arguments: Arguments, command_context: CommandContext) -> CommandResult:
    """Record the offer, the delegate or the end of a delegation, and say what is left to do."""
    try:
        pep = target_pep(arguments, command_context)
    except NoTargetPep as why:
        return refused(prose(str(why)))
    if pep.number in command_context.policy.numbers.placeholders:
        return refused(
            f"{pep.number} is a placeholder. Use this command again when the PEP has its number."
        )
    if _END in arguments.keywords:
        return _end(pep, arguments.account, command_context)
    header = parse_preamble(pep.text)
    login = command_context.commenter if arguments.login is None else arguments.login
    if _is_author(login, header, pep, command_context.at_base.context):
        return refused(f"`@{login}` is an author of this PEP; nobody decides on their own PEP.")
    if arguments.login is None:
        return _offer(pep.number, header, command_context)
    if not arguments.link:
        return refused(
            "What shows the appointment? Add `because` and the link to the Steering "
            "Council's post or issue."
        )
    return _record(pep, arguments.login, header, command_context)


def _offer(number: PepNumber, header: Preamble, command_context: CommandContext) -> CommandResult:
    context, login = command_context.at_base.context, command_context.commenter
    final = final_authority(context.policy, context.today)
    if context.core_team is None:
        return refused("I cannot read the core team list now, so I cannot tell who may offer.")
    member = context.core_team.member_with_login(login, context.today)
    if member is None or final is None:
        return refused(
            "Core developers can offer to be a PEP-Delegate, and I cannot find you among "
            "them. The Steering Council may appoint other people; an editor then records "
            "it with `/pep delegate @login because LINK`."
        )
    if header.status not in OPEN:
        return refused(f"PEP {number} is not waiting for a decision.")
    known = [one for one in context.standing_delegations(number) if same_login(one.login, login)]
    if known:
        what = "are its recorded delegate" if known[0].is_appointment else "offered it"
        return nothing_to_do(f"You {what} [already]({known[0].url}).")
    people = [*header.authors, *header.sponsors][:_MOST_TOLD]
    accounts = {find_account(one.name, context) for one in people} - {None, login}
    reply = page(
        "offer",
        person=safe_name(member.name),
        number=number,
        council=final[1].name,
        issue=offer_to_decide(final[1], command_context.policy.links, number, header),
        accounts=sorted(f"@{one}" for one in accounts),
        unknown=[safe_name(name) for name in names_without_account(people, context)],
        login=login,
    )
    return done(reply.strip(), note=f"{number} {member.name}")


def _record(
    pep: TargetPep, login: Login, header: Preamble, command_context: CommandContext
) -> CommandResult:
    context = command_context.at_base.context
    if Role.EDITOR not in command_context.roles and not command_context.at_base.base.is_default:
        return refused(
            "Use this command on a pull request to the default branch: the record is for the PEP."
        )
    team = context.core_team
    member = team.member_with_login(login, context.today) if team is not None else None
    names = _unknown_names(header, context)
    display_name = escape(safe_name(member.name)) if member else f"`@{login}`"
    steps_left = _steps_left(login, display_name, header, member, names, context)
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(steps_left, start=1))
    name = names[0] if len(names) == 1 else (member.name if member else "")
    return done(
        (
            f"{display_name} is recorded as PEP-Delegate of PEP {pep.number}. What is "
            f"left:\n\n{steps}"
        )
        if steps
        else f"{display_name} is recorded as PEP-Delegate of PEP {pep.number}.",
        note=f"{pep.number} {name}".strip(),
    )


def _steps_left(
    login: Login,
    display_name: str,
    header: Preamble,
    member: CoreTeamMember | None,
    names: tuple[str, ...],
    context: Context,
) -> list[str]:
    steps = []
    accounts = [find_account(one.name, context) for one in header.delegates]
    if not names and not any(known and same_login(known, login) for known in accounts):
        steps.append(
            f"Add {display_name} to the header, below `Sponsor`, as `PEP-Delegate: Name <email>`."
        )
    if member is None and not is_standing_delegate(login, header, context):
        steps.append("I cannot find this account on the core team list; please check.")
    if member is None and len(names) != 1 and not any(accounts):
        steps.append("Then use this command again, so that I know whose name that is.")
    return steps


def _end(pep: TargetPep, login: Login, command_context: CommandContext) -> CommandResult:
    is_own = same_login(login, command_context.commenter)
    if not (is_own or Role.EDITOR in command_context.roles):
        return refused("Only the delegate, or a PEP editor, can say that it ended.")
    known = command_context.at_base.context.standing_delegations(pep.number)
    ended = [one for one in known if same_login(one.login, login)]
    if not ended:
        return nothing_to_do(f"`@{login}` is not recorded as a delegate of PEP {pep.number}.")
    what = "offer" if not ended[-1].is_appointment else "delegation"
    reply = f"The {what} of {prose(person_of(ended[-1]))} on PEP {pep.number} has ended."
    status = parse_preamble(pep.text).status
    if ended[-1].is_appointment and status in OPEN:
        reply += " Remove the name from `PEP-Delegate` until somebody else is appointed."
    elif ended[-1].is_appointment:
        reply += (
            f" The PEP is {prose(safe_name(status or ''))}. If the Steering Council asked "
            "them to step down, that decision no longer counts and the PEP is a Draft "
            "again (PEP 1)."
        )
    return done(reply, note=str(pep.number))


def _with(overrides: Overrides, *delegations: Delegation) -> Overrides:
    return replace(overrides, delegations=delegations)


def _standing(known: tuple[Delegation, ...], new: Delegation) -> tuple[Delegation, ...]:
    """What stands already of the same account on the same PEP."""
    return tuple(
        one
        for one in known
        if one.stands and one.pep == new.pep and same_login(one.login, new.login)
    )


def _ended(
    one: Delegation,
    number: PepNumber,
    reason: str,
    logged: LoggedCommand,
    login: Login | None = None,
) -> Delegation:
    """The delegation, ended if it is about this PEP and this account, or without one any."""
    is_meant = login is None or same_login(one.login, login)
    if not one.stands or one.pep != number or not is_meant:
        return one
    return replace(one, ended_at=logged.at, end_reason=reason, end_url=logged.url)


def _unknown_names(header: Preamble, context: Context) -> tuple[str, ...]:
    named = [one for one in header.delegates if not names_body(one.name)]
    return names_without_account(named, context)


def _is_author(login: Login, header: Preamble, pep: TargetPep, context: Context) -> bool:
    """Whether the account is that of an author, or of whoever proposes the PEP."""
    files = pep.change.files if pep.change is not None else ()
    opener = pep.change.author if pep.change is not None else None
    is_proposed = any(file.path == pep.path and file.before is None for file in files)
    if is_proposed and opener is not None and same_login(opener, login):
        return True
    accounts = [find_account(one.name, context) for one in header.authors]
    return any(known is not None and same_login(known, login) for known in accounts)
