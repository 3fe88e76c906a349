"""PEP statuses: which changes of status are allowed, and what kind each is (PEP 1)."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The values of `Status`. Only PEP 401 has `April Fool!`."""

    DRAFT = "Draft"
    ACTIVE = "Active"
    ACCEPTED = "Accepted"
    PROVISIONAL = "Provisional"
    DEFERRED = "Deferred"
    REJECTED = "Rejected"
    WITHDRAWN = "Withdrawn"
    FINAL = "Final"
    SUPERSEDED = "Superseded"
    APRIL_FOOL = "April Fool!"


RESOLVED = frozenset(
    {Status.ACCEPTED, Status.FINAL, Status.REJECTED, Status.SUPERSEDED, Status.WITHDRAWN}
)
"""The discussion of these PEPs is over, so more than an editorial change deserves a second look
(PEP 1, "PEP Maintenance"). Provisional PEPs may still be amended and are not included."""


class TransitionBasis(StrEnum):
    """Why a change from one status to another is considered normal, or not."""

    DRAWN = "drawn in PEP 1"
    WRITTEN = "written in PEP 1"
    CONDITIONAL = "allowed by PEP 1 on a condition"
    REVERTED = "back to Draft, as PEP 1 has it where a decision no longer counts"
    USUAL = "done several times"
    RARE = "done once or twice"
    SHORTCUT = "two steps in one"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of status.

    Attributes:
        basis: Where the change is known from.
        times: How often it happened in python/peps from September 2023 to August 2026, if it is
            known only from there.
        condition: When PEP 1 allows it, as the end of a sentence; empty if always.
    """

    basis: TransitionBasis
    times: int = 0
    condition: str = ""


_DRAFT, _ACTIVE, _ACCEPTED = Status.DRAFT, Status.ACTIVE, Status.ACCEPTED
_PROVISIONAL, _DEFERRED, _REJECTED = Status.PROVISIONAL, Status.DEFERRED, Status.REJECTED
_WITHDRAWN, _FINAL, _SUPERSEDED = Status.WITHDRAWN, Status.FINAL, Status.SUPERSEDED

# PEP 1 § PEP Review & Resolution, the figure (`process_flow.svg`).
_DRAWN = frozenset(
    {
        (_DRAFT, _DEFERRED),
        (_DEFERRED, _DRAFT),
        (_DRAFT, _ACCEPTED),
        (_DRAFT, _PROVISIONAL),
        (_DRAFT, _REJECTED),
        (_DRAFT, _WITHDRAWN),
        (_ACCEPTED, _FINAL),
        (_PROVISIONAL, _FINAL),
        (_PROVISIONAL, _REJECTED),
        (_PROVISIONAL, _WITHDRAWN),
        (_FINAL, _SUPERSEDED),
    }
)

# The text of the same section: PEPs "never meant to be completed" become Active, and "the author or
# editor" may reopen a withdrawn one. Superseded is meant for Informational PEPs too, and most of
# those are Active.
_WRITTEN = frozenset({(_DRAFT, _ACTIVE), (_WITHDRAWN, _DRAFT), (_ACTIVE, _SUPERSEDED)})

_UNRELEASED = "only while what it describes has not been released"
_CONDITIONAL = {
    (_ACCEPTED, _REJECTED): _UNRELEASED,
    (_ACCEPTED, _WITHDRAWN): _UNRELEASED,
}

# If the Steering Council asks a delegate to step down, "this will overrule any prior acceptance or
# rejection of the PEP, and it will revert to Draft status".
_REVERTED = frozenset({(_ACCEPTED, _DRAFT), (_PROVISIONAL, _DRAFT), (_REJECTED, _DRAFT)})
_NO_LONGER_COUNTS = "where the decision was taken back or the delegate stepped down"

# Counted in the history of python/peps since September 2023; each of them was deliberate.
_DONE = {
    (_DRAFT, _FINAL): 8,
    (_ACTIVE, _FINAL): 6,
    (_DEFERRED, _WITHDRAWN): 3,
    (_REJECTED, _WITHDRAWN): 3,
    (_ACCEPTED, _ACTIVE): 2,
    (_DRAFT, _SUPERSEDED): 1,
    (_PROVISIONAL, _ACCEPTED): 1,
    (_FINAL, _ACTIVE): 1,
    (_ACCEPTED, _SUPERSEDED): 1,
    (_DEFERRED, _ACCEPTED): 1,
}
_USUAL_FROM = 3


def transition(before: Status, after: Status) -> Transition:
    """Look up the change from one status to another; they must differ."""
    step = (before, after)
    if step in _DRAWN:
        return Transition(TransitionBasis.DRAWN)
    if step in _WRITTEN:
        return Transition(TransitionBasis.WRITTEN)
    if step in _CONDITIONAL:
        return Transition(TransitionBasis.CONDITIONAL, condition=_CONDITIONAL[step])
    if step in _REVERTED:
        return Transition(TransitionBasis.REVERTED, condition=_NO_LONGER_COUNTS)
    if times := _DONE.get(step, 0):
        basis = TransitionBasis.USUAL if times >= _USUAL_FROM else TransitionBasis.RARE
        return Transition(basis, times)
    plain = _DRAWN | _WRITTEN
    if any((before, middle) in plain and (middle, after) in plain for middle in Status):
        return Transition(TransitionBasis.SHORTCUT)
    return Transition(TransitionBasis.UNKNOWN)


class MoveKind(StrEnum):
    """The kinds of status change, worded to fit into a sentence."""

    ACCEPTANCE = "acceptance"
    PROVISIONAL_ACCEPTANCE = "provisional acceptance"
    REJECTION = "rejection"
    DEFERRAL = "deferral"
    WITHDRAWAL = "withdrawal"
    SUPERSESSION = "supersession"
    FINALISATION = "finalisation"
    """The PEP was accepted before."""

    OUTRIGHT_FINALISATION = "acceptance and finalisation in one"
    COMPLETION = "completion"
    """Nobody accepted the PEP before, and nobody has to: an election or a release is over, or an
    Informational or Process PEP is complete."""

    ACTIVATION = "activation"
    RESUMPTION = "resumption"
    """The PEP is reopened, as a draft or in force."""

    REVERSAL = "reversal of a decision"
    CORRECTION = "correction of the record"
    """From one way of not being accepted to another, much later."""

    OTHER = "another move"


_UNDECIDED = frozenset({Status.DRAFT, Status.DEFERRED})
_IN_FORCE = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.FINAL})
_KNOWN = {status.value: status for status in Status}


def move_kind(before: str, after: str, pep_type: str | None) -> MoveKind:
    """Classify a change of status.

    Args:
        before: The status before, as written.
        after: The status after, which must differ.
        pep_type: The value of `Type`.
    """
    old, new = _KNOWN.get(before), _KNOWN.get(after)
    if old is None or new is None:
        return MoveKind.OTHER
    match new:
        case Status.ACCEPTED:
            return _to_accepted(old)
        case Status.PROVISIONAL:
            return MoveKind.PROVISIONAL_ACCEPTANCE
        case Status.REJECTED:
            return MoveKind.CORRECTION if old is Status.WITHDRAWN else MoveKind.REJECTION
        case Status.DEFERRED:
            return MoveKind.DEFERRAL if old is Status.DRAFT else MoveKind.OTHER
        case Status.WITHDRAWN:
            return MoveKind.CORRECTION if old is Status.REJECTED else MoveKind.WITHDRAWAL
        case Status.SUPERSEDED:
            return MoveKind.SUPERSESSION
        case Status.FINAL:
            return _to_final(old, pep_type)
        case Status.ACTIVE:
            begins = old in _UNDECIDED or old is Status.ACCEPTED
            return MoveKind.ACTIVATION if begins else MoveKind.RESUMPTION
        case Status.DRAFT:
            return _to_draft(old)
        case _:
            return MoveKind.OTHER


def _to_accepted(old: Status) -> MoveKind:
    if old is Status.REJECTED or old is Status.FINAL:
        return MoveKind.REVERSAL
    return MoveKind.OTHER if old is Status.SUPERSEDED else MoveKind.ACCEPTANCE


def _to_final(old: Status, pep_type: str | None) -> MoveKind:
    if old in (Status.ACCEPTED, Status.PROVISIONAL):
        return MoveKind.FINALISATION
    if old is Status.ACTIVE:
        return MoveKind.COMPLETION
    if old in _UNDECIDED:
        is_standard = pep_type not in ("Informational", "Process")
        return MoveKind.OUTRIGHT_FINALISATION if is_standard else MoveKind.COMPLETION
    return MoveKind.OTHER


def _to_draft(old: Status) -> MoveKind:
    if old in (Status.DEFERRED, Status.WITHDRAWN):
        return MoveKind.RESUMPTION
    if old in _IN_FORCE or old is Status.REJECTED:
        return MoveKind.REVERSAL
    return MoveKind.OTHER
