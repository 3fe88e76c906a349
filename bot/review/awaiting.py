"""Which published PEPs await a decision: those that were submitted, or stand in a pull request."""

from dataclasses import dataclass

from bot.peps.status import Status
from bot.review.known_peps import Known
from bot.review.register import Published
from bot.review.submission import Submission


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A PEP that awaits a decision.

    Attributes:
        pep: The PEP.
        submission: The open issue that submits it, if known.
        pull_requests: Open pull requests that wait for the decision.
    """

    pep: Published
    submission: Submission | None
    pull_requests: tuple[int, ...] = ()


def awaiting_decision(known: Known) -> tuple[Awaiting, ...]:
    """Drafts that were submitted, or that a pull request waits with for the decision."""
    submitted = {one.pep: one for one in known.submissions if one.is_open}
    numbers = sorted({*submitted, *known.deciding})
    return tuple(
        Awaiting(pep, submitted.get(number), known.deciding.get(number, ()))
        for number in numbers
        if (pep := known.register.get(number)) is not None
        and pep.preamble.status in (Status.DRAFT, Status.DEFERRED, Status.PROVISIONAL)
    )
