"""Which replayed pull requests go through HTTP as well, and in how many parts."""

from bot.rules.kind import ChangeKind, kind_of
from tests.replay.history import CODEOWNERS, Merged
from tests.replay.reviewed import Replay

EVERY = 12
"""Of those on which nothing is likely to be said one in so many is taken."""

PARTS = ("2023", "2024, first half", "2024, second half", "2025, first half", "2025, second half")
"""The stretches of time; each is lived through by one bot."""


def sample(replay: Replay, part: str) -> tuple[int, ...]:
    """The rows of one part that go through HTTP."""
    return tuple(row for row in whole_sample(replay) if part_of(replay.history[row]) == part)


def whole_sample(replay: Replay) -> tuple[int, ...]:
    """Every row that adds a PEP, moves a status or touches CODEOWNERS, and each twelfth other one.

    What has no number cannot be opened under its own.
    """
    chosen: list[int] = []
    others = 0
    for row, merged in enumerate(replay.history):
        if merged.pull_request is None:
            continue
        if _is_telling(merged):
            chosen.append(row)
        else:
            others += 1
            if others % EVERY == 0:
                chosen.append(row)
    return tuple(chosen)


def part_of(merged: Merged) -> str:
    """The stretch of time in which a pull request was merged."""
    year = str(merged.day.year)
    half = "first" if merged.day.month <= 6 else "second"
    return next(part for part in PARTS if part in (year, f"{year}, {half} half"))


def _is_telling(merged: Merged) -> bool:
    kind = kind_of(merged.change, merged.context.numbers.placeholders)
    touched = any(file.path == CODEOWNERS for file in merged.change.files)
    return touched or kind is ChangeKind.NEW_PEP or kind.moves_status
