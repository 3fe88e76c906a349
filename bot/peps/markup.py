"""The problems docutils found in a text, as plain data made wherever docutils may run."""

from dataclasses import dataclass
from enum import IntEnum


class MarkupLevel(IntEnum):
    """Docutils' severity levels (`docutils.utils.Reporter`)."""

    WARNING = 2
    ERROR = 3
    SEVERE = 4


@dataclass(frozen=True, slots=True)
class MarkupProblem:
    """One problem that docutils reports.

    Attributes:
        line: The 1-based line in the file.
        level: How severe docutils says it is.
        message: Docutils' own sentence. It quotes the text, so do not show it without sanitizing.
    """

    line: int
    level: MarkupLevel
    message: str


@dataclass(frozen=True, slots=True)
class Markup:
    """What docutils found in one text.

    Attributes:
        problems: The problems, in the order of their lines.
        incomplete_reason: Why docutils did not finish, such as "it took longer than 10 s"; empty if
            it did.
    """

    problems: tuple[MarkupProblem, ...] = ()
    incomplete_reason: str = ""
