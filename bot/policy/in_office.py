"""Who holds an office on a date, which body decides on which PEPs, and who was delegated to."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.peps.codeowners import parse_codeowners
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.bodies import Appointment, Body, BodyRole, contains_any
from bot.policy.model import Policy

PACKAGING = "Packaging"
"""The topic of the Steering Council's standing delegations."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """Who decides on one PEP as its PEP-Delegate, or offers to, as people recorded it by commands.

    Attributes:
        pep: The PEP.
        login: The delegate's account.
        by: Who recorded it; the delegate in person if it is an offer.
        at: When.
        url: The comment that records it.
        name: The delegate's name in the PEP's header or on the core team's list at the time; empty
            if neither had one.
        link: What shows that the Steering Council appointed them; empty for an offer.
        reason: Why, in the words of whoever recorded it.
        ended_at: When it ended; None while it stands.
        end_reason: Why it ended.
        end_url: The comment that ended it.
    """

    pep: PepNumber
    login: Login
    by: Login
    at: datetime
    url: str
    name: str = ""
    link: str = ""
    reason: str = ""
    ended_at: datetime | None = None
    end_reason: str = ""
    end_url: str = ""

    @property
    def is_appointment(self) -> bool:
        """Whether the Steering Council made the appointment, as far as was recorded."""
        return bool(self.link)

    @property
    def stands(self) -> bool:
        """Whether it has not ended."""
        return self.ended_at is None


_MOST_MENTIONED = 5


def editors_to_mention(policy: Policy, codeowners: str | None) -> tuple[str, ...]:
    """How to mention the PEP editors: their teams, or else themselves; each with an `@`.

    Args:
        policy: May name them.
        codeowners: CODEOWNERS, whose `*` line names their teams if the policy names nobody.
    """
    teams, logins = sorted(policy.editors.teams), sorted(policy.editors.logins)
    found = teams or logins or parse_codeowners(codeowners or "").fallback_teams()
    return tuple(f"@{one.removeprefix('@')}" for one in found[:_MOST_MENTIONED])


@dataclass(frozen=True, slots=True)
class OfficeHolders:
    """The people in office on one date, in the policy's order."""

    typing_council: tuple[Appointment, ...]
    packaging_delegates: tuple[Appointment, ...]
    packaging_council: tuple[Appointment, ...]
    steering_council: tuple[Appointment, ...]


def office_holders(policy: Policy, day: date) -> OfficeHolders:
    """The people in the offices that a policy lists, on a date.

    The standing delegations end on the date from which a body of its own decides on packaging: the
    Steering Council's delegation to that body supersedes them (PEP 772 § Delegations).
    """
    people = policy.people
    superseded = deciding_body(policy, {PACKAGING}, day) is not None
    return OfficeHolders(
        typing_council=_in_office(people.typing_council, day),
        packaging_delegates=() if superseded else _in_office(people.packaging_delegates, day),
        packaging_council=_in_office(people.packaging_council, day),
        steering_council=_in_office(people.steering_council, day),
    )


def members_of(policy: Policy, body: Body | None, day: date) -> tuple[Appointment, ...]:
    """The members of a council on a date; none for a body whose members the policy does not list.

    A body of the policy is told apart by its short name.
    """
    holders = office_holders(policy, day)
    councils = {
        "packaging-council": holders.packaging_council,
        "steering-council": holders.steering_council,
        "typing-council": holders.typing_council,
    }
    return next(
        (members for key, members in councils.items() if body and policy.bodies.get(key) == body),
        (),
    )


def _in_office(appointments: Iterable[Appointment], day: date) -> tuple[Appointment, ...]:
    return tuple(one for one in appointments if one.is_in_office_on(day))


@dataclass(frozen=True, slots=True)
class StandingDelegation:
    """A delegation for all PEPs of a topic, to a person or a body.

    Attributes:
        name: The person's or the body's name.
        login: The person's account; empty for a body.
        scope: What it covers.
        since: Its first day.
        until: The first day without it; None if none is known.
        reason: Why it was made.
        ends_when: When it is no longer needed.
        source: Where it can be read up.
    """

    name: str
    login: str
    scope: str
    since: date
    until: date | None
    reason: str
    ends_when: str
    source: str


def standing_delegations(policy: Policy) -> tuple[StandingDelegation, ...]:
    """The standing delegations that a policy knows, present and past.

    Those to people end, at the latest, on the day from which a body decides on packaging.
    """
    bodies = [
        StandingDelegation(
            one.name,
            "",
            ", ".join(one.topics),
            one.decides_since,
            min(filter(None, (one.decides_until, one.until)), default=None),
            one.reason,
            one.ends_when,
            one.source,
        )
        for one in policy.bodies.values()
        if one.topics and one.decides_since is not None
    ]
    superseded = [one.since for one in bodies if PACKAGING in one.scope.split(", ")]
    people = [
        StandingDelegation(
            one.name,
            one.login,
            one.scope,
            one.since,
            min(filter(None, (one.until, *superseded)), default=None),
            one.reason,
            one.ends_when,
            one.source,
        )
        for one in policy.people.packaging_delegates
    ]
    return (*people, *bodies)


def deciding_body(policy: Policy, topics: Collection[str], day: date) -> Body | None:
    """The body that decides only on PEPs of these topics; None if there is none."""
    pep_topics = set(topics)
    return next(
        (
            body
            for body in policy.bodies.values()
            if pep_topics
            and body.topics
            and pep_topics <= set(body.topics)
            and body.decides_on(day)
        ),
        None,
    )


def final_authority(policy: Policy, day: date) -> tuple[str, Body] | None:
    """The body that decides on every PEP that no other body decides on: short name and body."""
    return next(
        (
            (key, body)
            for key, body in policy.bodies.items()
            if not body.topics and body.decides_on(day)
        ),
        None,
    )


def decider_by_number(
    policy: Policy, number: PepNumber | None, day: date
) -> tuple[str, Body] | None:
    """The body to which the policy gives this PEP by its number: short name and body."""
    return next(
        (
            (key, body)
            for key, body in policy.bodies.items()
            if number in body.numbers and body.exists_on(day)
        ),
        None,
    )


def bodies_for_pep(
    policy: Policy, part: BodyRole, topics: Collection[str], title: str, day: date
) -> tuple[Body, ...]:
    """The bodies with this part that a PEP of these topics and this title concerns."""
    return tuple(
        body
        for body in policy.bodies.values()
        if body.part is part
        and body.exists_on(day)
        and not set(topics) & set(body.not_topics)
        and set(body.also_topics) <= set(topics)
        and (set(topics) & set(body.topics) or contains_any(title, body.title_words))
    )


def named_body(policy: Policy, name: str, day: date) -> Body | None:
    """The body that a text such as `C API Working Group` names, if it exists on a date."""
    return next(
        (
            body
            for body in policy.bodies.values()
            if body.exists_on(day) and body.name.casefold() in name.casefold()
        ),
        None,
    )


def voting_body(policy: Policy, title: str, day: date) -> Body | None:
    """The body by whose vote an election is decided: the core team, or a council with electors.

    Args:
        policy: The repository's policy.
        title: The title of the PEP on the election, which names such a council.
        day: The day.
    """
    elected = named_body(policy, title, day)
    return elected if elected is not None and elected.elected_by else policy.bodies.get("core-team")


_FORM = re.compile(r"https://[^/?#]{1,255}/([A-Za-z0-9-]{1,39}/[A-Za-z0-9_.-]{1,100})/issues/new")


def trackers(policy: Policy) -> Mapping[str, Body]:
    """Map each issue tracker, as `owner/name` in lower case, to the body that takes requests there.

    A body that does not take them as issues on GitHub is left out.
    """
    found = {
        name.lower(): body
        for body in policy.bodies.values()
        if (name := tracker_of(body)) is not None
    }
    return dict(sorted(found.items()))


def tracker_of(body: Body) -> str | None:
    """The repository, as `owner/name`, in whose issues a body is asked; None if it has none."""
    form = _FORM.fullmatch(body.tracker or "")
    return None if form is None else form[1]
