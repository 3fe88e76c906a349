"""PEP numbers: where they stand in a path, which are taken, and which comes next (PEP 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

PepNumber = NewType("PepNumber", int)


@dataclass(frozen=True, slots=True)
class Claim:
    """An open pull request that adds (or renumbers to) a PEP of this number."""

    number: PepNumber
    pull_request: int


@dataclass(frozen=True, slots=True)
class NumberLedger:
    """All that is known about numbers at one moment.

    Attributes:
        published: Numbers of the PEP files on the base branch.
        reserved: Reserved numbers with the reason, as people may read it.
        claims: What open pull requests claim.
        claims_complete: False until every open pull request has been looked at; until then nobody
            is accused of a clash.
        special: Numbers outside the ordinary run (jokes and anniversaries).
        taken_ahead: Published numbers that were taken far ahead of the run on purpose.
        placeholders: Numbers that stand for "not assigned yet", such as 9999.
    """

    published: frozenset[PepNumber]
    reserved: Mapping[PepNumber, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    claims_complete: bool = True
    special: frozenset[PepNumber] = frozenset()
    taken_ahead: frozenset[PepNumber] = frozenset()
    placeholders: frozenset[PepNumber] = frozenset()
