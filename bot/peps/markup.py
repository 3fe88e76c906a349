"""What docutils says of a text's reStructuredText: plain data, made where docutils may run."""

from dataclasses import dataclass
from enum import IntEnum


class MarkupLevel(IntEnum):
    """How docutils grades a problem (`docutils.utils.Reporter`)."""

    WARNING = 2
    ERROR = 3
    SEVERE = 4


@dataclass(frozen=True, slots=True)
class MarkupProblem:
    """One thing docutils does not understand.

    Attributes:
        line: The 1-based line in the file.
        level: How grave docutils thinks it is.
        message: Docutils' own sentence. It quotes the text, so it is not fit to be shown as it is.
    """

    line: int
    level: MarkupLevel
    message: str


@dataclass(frozen=True, slots=True)
class Markup:
    """What docutils found in one text.

    Attributes:
        problems: In the order of their lines.
        incomplete_reason: Why the text was not read to its end, such as "it took longer than 10 s";
            empty if it was.
    """

    problems: tuple[MarkupProblem, ...] = ()
    incomplete_reason: str = ""
