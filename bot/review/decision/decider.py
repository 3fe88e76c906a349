"""Who decides on a PEP: a council, a delegate, another body, or voters."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.peps.document import thread_url
from bot.peps.people import MatchKind, match_name
from bot.peps.preamble import Preamble
from bot.policy.bodies import Body, BodyRole
from bot.policy.in_office import (
    PACKAGING,
    Delegation,
    bodies_for_pep,
    decider_by_number,
    deciding_body,
    final_authority,
    office_holders,
    voting_body,
)
from bot.policy.model import Policy
from bot.review.render.markdown import prefilled
from bot.rules.engine.context import Context
from bot.rules.engine.finding import join_names, safe_name
from bot.rules.preamble.delegate import (
    body_as_delegate,
    is_named,
    named_delegates,
    person_of,
    recorded_delegations,
    standing_delegates,
)

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
        """Whether the PEP needs a discussion thread before the decision."""
        return self not in (Decider.VOTERS, Decider.NOBODY)


AT_COUNCIL = frozenset({Decider.STEERING_COUNCIL, Decider.AFTER_RECOMMENDATION})
"""Decisions that the Steering Council makes, and that are asked for in its tracker."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides on one PEP.

    Attributes:
        decider: Who has the last word.
        delegate: The delegate's name, sanitized; empty without one.
        scope: What a standing delegation covers.
        body: The body that decides, maintains the PEP, or would decide without the delegate; None
            if the policy names none.
        recommends: The body that has to recommend first, if there is one.
        approves: The body that has to approve it as well, if there is one.
        council_issue: The address of the filled-in Steering Council issue, if the PEP can go there
            now: it is a published Draft, has a thread, and its topic is the council's to decide.
        appointed: The recorded appointment of the delegate; None without one.
        on_record: Other standing delegations of the PEP, and offers to decide on it.
    """

    decider: Decider
    delegate: str = ""
    scope: str = ""
    body: Body | None = None
    recommends: Body | None = None
    approves: Body | None = None
    council_issue: str | None = None
    appointed: Delegation | None = None
    on_record: tuple[Delegation, ...] = ()


def decision_on(
    preamble: Preamble, policy: Policy, day: date, *, is_published: bool = True
) -> Decision:
    """Who decides on a PEP with this header on this day.

    Args:
        preamble: The header.
        policy: The repository's policy.
        day: The day.
        is_published: Whether the PEP is on the base branch, under its number.
    """
    decision = _decision(preamble, policy, day)
    approving = bodies_for_pep(policy, BodyRole.APPROVES, preamble.topics, "", day)
    return replace(
        decision,
        approves=approving[0] if approving and decision.decider.needs_discussion else None,
        council_issue=decision.council_issue if is_published else None,
    )


def is_published(preamble: Preamble, context: Context) -> bool:
    """Whether a PEP of this number is on the base branch; a placeholder never is."""
    numbers = context.numbers
    return preamble.number in numbers.published and preamble.number not in numbers.placeholders


def _decision(preamble: Preamble, policy: Policy, day: date) -> Decision:
    topics = frozenset(preamble.topics)
    own = decider_by_number(policy, preamble.number, day)
    if preamble.number in policy.numbers.elections:
        return Decision(Decider.VOTERS, body=voting_body(policy, preamble.title or "", day))
    if own is not None:
        return _by_body(*own)
    if keepers := bodies_for_pep(policy, BodyRole.KEEPS, topics, "", day):
        return Decision(Decider.NOBODY, body=keepers[0])
    if people := named_delegates(preamble, policy, day):
        return _by_delegate(tuple(one.name for one in people), topics, policy, day)
    body = deciding_body(policy, topics, day) or body_as_delegate(preamble, policy, day)
    if body is not None:
        return Decision(Decider.BODY, body=body)
    if topics == {PACKAGING} and standing_delegates(preamble, policy, day):
        return Decision(Decider.PACKAGING_DELEGATES, body=_final(policy, day))
    final = final_authority(policy, day)
    if final is not None and final[0] != _STEERING_COUNCIL:
        return _by_body(*final)
    recommending = bodies_for_pep(policy, BodyRole.RECOMMENDS, topics, "", day)
    return Decision(
        Decider.AFTER_RECOMMENDATION if recommending else Decider.STEERING_COUNCIL,
        body=final[1] if final is not None else None,
        recommends=recommending[0] if recommending else None,
        council_issue=_council_issue(preamble, final[1] if final is not None else None),
    )


def with_delegations(decision: Decision, preamble: Preamble, context: Context) -> Decision:
    """The decision with the recorded delegations of the PEP.

    Where the council would decide and an appointed delegate is on record, the delegate decides.
    """
    known = recorded_delegations(preamble, context)
    appointed = next((one for one in reversed(known) if one.is_appointment), None)
    if decision.decider in AT_COUNCIL and appointed is not None:
        decision = Decision(
            Decider.NAMED_DELEGATE,
            person_of(appointed),
            body=decision.body,
            approves=decision.approves,
        )
    elif decision.decider is not Decider.NAMED_DELEGATE or not is_named(
        appointed, preamble, context
    ):
        appointed = None
    rest = tuple(one for one in known if one is not appointed)
    return replace(decision, appointed=appointed, on_record=rest)


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
    names = tuple(safe_name(person) for person in people[:_MOST_DELEGATES])
    return Decision(Decider.NAMED_DELEGATE, join_names(names), body=final)


def _final(policy: Policy, day: date) -> Body | None:
    final = final_authority(policy, day)
    return final[1] if final is not None else None


def _council_issue(preamble: Preamble, council: Body | None) -> str | None:
    """The council's issue template with label and title filled in for this PEP."""
    if council is None or preamble.status != "Draft":
        return None
    if thread_url(preamble.value("Discussions-To") or "") is None:
        return None
    return prefilled(council, preamble)
