"""Finds out who a name in a header is, and whether that person may sponsor a PEP or own its file.

PEP 1 § Submitting a PEP: a sponsor is a core developer, a PEP editor, a Typing Council member, for
packaging PEPs whom packaging is delegated to, or somebody approved for that PEP. A name is looked
up in the core team's list and in the policy's dated appointments, never guessed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bot.peps.change import Change
from bot.peps.headers import Person
from bot.peps.names import LONGEST_NAME
from bot.peps.people import (
    CoreTeamMember,
    Login,
    MatchKind,
    NameMatch,
    fold_name,
    match_name,
    same_login,
)
from bot.policy.bodies import Appointment
from bot.policy.in_office import PACKAGING, deciding_body, members_of, office_holders
from bot.rules.engine.assessment import ConsentState
from bot.rules.engine.context import Act, ActKind, Context
from bot.rules.engine.pull_request_text import linked_post

_CERTAIN = frozenset({MatchKind.EXACT, MatchKind.ALIAS, MatchKind.PROBABLE})


class MaySponsor(StrEnum):
    """Whether a person may sponsor."""

    ELIGIBLE = "eligible"
    UNCLEAR = "unclear"
    NOT_ELIGIBLE = "not-eligible"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What is known about one person named in a header.

    Attributes:
        status: Whether they may sponsor.
        login: Their account, if known.
        role: Why they may sponsor, in words; empty if they may not.
        candidates: For an unclear name, the names it may mean.
    """

    status: MaySponsor
    login: Login | None = None
    role: str = ""
    candidates: tuple[str, ...] = ()


def core_developer(name: str, context: Context) -> CoreTeamMember | None:
    """The current core team member whom the name means; None if that is not certain."""
    match = _among_core_developers(name, context)
    return match.member if match.kind in _CERTAIN else None


def unclear_core_developers(name: str, context: Context) -> tuple[str, ...]:
    """The core team members whom the name may mean, if it may mean several."""
    return tuple(one.name for one in _among_core_developers(name, context).candidates)


def _among_core_developers(name: str, context: Context) -> NameMatch[CoreTeamMember]:
    if context.core_team is None:
        return NameMatch(MatchKind.NONE)
    return match_name(
        name,
        context.core_team.by_name,
        context.policy.people.aliases,
        lambda member: member.is_member_on(context.today),
    )


def find_account(name: str, context: Context) -> Login | None:
    """The account of the person of this name: from the policy, then from the core team's list.

    Former and future core team members count too: a person keeps the account.
    """
    people = context.policy.people
    folded = fold_name(name)
    for known, login in people.known.items():
        if fold_name(known) == folded:
            return login
    for office in (people.typing_council, people.packaging_delegates, people.packaging_council):
        match = match_name(name, office, people.aliases)
        if match.kind in _CERTAIN and match.member is not None:
            return match.member.login
    if context.core_team is None:
        return None
    team_match = match_name(name, context.core_team.by_name, people.aliases)
    return (
        team_match.member.login
        if team_match.kind in _CERTAIN and team_match.member is not None
        else None
    )


def names_without_account(people: Iterable[Person], context: Context) -> tuple[str, ...]:
    """The names among these whose account is unknown, each once.

    Names that are too long to be real are left out, since only their beginning is compared.
    """
    names = {
        fold_name(one.name): one.name
        for one in people
        if len(one.name) <= LONGEST_NAME and find_account(one.name, context) is None
    }
    return tuple(names.values())


def may_sponsor(name: str, topics: Iterable[str], context: Context) -> Eligibility:
    """Whether the person of this name may sponsor a PEP of these topics today."""
    member = core_developer(name, context)
    if member is not None:
        return Eligibility(MaySponsor.ELIGIBLE, member.login, "core developer")
    login = find_account(name, context)
    if login is not None and _among(login, context.editors or ()):
        return Eligibility(MaySponsor.ELIGIBLE, login, "PEP editor")
    people = context.policy.people
    if login is not None and _in_office(login, people.typing_council, context):
        return Eligibility(MaySponsor.ELIGIBLE, login, "Typing Council member")
    delegates, role = _packaging_delegates(context) if PACKAGING in topics else ((), "")
    if login is not None and _in_office(login, delegates, context):
        return Eligibility(MaySponsor.ELIGIBLE, login, role)
    accepted = _accepted(name, login, context)
    if accepted is not None:
        return Eligibility(MaySponsor.ELIGIBLE, accepted, "accepted by a PEP editor")
    if candidates := unclear_core_developers(name, context):
        return Eligibility(MaySponsor.UNCLEAR, candidates=candidates)
    if login is not None and context.editors is None:
        # Known, but not a core developer: perhaps an editor, and the list of editors is unknown.
        return Eligibility(MaySponsor.UNCLEAR, login)
    return Eligibility(MaySponsor.NOT_ELIGIBLE, login)


def who_may_sponsor(topics: Iterable[str], context: Context) -> str:
    """Who may sponsor a PEP of these topics today, in words (PEP 1 § Submitting a PEP)."""
    delegates, role = _packaging_delegates(context) if PACKAGING in topics else ((), "")
    if delegates:
        return f"a core developer, PEP editor, Typing Council member or {role}"
    return "a core developer, PEP editor or Typing Council member"


def sponsor_role_of(login: Login, topics: Iterable[str], context: Context) -> str:
    """Why the owner of an account may sponsor a PEP of these topics today; empty if they may not.

    Here the account is certain, while `may_sponsor` has only a name.
    """
    if context.core_team is not None and context.core_team.member_with_login(login, context.today):
        return "core developer"
    if _among(login, context.editors or ()):
        return "PEP editor"
    people = context.policy.people
    if _in_office(login, people.typing_council, context):
        return "Typing Council member"
    delegates, role = _packaging_delegates(context) if PACKAGING in topics else ((), "")
    if _in_office(login, delegates, context):
        return role
    return "accepted by a PEP editor" if _among(login, context.accepted_sponsors) else ""


def has_write_access(login: Login, context: Context) -> bool:
    """Whether the account may push to the repository, as far as can be seen from outside.

    True for current core team members, PEP editors, and accounts in the policy's `write_access`. An
    office such as the Typing Council alone gives no access.
    """
    if context.core_team is not None and context.core_team.member_with_login(login, context.today):
        return True
    return _among(login, context.policy.people.write_access) or _among(login, context.editors or ())


def _accepted(name: str, login: Login | None, context: Context) -> Login | None:
    if login is not None:
        return login if _among(login, context.accepted_sponsors) else None
    # The name's owner is unknown, but an editor accepted an account under exactly this name.
    return context.accepted_names.get(fold_name(name)) if len(name) <= LONGEST_NAME else None


def _packaging_delegates(context: Context) -> tuple[tuple[Appointment, ...], str]:
    """To whom the Steering Council has delegated packaging, and what each of them is."""
    policy, day = context.policy, context.today
    body = deciding_body(policy, {PACKAGING}, day)
    if body is not None:
        return members_of(policy, body, day), f"{body.name} member"
    return office_holders(policy, day).packaging_delegates, "standing packaging delegate"


def _in_office(login: Login, office: Iterable[Appointment], context: Context) -> bool:
    return any(
        same_login(login, holder.login) and holder.is_in_office_on(context.today)
        for holder in office
    )


def _among(login: Login, logins: Iterable[Login]) -> bool:
    return any(same_login(login, other) for other in logins)


def consent(
    login: Login | None, change: Change, context: Context
) -> tuple[ConsentState, str | None]:
    """Whether the account agreed to sponsor, and the link that shows it.

    The latest consent or withdrawal counts; without either, being the pull request's author is
    consent. Failing that, anything else they did here, or a post linked in the description, may
    show it (`SAID_ELSEWHERE`).

    Args:
        login: The sponsor's account; None if unknown, so that only a link can be found.
        change: What the pull request changes, for its author and its description.
        context: What people did here.
    """
    acts = _acts_by(login, context)
    for act in reversed(acts):
        if act.kind is ActKind.CONSENT:
            return ConsentState.GIVEN, act.url
        if act.kind is ActKind.WITHDRAWAL:
            return ConsentState.WITHDRAWN, act.url
    if login is not None and change.author is not None and same_login(login, change.author):
        return ConsentState.GIVEN, None
    if acts:
        return ConsentState.SAID_ELSEWHERE, acts[-1].url
    if (link := linked_post(change.body)) is not None:
        return ConsentState.SAID_ELSEWHERE, link
    return ConsentState.AWAITED, None


def _acts_by(login: Login | None, context: Context) -> list[Act]:
    if login is None:
        return []
    theirs = (act for act in context.acts if same_login(act.login, login))
    return sorted(theirs, key=lambda act: act.at)


_MOST_COMPARED = 20
_ALIKE = 0.8
"""How alike two spellings are that may be one name."""


def changed_people(
    before: Sequence[Person], after: Sequence[Person], context: Context
) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
    """The people whom a header lost, and those whom it got.

    Whose name or address was only corrected is neither.

    Args:
        before: Those whom it named.
        after: Those whom it names now.
        context: The core team and the policy, for other names of the same people.
    """
    names_before = {fold_name(person.name) for person in before}
    names_after = {fold_name(person.name) for person in after}
    gone = [person for person in before if fold_name(person.name) not in names_after]
    come = [person for person in after if fold_name(person.name) not in names_before]
    lost = []
    for person in gone:
        same = next(
            (other for other in come[:_MOST_COMPARED] if _is_same(person, other, context)), None
        )
        if same is None:
            lost.append(person)
        else:
            come.remove(same)
    return tuple(lost), tuple(come)


def _is_same(one: Person, other: Person, context: Context) -> bool:
    """Whether two entries of different names mean the same person, as far as can be told."""
    if one.email and other.email and _address(one.email) == _address(other.email):
        return True
    first, second = find_account(one.name, context), find_account(other.name, context)
    if first is not None and second is not None:
        return same_login(first, second)
    aliases = context.policy.people.aliases
    if match_name(one.name, (other,), aliases).kind is not MatchKind.NONE:
        return True
    words, others = fold_name(one.name).split(), fold_name(other.name).split()
    if not words or not others or not _are_alike(words[-1], others[-1]):
        return False
    # A misspelling, or somebody who wrote an initial, or took another first name.
    return _are_alike(words[0], others[0]) or words[0][0] == others[0][0]


def _are_alike(one: str, other: str) -> bool:
    return one == other or SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _address(email: str) -> str:
    return email.casefold().replace(" at ", "@").replace(" ", "")
