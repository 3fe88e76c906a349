"""Who decides on a PEP, by its topic, its delegate header and the day.

Sources: PEP 1 § "PEP Review & Resolution", PEP 729 (Typing Council), the Steering Council's
standing delegations for packaging, PEP 101 (release schedules), PEP 13 (elections). The bodies and
their days stand in the policy; `bot.review.way` tells the whole way there.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.peps.document import thread_url
from bot.peps.people import MatchKind, match_name
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body, Part
from bot.policy.in_office import (
    PACKAGING,
    concerned_bodies,
    deciding_body,
    final_authority,
    named_body,
    office_holders,
    own_decider,
)
from bot.policy.model import Policy
from bot.review.links import prefilled
from bot.rules.preamble.delegate import names_body
from bot.rules.wording import listed
from bot.rules.wording import name as harmless_name

PACKAGING_CATEGORY = "https://discuss.python.org/c/packaging/14"
_CORE_TEAM = "core-team"
_STEERING_COUNCIL = "steering-council"
_MOST_DELEGATES = 5


class Decider(StrEnum):
    """Who has the last word."""

    STEERING_COUNCIL = "steering-council"
    AFTER_RECOMMENDATION = "after-recommendation"
    STANDING_DELEGATE = "standing-delegate"
    NAMED_DELEGATE = "named-delegate"
    PACKAGING_DELEGATES = "packaging-delegates"
    BODY = "body"
    """Another body of the policy, such as the Packaging Council once it does."""

    VOTERS = "voters"
    NOBODY = "nobody"

    @property
    def needs_discussion(self) -> bool:
        """Whether the PEP is discussed in a thread of its own before the decision."""
        return self not in (Decider.VOTERS, Decider.NOBODY)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides on one PEP.

    Attributes:
        decider: Who has the last word.
        delegate: The delegate's name, made harmless; empty without one.
        scope: What a standing delegation covers.
        body: The body that decides, keeps the PEP, or would decide without the delegate; None if
            the policy knows none.
        recommends: The body that is asked for its recommendation before, if there is one.
        council_issue: The prefilled Steering Council issue, if the PEP can go there now: it is a
            Draft, has a thread, and its topic routes there.
    """

    decider: Decider
    delegate: str = ""
    scope: str = ""
    body: Body | None = None
    recommends: Body | None = None
    council_issue: str | None = None


def decision_on(preamble: Preamble, policy: Policy, day: date) -> Decision:
    """Tell who decides on a PEP with this header on this day."""
    topics = frozenset(preamble.topics)
    own = own_decider(policy, preamble.number, day)
    if preamble.number in policy.numbers.elections:
        return Decision(Decider.VOTERS, body=policy.bodies.get(_CORE_TEAM))
    if own is not None:
        return _by_body(*own)
    if keepers := concerned_bodies(policy, Part.KEEPS, topics, "", day):
        return Decision(Decider.NOBODY, body=keepers[0])
    if people := tuple(one.name for one in preamble.delegates if not names_body(one.name)):
        return _by_delegate(people, topics, policy, day)
    body = deciding_body(policy, topics, day) or _deciding_delegate(preamble, policy, day)
    if body is not None:
        return Decision(Decider.BODY, body=body)
    if topics == {PACKAGING} and office_holders(policy, day).packaging_delegates:
        return Decision(Decider.PACKAGING_DELEGATES, body=_final(policy, day))
    final = final_authority(policy, day)
    if final is not None and final[0] != _STEERING_COUNCIL:
        return _by_body(*final)
    recommending = concerned_bodies(policy, Part.RECOMMENDS, topics, "", day)
    return Decision(
        Decider.AFTER_RECOMMENDATION if recommending else Decider.STEERING_COUNCIL,
        body=final[1] if final is not None else None,
        recommends=recommending[0] if recommending else None,
        council_issue=_council_issue(preamble, final[1] if final is not None else None),
    )


def _by_body(key: str, body: Body) -> Decision:
    return Decision(Decider.VOTERS if key == _CORE_TEAM else Decider.BODY, body=body)


def _by_delegate(
    people: tuple[str, ...], topics: frozenset[str], policy: Policy, day: date
) -> Decision:
    final = _final(policy, day)
    holders = office_holders(policy, day).packaging_delegates if PACKAGING in topics else ()
    for person in people[:_MOST_DELEGATES]:
        match = match_name(person, holders, policy.people.aliases)
        if match.member is not None and match.kind is not MatchKind.UNCLEAR:
            member = match.member
            return Decision(Decider.STANDING_DELEGATE, member.name, member.scope, body=final)
    names = tuple(harmless_name(person) for person in people[:_MOST_DELEGATES])
    return Decision(Decider.NAMED_DELEGATE, listed(names), body=final)


def _deciding_delegate(preamble: Preamble, policy: Policy, day: date) -> Body | None:
    """A body named as the delegate that by the policy does decide."""
    for one in preamble.delegates:
        body = named_body(policy, one.name[:1_000], day)
        if body is not None and body.may_be_delegate(preamble.topics, day):
            return body
    return None


def _final(policy: Policy, day: date) -> Body | None:
    final = final_authority(policy, day)
    return final[1] if final is not None else None


def _council_issue(preamble: Preamble, council: Body | None) -> str | None:
    """The tracker's only template, with label and title filled in for this PEP."""
    if council is None or preamble.status != "Draft":
        return None
    if thread_url(preamble.value("Discussions-To") or "") is None:
        return None
    return prefilled(council, preamble)
