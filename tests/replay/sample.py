"""Which replayed pull requests go through HTTP as well, and in how many parts."""

from functools import cache

from bot.rules.engine.kind import ChangeKind, kind_of
from tests.replay.history import CODEOWNERS, Merged
from tests.replay.reviewed import Replay

EVERY_INFORMATIVE = 2
"""Of those on which something is likely to be said one in so many is taken."""

EVERY_OTHER = 24
"""Of the rest one in so many is taken."""

PARTS = ("2023", "2024, first half", "2024, second half", "2025, first half", "2025, second half")
"""The stretches of time; each is lived through by one bot."""


def sample(replay: Replay, part: str) -> tuple[int, ...]:
    """The rows of one part that go through HTTP."""
    return tuple(row for row in whole_sample(replay) if part_of(replay.history[row]) == part)


@cache
def whole_sample(replay: Replay) -> tuple[int, ...]:
    """Every second row that adds a PEP, moves a status or touches CODEOWNERS; few of the others.

    What has no number cannot be opened under its own.
    """
    informative: list[int] = []
    others: list[int] = []
    for row, merged in enumerate(replay.history):
        if merged.pull_request is not None:
            (informative if _is_informative(merged) else others).append(row)
    return tuple(sorted((*informative[::EVERY_INFORMATIVE], *others[::EVERY_OTHER])))


def part_of(merged: Merged) -> str:
    """The stretch of time in which a pull request was merged."""
    year = str(merged.day.year)
    half = "first" if merged.day.month <= 6 else "second"
    return next(part for part in PARTS if part in (year, f"{year}, {half} half"))


def _is_informative(merged: Merged) -> bool:
    kind = kind_of(merged.change, merged.context.numbers.placeholders)
    touched = any(file.path == CODEOWNERS for file in merged.change.files)
    return touched or kind is ChangeKind.NEW_PEP or kind.moves_status
