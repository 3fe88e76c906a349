"""Where a PEP's status may go, and how well each step is attested.

What each type of PEP may be is the header's own matter; here are the steps alone.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.peps.status import Status


class Attested(StrEnum):
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
        attested: How well the step is known.
        times: How often it was done in python/peps from September 2023 to August 2026, where it is
            known from there alone.
        condition: What PEP 1 asks for, as the end of a sentence; empty without a condition.
    """

    attested: Attested
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
        return Transition(Attested.DRAWN)
    if step in _WRITTEN:
        return Transition(Attested.WRITTEN)
    if step in _CONDITIONAL:
        return Transition(Attested.CONDITIONAL, condition=_CONDITIONAL[step])
    if times := _DONE.get(step, 0):
        attested = Attested.USUAL if times >= _USUAL_FROM else Attested.RARE
        return Transition(attested, times)
    plain = _DRAWN | _WRITTEN
    if any((before, middle) in plain and (middle, after) in plain for middle in Status):
        return Transition(Attested.SHORTCUT)
    return Transition(Attested.UNKNOWN)
