"""The closed sets of a PEP's header: statuses and types (PEP 1, "PEP Header Preamble")."""

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


class PepType(StrEnum):
    """What `Type` may say."""

    STANDARDS_TRACK = "Standards Track"
    INFORMATIONAL = "Informational"
    PROCESS = "Process"


DECIDED = frozenset({Status.ACCEPTED, Status.PROVISIONAL, Status.REJECTED})
"""Somebody decided: since 2023 every change into one of these ended with a `Resolution`."""

RESOLVED = frozenset(
    {Status.ACCEPTED, Status.FINAL, Status.REJECTED, Status.SUPERSEDED, Status.WITHDRAWN}
)
"""The discussion is over; more than an editorial change is worth a second look
(PEP 1, "PEP Maintenance"). Provisional PEPs may still be amended and are not among them."""


def read_status(value: str | None) -> Status | None:
    """The status a header value names, None if it names none (exact, as the PEP tools read it)."""
    return Status(value) if value in frozenset(Status) else None


def read_type(value: str | None) -> PepType | None:
    """The type a header value names, None if it names none (exact, as the PEP tools read it)."""
    return PepType(value) if value in frozenset(PepType) else None
