"""What it means that a PEP's status moves: acceptance, withdrawal, finalisation and so on.

PEP 1 § PEP Review & Resolution tells what each status stands for; the same new status can mean
different things, by the status before and the PEP's type.
"""

from enum import StrEnum

from bot.peps.status import Status


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
