"""The CODEOWNERS lines merged with new PEPs, beside those the bot would have written."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.peps.codeowners import owners_as_logins, parse_codeowners
from tests.replay.explained_findings import Unexplained
from tests.replay.explanations import OTHER_OWNERS
from tests.replay.reviewed import Reviewed


@dataclass(frozen=True, slots=True)
class OwnersMerged:
    """How the lines compare.

    Attributes:
        equal: How many name the same owners, in whatever order.
        different: The PEPs whose lines do not, each with the reason.
        without: How many new PEPs were merged without a line.
    """

    equal: int
    different: tuple[tuple[int, str], ...]
    without: int


def owners_merged(reviews: Sequence[Reviewed], *, is_all: bool = False) -> OwnersMerged:
    """Compare every line merged with a new PEP.

    Args:
        reviews: The pull requests.
        is_all: Whether they are all of history, so that every explanation has to be needed.

    Raises:
        Unexplained: The explanations do not fit the differences.
    """
    equal = without = 0
    different: list[int] = []
    new: set[int] = set()
    for reviewed in reviews:
        for assessment in reviewed.verdict.peps:
            new.add(assessment.pep.number or 0)
            owners = parse_codeowners(reviewed.merged.change.codeowners_after or "")
            line = owners.line_for(assessment.pep.path)
            expected = {login.casefold() for login in assessment.codeowners.expected}
            if line is None:
                without += 1
            elif owners_as_logins(line) == expected:
                equal += 1
            else:
                different.append(assessment.pep.number or 0)
    explained = OTHER_OWNERS.keys() if is_all else OTHER_OWNERS.keys() & new
    if wrong := sorted(set(different) ^ explained):
        raise Unexplained(f"owners that differ and their explanations do not fit: PEP {wrong}")
    return OwnersMerged(equal, tuple((pep, OTHER_OWNERS[pep]) for pep in different), without)
