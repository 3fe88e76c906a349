"""Changes of a PEP's status: what kind of change it is, who had to decide, and what shows it.

PEP 1 § PEP Review & Resolution: those who decide accept and reject; an author withdraws; an author
or an editor defers and resumes; an accepted PEP becomes Final when its implementation is merged.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from bot.peps.changed_pep import ChangedPep, edited_peps
from bot.peps.number import PepNumber
from bot.peps.preamble import Preamble
from bot.peps.status import MoveKind, Status, move_kind
from bot.policy.in_office import Delegation, final_authority
from bot.review.decision.decider import Decider, Decision, decision_on, with_delegations
from bot.review.decision.evidence import Evidence, EvidenceSources
from bot.review.decision.evidence_from_people import (
    authors_statement,
    council_members_statements,
    deciders_statements,
    documentation_evidence,
    successor_evidence,
    version_evidence,
)
from bot.review.decision.evidence_of_decision import (
    ASKS_FOR_RESOLUTION,
    appointment_evidence,
    approval_evidence,
    council_issue_evidence,
    decision_day,
    recommendation_evidence,
    resolution_evidence,
)
from bot.review.decision.submission import Submission
from bot.review.published_peps import KnownPeps, Published


class Whose(StrEnum):
    """Who has to agree to a status change."""

    DECIDERS = "those who decide"
    AUTHORS = "the authors"
    AUTHORS_OR_EDITORS = "the authors, or a PEP editor"
    SUCCESSOR = "the successor's decision"
    """It was decided together with the PEP that replaces it."""

    NOBODY = "nobody"
    UNSPECIFIED = "not said in PEP 1"


MOST = 100
"""How many PEPs of one change are examined; no pull request ever changed the status of 20."""

_WHOSE = {
    MoveKind.ACCEPTANCE: Whose.DECIDERS,
    MoveKind.PROVISIONAL_ACCEPTANCE: Whose.DECIDERS,
    MoveKind.REJECTION: Whose.DECIDERS,
    MoveKind.OUTRIGHT_FINALISATION: Whose.DECIDERS,
    MoveKind.REVERSAL: Whose.DECIDERS,
    MoveKind.ACTIVATION: Whose.DECIDERS,
    MoveKind.WITHDRAWAL: Whose.AUTHORS,
    MoveKind.CORRECTION: Whose.AUTHORS_OR_EDITORS,
    MoveKind.DEFERRAL: Whose.AUTHORS_OR_EDITORS,
    MoveKind.RESUMPTION: Whose.AUTHORS_OR_EDITORS,
    MoveKind.SUPERSESSION: Whose.SUCCESSOR,
    MoveKind.FINALISATION: Whose.NOBODY,
    MoveKind.COMPLETION: Whose.NOBODY,
    MoveKind.OTHER: Whose.UNSPECIFIED,
}
_FINAL = frozenset({MoveKind.FINALISATION, MoveKind.OUTRIGHT_FINALISATION})
_FOR_A_VERSION = _FINAL | {MoveKind.ACCEPTANCE, MoveKind.PROVISIONAL_ACCEPTANCE}
_BY_AUTHORS = frozenset({Whose.AUTHORS, Whose.AUTHORS_OR_EDITORS})


@dataclass(frozen=True, slots=True)
class StatusMove:
    """One PEP whose status changes.

    Attributes:
        path: Its file.
        number: Its number; None if its file name has none.
        before: The status before, as written.
        after: The status after, as written.
        kind: The kind of change.
        whose: Who has to agree.
        decision: Who had the last word on the PEP.
        day: The day for which `decision` holds: that of the decision if it is known, else today.
        earlier: Who had the last word by the header before the change, if that differs.
        evidence: What shows that they agreed, and what is missing.
    """

    path: str
    number: PepNumber | None
    before: str
    after: str
    kind: MoveKind
    whose: Whose
    decision: Decision
    day: date
    earlier: Decision | None
    evidence: tuple[Evidence, ...]

    @property
    def lacking(self) -> tuple[Evidence, ...]:
        """What is required but missing or incomplete."""
        return tuple(one for one in self.evidence if one.is_lacking)


def status_moves(sources: EvidenceSources) -> tuple[StatusMove, ...]:
    """Every PEP whose status the change alters, in the order of the files; at most `MOST`."""
    moved = (pep for pep in edited_peps(sources.change) if pep.changes_status)
    return tuple(_move(pep, sources) for pep in islice(moved, MOST))


def _move(pep: ChangedPep, sources: EvidenceSources) -> StatusMove:
    kind = move_kind(pep.status_before, pep.status_after, pep.header_after.type)
    day = decision_day(pep.header_after, sources.context.today)
    decision = _decision(kind, pep.header_after, sources, day)
    earlier = _decision(kind, pep.header_before, sources, day)
    whose = _WHOSE[kind]
    # An accepted PEP that becomes Active was already decided on; a schedule needs no decision.
    is_decided = kind is MoveKind.ACTIVATION and pep.status_before in ("Accepted", "Provisional")
    if whose is Whose.DECIDERS and (is_decided or decision.decider is Decider.NOBODY):
        whose = Whose.NOBODY
    return StatusMove(
        path=pep.path,
        number=pep.number,
        before=pep.status_before,
        after=pep.status_after,
        kind=kind,
        whose=whose,
        decision=decision,
        day=day,
        earlier=None if _same(decision, earlier) or whose is not Whose.DECIDERS else earlier,
        evidence=tuple(_evidence(kind, whose, decision, pep, sources)),
    )


def _decision(kind: MoveKind, header: Preamble, sources: EvidenceSources, day: date) -> Decision:
    """Who decides on the PEP.

    A release schedule is Active from the start and never accepted or rejected. A PEP with that
    topic that is accepted or rejected all the same, such as PEP 773, is decided on like any other.
    """
    policy = sources.context.policy
    decision = with_delegations(decision_on(header, policy, day), header, sources.context)
    if decision.decider is not Decider.NOBODY or kind not in ASKS_FOR_RESOLUTION:
        return decision
    final = final_authority(policy, day)
    return decision if final is None else Decision(Decider.STEERING_COUNCIL, body=final[1])


def _evidence(
    kind: MoveKind,
    whose: Whose,
    decision: Decision,
    pep: ChangedPep,
    sources: EvidenceSources,
) -> Iterator[Evidence]:
    if (resolution := resolution_evidence(kind, decision, pep, sources)) is not None:
        yield resolution
    if whose is Whose.DECIDERS:
        yield from deciders_statements(decision, pep, sources)
        yield from council_members_statements(decision, pep.header_after, sources)
        for one in (
            appointment_evidence(decision, pep),
            recommendation_evidence(decision, pep, sources),
            council_issue_evidence(decision, pep, sources),
            approval_evidence(decision, pep, sources),
        ):
            if one is not None:
                yield one
    if whose in _BY_AUTHORS:
        statement = authors_statement(kind, pep.header_before, sources)
        if statement is not None:
            yield statement
    documentation = documentation_evidence(pep, sources) if kind in _FINAL else None
    version = version_evidence(pep, sources) if kind in _FOR_A_VERSION else None
    yield from (one for one in (documentation, version) if one is not None)
    if kind is MoveKind.SUPERSESSION or whose is Whose.AUTHORS:
        asked = kind is MoveKind.SUPERSESSION
        yield from successor_evidence(pep, sources, is_asked_for=asked)


def _same(one: Decision, other: Decision) -> bool:
    return (one.decider, one.delegate, one.body, one.approves) == (
        other.decider,
        other.delegate,
        other.body,
        other.approves,
    )


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A PEP that awaits a decision.

    Attributes:
        pep: The PEP.
        submission: The open issue that submits it, if one is known.
        pull_requests: The open pull requests that wait for the decision.
        delegations: Who was recorded as its delegate, or offered to be, and still stands.
    """

    pep: Published
    submission: Submission | None
    pull_requests: tuple[int, ...] = ()
    delegations: tuple[Delegation, ...] = ()


def awaiting_decision(known: KnownPeps) -> tuple[Awaiting, ...]:
    """PEPs that were submitted for a decision, or with a pull request that waits for one."""
    submitted = {one.pep: one for one in known.submissions if one.is_open}
    numbers = sorted({*submitted, *known.deciding})
    return tuple(
        Awaiting(
            pep,
            submitted.get(number),
            known.deciding.get(number, ()),
            tuple(one for one in known.delegations if one.pep == number and one.stands),
        )
        for number in numbers
        if (pep := known.register.get(number)) is not None
        and pep.preamble.status in (Status.DRAFT, Status.DEFERRED, Status.PROVISIONAL)
    )
