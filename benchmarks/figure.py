"""The result of a benchmark: figures, each with its target and a floor."""

import statistics
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Broken(Exception):
    """The bot gave a wrong answer or lost something, so its speed does not matter."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The value that no program of this kind can beat, measured in the same run.

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
        what: What was measured, for readers of the table.
        value: The measured value.
        unit: Its unit; empty for counts.
        target: The highest allowed value (docs/performance.md); None without a target.
        floor: The floor to compare it with; None if there is none.
    """

    what: str
    value: float
    unit: str
    target: float | None = None
    floor: Floor | None = None

    @property
    def is_met(self) -> bool:
        """Whether the target is met; without one it always is."""
        return self.target is None or self.value <= self.target


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: enough for reliable figures, or only enough to try everything."""

    smoke: bool

    def of(self, full: T, smoke: T) -> T:
        """The size to use at this scale."""
        return smoke if self.smoke else full


Benchmark = Callable[[Scale], Coroutine[None, None, Sequence[Figure]]]
"""Measures.

Raises:
    Broken: An answer was wrong.
"""


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which this percentage of the values lies."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def require(holds: object, otherwise: str) -> None:
    """Check that the bot did what it should while it was measured.

    Raises:
        Broken: It did not.
    """
    if not holds:
        raise Broken(otherwise)
