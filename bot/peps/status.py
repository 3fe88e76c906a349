"""Statuses, which changes of them are allowed, and what kind of change each is (PEP 1)."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What `Status` may say. `April Fool!` is PEP 401's alone."""

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
"""The discussion is over; more than an editorial change is worth a second look
(PEP 1, "PEP Maintenance"). Provisional PEPs may still be amended and are not among them."""


class TransitionBasis(StrEnum):
    """How well a step from one status to another is known."""

    DRAWN = "drawn in PEP 1"
    WRITTEN = "written in PEP 1"
    CONDITIONAL = "allowed by PEP 1 on a condition"
    USUAL = "done several times"
    RARE = "done once or twice"
    SHORTCUT = "two steps in one"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a status.

    Attributes:
        basis: How well the step is known.
        times: How often it was done in python/peps from September 2023 to August 2026, where it is
            known from there alone.
        condition: What PEP 1 asks for, as the end of a sentence; empty without a condition.
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

# The same section in words: PEPs "never meant to be completed" become Active, and "the author or
# editor" may take a withdrawn one up again. Superseded is meant for Informational ones, too, and
# those are Active for the most part.
_WRITTEN = frozenset({(_DRAFT, _ACTIVE), (_WITHDRAWN, _DRAFT), (_ACTIVE, _SUPERSEDED)})

_UNRELEASED = "only while what it describes is in no release"
_CONDITIONAL = {
    (_ACCEPTED, _REJECTED): _UNRELEASED,
    (_ACCEPTED, _WITHDRAWN): _UNRELEASED,
}

# Counted in the history of python/peps since September 2023; every one of them was deliberate.
_DONE = {
    (_DRAFT, _FINAL): 8,
    (_ACTIVE, _FINAL): 6,
    (_DEFERRED, _WITHDRAWN): 3,
    (_REJECTED, _WITHDRAWN): 3,
    (_ACCEPTED, _ACTIVE): 2,
    (_DRAFT, _SUPERSEDED): 1,
    (_PROVISIONAL, _ACCEPTED): 1,
    (_FINAL, _ACTIVE): 1,
    (_ACCEPTED, _DRAFT): 1,
    (_ACCEPTED, _SUPERSEDED): 1,
    (_DEFERRED, _ACCEPTED): 1,
}
_USUAL_FROM = 3


def transition(before: Status, after: Status) -> Transition:
    """How well the step from one status to another is known; they must differ."""
    step = (before, after)
    if step in _DRAWN:
        return Transition(TransitionBasis.DRAWN)
    if step in _WRITTEN:
        return Transition(TransitionBasis.WRITTEN)
    if step in _CONDITIONAL:
        return Transition(TransitionBasis.CONDITIONAL, condition=_CONDITIONAL[step])
    if times := _DONE.get(step, 0):
        basis = TransitionBasis.USUAL if times >= _USUAL_FROM else TransitionBasis.RARE
        return Transition(basis, times)
    plain = _DRAWN | _WRITTEN
    if any((before, middle) in plain and (middle, after) in plain for middle in Status):
        return Transition(TransitionBasis.SHORTCUT)
    return Transition(TransitionBasis.UNKNOWN)


class MoveKind(StrEnum):
    """The kinds of move, in words as a sentence has them."""

    ACCEPTANCE = "acceptance"
    PROVISIONAL_ACCEPTANCE = "provisional acceptance"
    REJECTION = "rejection"
    DEFERRAL = "deferral"
    WITHDRAWAL = "withdrawal"
    SUPERSESSION = "supersession"
    FINALISATION = "finalisation"
    """Of a PEP that was accepted before."""

    OUTRIGHT_FINALISATION = "acceptance and finalisation in one"
    COMPLETION = "completion"
    """Nobody accepted it before, and nobody has to: an election or a release is over, an
    Informational or Process PEP has told what it had to tell."""

    ACTIVATION = "activation"
    RESUMPTION = "resumption"
    """It is taken up again, as a draft or in force."""

    REVERSAL = "reversal of a decision"
    CORRECTION = "correction of the record"
    """From one way of not being accepted to another, long after."""

    OTHER = "another move"


_UNDECIDED = frozenset({Status.DRAFT, Status.DEFERRED})
_IN_FORCE = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.FINAL})
_KNOWN = {status.value: status for status in Status}


def move_kind(before: str, after: str, pep_type: str | None) -> MoveKind:
    """What kind of move this is.

    Args:
        before: The status before, as written.
        after: The status after; another one.
        pep_type: What `Type` says.
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
