"""The closed set of a PEP's statuses (PEP 1, "PEP Header Preamble")."""

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
