"""How strangers' text may enter a finding: as a harmless name, or as code.

Names, titles and CODEOWNERS lines come from pull requests, so they may hold mentions, links,
markup, or letters that turn the text around. Whatever of them reaches a message passes here first.
"""

import re
import unicodedata

MAX_NAME = 60
"""The longest name, in characters, before it is cut."""

MAX_CODE = 120
"""The longest piece of code, in characters, before it is cut."""

_NAME_PUNCTUATION = frozenset(".-'’,()")
_MAX_MARKS = 3  # Scripts in use stack at most three marks on a letter; more is ornament or abuse.
# What GitHub turns into links by itself, as far as it can be built from a name's letters
# ("Autolinked references and URLs"): www addresses, GH-12, and full or short commit ids.
_AUTOLINK = re.compile(r"(?i)\b(www|gh)[.-](?=\S)")
_COMMIT_ID = re.compile(r"(?i)\b(?=[0-9a-f]*[0-9])([0-9a-f]{6})[0-9a-f]{1,34}\b")


def name(text: str) -> str:
    """A person's name as it may stand in a sentence.

    Only letters, their marks, digits, blanks and `.-'’,()` are kept, so nothing in it can be a
    mention, a link, markup or a change of direction. At most 60 characters.
    """
    kept: list[str] = []
    marks = 0
    for letter in unicodedata.normalize("NFC", text[: 8 * MAX_NAME]):
        kind = unicodedata.category(letter)
        if kind.startswith("M"):
            marks += 1
            if kept and marks <= _MAX_MARKS:
                kept.append(letter)
            continue
        marks = 0
        if kind[0] in "LN" or letter in _NAME_PUNCTUATION:
            kept.append(letter)
        elif kind[0] == "Z" or letter in "\t\r\n":
            kept.append(" ")
    words = " ".join("".join(kept).split())
    words = _COMMIT_ID.sub(r"\1", _AUTOLINK.sub(r"\1 ", words))
    return _cut(words, MAX_NAME) or "(a name without letters)"


def code(text: str) -> str:
    """The text as one piece of inline code, backticks around it and none within.

    Control characters, changes of direction and other invisible characters are dropped, line ends
    become blanks. At most 120 characters between the backticks.
    """
    kept: list[str] = []
    for letter in text[: 8 * MAX_CODE]:
        kind = unicodedata.category(letter)
        if letter == "`":
            kept.append("'")
        elif kind[0] == "Z" or letter in "\t\r\n":
            kept.append(" ")
        elif kind[0] != "C":
            kept.append(letter)
    return f"`{_cut(''.join(kept).strip(), MAX_CODE) or '(empty)'}`"


def listed(names: tuple[str, ...], conjunction: str = "and") -> str:
    """Harmless words joined as in a sentence: "A", "A and B", "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
