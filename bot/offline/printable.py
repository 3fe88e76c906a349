"""Text for terminals and logs: whatever strangers wrote loses its power over either.

Escape sequences could repaint a terminal, and GitHub Actions takes `##[…]` anywhere in a line, and
`::…::` at its beginning, for a command to the runner ("Workflow commands for GitHub Actions").
"""

import unicodedata

LONGEST_EXCERPT = 100
"""Characters of a line that are shown."""

_LONGEST = 4_000


def printable(text: str, longest: int = _LONGEST) -> str:
    """The text on one line, without invisible characters and runner commands.

    Args:
        text: Anything.
        longest: Characters after which it is cut.
    """
    kept: list[str] = []
    for letter in text[: 4 * longest]:
        kind = unicodedata.category(letter)
        if kind[0] == "Z" or letter in "\t\r\n":
            kept.append(" ")
        elif kind[0] != "C":
            kept.append(letter)
    shown = "".join(kept).rstrip()
    if len(shown) > longest:
        shown = f"{shown[: longest - 1].rstrip()}…"
    return shown.replace("##[", "## [")


def excerpt(text: str, line: int) -> str:
    """One line of a text as it may be shown; empty if there is no such line.

    Args:
        text: The whole text.
        line: The 1-based line, as GitHub counts them.
    """
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
        if not start:
            return ""
    end = text.find("\n", start)
    return printable(text[start : end if end >= 0 else len(text)], LONGEST_EXCERPT).strip()
