"""What a benchmark comes to: figures, each beside its target and a floor."""

import statistics
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Broken(Exception):
    """The bot gave a wrong answer or lost something: speed does not matter any more."""


@dataclass(frozen=True, slots=True)
class Floor:
    """What no program of this kind goes below, measured in the same run.

    Attributes:
        value: The measured value, in the figure's unit.
        what: What was measured.
    """

    value: float
    what: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; less is better unless it has no target.

    Attributes:
        what: What was measured, for a reader of the table.
        value: The measured value.
        unit: Its unit; empty for counts.
        target: The most it may be (docs/performance.md), None without a target.
        floor: What to compare it with, None where there is nothing of the kind.
    """

    what: str
    value: float
    unit: str
    target: float | None = None
    floor: Floor | None = None

    @property
    def is_met(self) -> bool:
        """Whether the target is reached; without one it always is."""
        return self.target is None or self.value <= self.target


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: enough to believe it, or only so much that nothing is left untried."""

    smoke: bool

    def of(self, full: T, smoke: T) -> T:
        """A size by this scale."""
        return smoke if self.smoke else full


Benchmark = Callable[[Scale], Coroutine[None, None, Sequence[Figure]]]
"""Measures.

Raises:
    Broken: An answer was wrong.
"""


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which so many percent of the values are."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def require(holds: object, otherwise: str) -> None:
    """Check that the bot did what it should while it was measured.

    Raises:
        Broken: It did not.
    """
    if not holds:
        raise Broken(otherwise)
