"""Makes strangers' text harmless for terminals and logs.

Escape sequences could repaint a terminal. GitHub Actions takes `##[…]` anywhere in a line, and
`::…::` at its beginning, as a command to the runner ("Workflow commands for GitHub Actions").
"""

import unicodedata

LONGEST_EXCERPT = 100
"""The most characters of a text that are shown."""

_LONGEST = 4_000


def for_terminal(text: str, longest: int = _LONGEST) -> str:
    """The text on one line, without invisible characters and runner commands.

    Args:
        text: Anything.
        longest: How many characters to keep before cutting.
    """
    line = "".join(visible_character(letter) for letter in text[: 4 * longest]).rstrip()
    if len(line) > longest:
        line = f"{line[: longest - 1].rstrip()}…"
    return line.replace("##[", "## [")


def visible_character(letter: str, before: str = "") -> str:
    """One character as it may be shown: a blank for white space, nothing if it is invisible.

    Args:
        letter: Any character.
        before: What is shown before it, since a runner command has several characters.
    """
    kind = unicodedata.category(letter)
    if kind[0] == "Z" or letter in "\t\r\n":
        return " "
    if kind[0] == "C":
        return ""
    return " [" if letter == "[" and before.endswith("##") else letter


def storable(text: str) -> str:
    r"""A text as any database keeps it: half characters as `\udXXX`, nulls as `\x00`.

    JSON may carry a lone surrogate, which UTF-8 does not, and a null, which PostgreSQL refuses.
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
