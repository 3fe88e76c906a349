"""How what strangers wrote is shown on a page: on one line, without what is invisible, and cut.

Markup has no effect, since the templates escape everything; but letters that turn the text around,
or that take no room, would mislead readers all the same.
"""

import unicodedata

LONGEST = 200
"""Characters of a title that are shown."""

_MOST_MARKS = 3


def shown(text: str, longest: int = LONGEST) -> str:
    """The text as it may stand on a page, before it is escaped.

    Args:
        text: Anything.
        longest: Characters after which it is cut.
    """
    kept: list[str] = []
    marks = 0
    for letter in text[: 4 * longest]:
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind[0] == "M" else 0
        if kind[0] == "Z" or letter in "\t\r\n":
            kept.append(" ")
        elif kind[0] != "C" and marks <= _MOST_MARKS:
            kept.append(letter)
    words = " ".join("".join(kept).split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
