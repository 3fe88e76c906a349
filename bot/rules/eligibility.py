"""Who a name in a header is, and whether that person may sponsor a PEP or own its file.

PEP 1 § Submitting a PEP: a sponsor is a core developer, a PEP editor, a Typing Council member, for
packaging PEPs a standing packaging delegate, or somebody approved for the one PEP. A name alone is
matched to the core team's list and to the policy's dated appointments, never guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.peps.header_people import Person
from bot.peps.names import LONGEST_NAME
from bot.peps.people import CoreTeamMember, Login, MatchKind, fold_name, match_name, same_login
from bot.policy.in_office import PACKAGING, office_holders
from bot.policy.model import Appointment
from bot.rules.context import Context

_SURE = frozenset({MatchKind.EXACT, MatchKind.ALIAS, MatchKind.PROBABLE})


class Standing(StrEnum):
    """Whether a person may sponsor."""

    ELIGIBLE = "eligible"
    UNCLEAR = "unclear"
    NOT_ELIGIBLE = "not-eligible"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What is known about one person named in a header.

    Attributes:
        standing: Whether they may sponsor.
        login: Their account, if known.
        role: Why they may sponsor, in words; empty if they may not.
        candidates: For an unclear name, the names it may mean.
    """

    standing: Standing
    login: Login | None = None
    role: str = ""
    candidates: tuple[str, ...] = ()


def core_developer(name: str, context: Context) -> CoreTeamMember | None:
    """The member of the core team on the day whom the name means; None if that is not sure."""
    if context.core_team is None:
        return None
    match = match_name(name, context.core_team.on(context.today), context.policy.people.aliases)
    return match.member if match.kind in _SURE else None


def unclear_core_developers(name: str, context: Context) -> tuple[str, ...]:
    """The members of the core team whom the name may mean if it may mean several."""
    if context.core_team is None:
        return ()
    match = match_name(name, context.core_team.on(context.today), context.policy.people.aliases)
    if match.kind is not MatchKind.UNCLEAR:
        return ()
    return tuple(candidate.name for candidate in match.candidates)


def account(name: str, context: Context) -> Login | None:
    """The account a name belongs to, whatever its office: by the policy, then by the team's list.

    Former members count here too, and future ones: a person keeps the account.
    """
    people = context.policy.people
    folded = fold_name(name)
    for known, login in people.known.items():
        if fold_name(known) == folded:
            return login
    for office in (people.typing_council, people.packaging_delegates):
        match = match_name(name, office, people.aliases)
        if match.kind in _SURE and match.member is not None:
            return match.member.login
    if context.core_team is None:
        return None
    listed = match_name(name, context.core_team.members, people.aliases)
    return listed.member.login if listed.kind in _SURE and listed.member is not None else None


def without_account(people: Iterable[Person], context: Context) -> tuple[str, ...]:
    """The names among these whose account nobody knows, each once.

    Of a name too long to be anybody's only the beginning is compared, so none of those.
    """
    names = {
        fold_name(one.name): one.name
        for one in people
        if len(one.name) <= LONGEST_NAME and account(one.name, context) is None
    }
    return tuple(names.values())


def may_sponsor(name: str, topics: Iterable[str], context: Context) -> Eligibility:
    """Whether the person of this name may sponsor a PEP of these topics on the day."""
    member = core_developer(name, context)
    if member is not None:
        return Eligibility(Standing.ELIGIBLE, member.login, "core developer")
    login = account(name, context)
    if login is not None and _among(login, context.editors or ()):
        return Eligibility(Standing.ELIGIBLE, login, "PEP editor")
    people = context.policy.people
    if login is not None and _in_office(login, people.typing_council, context):
        return Eligibility(Standing.ELIGIBLE, login, "Typing Council member")
    delegates = _standing_delegates(context) if PACKAGING in topics else ()
    if login is not None and _in_office(login, delegates, context):
        return Eligibility(Standing.ELIGIBLE, login, "standing packaging delegate")
    accepted = _accepted(name, login, context)
    if accepted is not None:
        return Eligibility(Standing.ELIGIBLE, accepted, "accepted by a PEP editor")
    if candidates := unclear_core_developers(name, context):
        return Eligibility(Standing.UNCLEAR, candidates=candidates)
    if login is not None and context.editors is None:
        # Known, but no core developer: perhaps an editor, and who that is cannot be told now.
        return Eligibility(Standing.UNCLEAR, login)
    return Eligibility(Standing.NOT_ELIGIBLE, login)


def who_may_sponsor(topics: Iterable[str], context: Context) -> str:
    """Who may sponsor a PEP of these topics on the day, in words (PEP 1 § Submitting a PEP)."""
    if PACKAGING in topics and _standing_delegates(context):
        return "a core developer, PEP editor, Typing Council member or standing packaging delegate"
    return "a core developer, PEP editor or Typing Council member"


def account_may_sponsor(login: Login, topics: Iterable[str], context: Context) -> str:
    """Why the holder of an account may sponsor a PEP of these topics on the day; empty if not.

    The account is known for sure here, where `may_sponsor` has a name alone.
    """
    if context.core_team is not None and context.core_team.with_login(login, context.today):
        return "core developer"
    if _among(login, context.editors or ()):
        return "PEP editor"
    people = context.policy.people
    if _in_office(login, people.typing_council, context):
        return "Typing Council member"
    if PACKAGING in topics and _in_office(login, _standing_delegates(context), context):
        return "standing packaging delegate"
    return "accepted by a PEP editor" if _among(login, context.accepted_sponsors) else ""


def has_write_access(login: Login, context: Context) -> bool:
    """Whether the account may push to the repository, as far as anybody outside can tell.

    The core team on the day, the PEP editors, and whom the policy names. An office such as the
    Typing Council alone gives no access.
    """
    if context.core_team is not None and context.core_team.with_login(login, context.today):
        return True
    return _among(login, context.policy.people.write_access) or _among(login, context.editors or ())


def _accepted(name: str, login: Login | None, context: Context) -> Login | None:
    if login is not None:
        return login if _among(login, context.accepted_sponsors) else None
    # Nobody knows whose name it is, but somebody accepted an account by this very name.
    return context.accepted_names.get(fold_name(name)) if len(name) <= LONGEST_NAME else None


def _standing_delegates(context: Context) -> tuple[Appointment, ...]:
    return office_holders(context.policy, context.today).packaging_delegates


def _in_office(login: Login, office: Iterable[Appointment], context: Context) -> bool:
    return any(
        same_login(login, holder.login) and holder.holds_on(context.today) for holder in office
    )


def _among(login: Login, logins: Iterable[Login]) -> bool:
    return any(same_login(login, other) for other in logins)
