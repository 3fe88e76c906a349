"""What is known of a repository's published PEPs, from the register and from pull requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.peps.number import PepNumber
from bot.review.register import Register
from bot.review.snapshot import Memory, PullRequestState
from bot.review.stage import Stage
from bot.review.submission import Submission


@dataclass(frozen=True, slots=True)
class Added:
    """The merged pull request that added a PEP.

    Attributes:
        pull_request: Its number.
        at: When the bot saw it merged.
    """

    pull_request: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a repository's PEPs.

    Attributes:
        register: The published ones.
        added: By which pull request each was added, where the bot saw it.
        touched: The open pull requests that touch each.
        deciding: The PEPs with an open pull request that waits for a decision, and which.
        submissions: Issues that submit a PEP to those who decide.
        not_yet: When an editor last said "not yet" of a PEP's follow-ups.
    """

    register: Register
    added: Mapping[PepNumber, Added] = field(default_factory=dict)
    touched: Mapping[PepNumber, tuple[int, ...]] = field(default_factory=dict)
    deciding: Mapping[PepNumber, tuple[int, ...]] = field(default_factory=dict)
    submissions: Sequence[Submission] = ()
    not_yet: Mapping[PepNumber, datetime] = field(default_factory=dict)

    def kept_free(self, reserved: Mapping[PepNumber, str]) -> Mapping[PepNumber, str]:
        """Those of the policy's reserved numbers that no published PEP has taken."""
        return {
            number: reason for number, reason in reserved.items() if number not in self.register
        }


def known_of(
    register: Register,
    remembered: Mapping[int, Memory],
    submissions: Sequence[Submission] = (),
    not_yet: Mapping[PepNumber, datetime] | None = None,
) -> Known:
    """Put together what is remembered of pull requests with the register.

    Args:
        register: The published PEPs.
        remembered: What is remembered of each pull request.
        submissions: Issues that submit a PEP.
        not_yet: When an editor last said "not yet" of a PEP.
    """
    added: dict[PepNumber, Added] = {}
    touched: dict[PepNumber, tuple[int, ...]] = {}
    deciding: dict[PepNumber, tuple[int, ...]] = {}
    for number, memory in sorted(remembered.items()):
        listed = memory.listed
        if memory.state is PullRequestState.OPEN:
            decides = listed is not None and listed.turn == Stage.DECISION
            for pep in map(PepNumber, memory.touches):
                touched[pep] = (*touched.get(pep, ()), number)
                if decides:
                    deciding[pep] = (*deciding.get(pep, ()), number)
        elif memory.state is PullRequestState.MERGED and listed is not None:
            # Of two that added a number (one was renumbered later), the later one holds it now.
            added |= {PepNumber(pep): Added(number, listed.since) for pep in memory.adds}
    return Known(register, added, touched, deciding, submissions, not_yet or {})
