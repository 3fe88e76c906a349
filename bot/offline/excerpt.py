"""One line of a text with the place on it that is meant, underlined as on a terminal.

A line is shown harmlessly and cut around the place. Letters take as many cells as a terminal gives
them: wide ones two, combining ones none (Unicode Standard Annex #11).
"""

import unicodedata
from dataclasses import dataclass

from bot.offline.printable import LONGEST_EXCERPT, visible

_CUT = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A line as it may be shown.

    Attributes:
        shown: The line, or the part of it around the place; empty if there is none.
        underline: What stands below it: blanks and carets; empty without a place.
    """

    shown: str
    underline: str = ""


def marked_excerpt(
    text: str, line: int, columns: tuple[int, int] | None, longest: int = LONGEST_EXCERPT
) -> Excerpt:
    """A line of a text with a place on it.

    Args:
        text: The whole text.
        line: The 1-based line, as GitHub counts them.
        columns: The first and last 1-based column of the place; None for the whole line.
        longest: Cells of a terminal that are filled at most.
    """
    whole = line_of(text, line)
    first, last = columns or (0, -1)
    first, last = max(first - 1, 0), min(last, len(whole))
    begin = 0 if last <= longest - 2 else max(0, min(first - longest // 3, len(whole) - 1))
    cells, marks, room = [], [], longest
    if begin:
        cells.append(_CUT)
        marks.append(" ")
        room -= 1
    for place in range(begin, min(len(whole), begin + 4 * longest)):
        for letter in visible(whole[place], "".join(cells[-2:])):
            width = _width(letter)
            if width > room - 1 and place + 1 < len(whole):
                cells.append(_CUT)
                return _trimmed(cells, marks)
            if not cells and letter == " ":
                continue
            room -= width
            cells.append(letter)
            marks.append(("^" if first <= place < last else " ") * width)
    return _trimmed(cells, marks)


def line_of(text: str, line: int) -> str:
    """One line of a text without its end; empty if there is no such line."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].removesuffix("\r")


def _trimmed(cells: list[str], marks: list[str]) -> Excerpt:
    return Excerpt("".join(cells).rstrip(), "".join(marks).rstrip())


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
