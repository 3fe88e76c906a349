"""The names of PEP headers, and the people that header values name."""

import re
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from bot.peps.number import is_placeholder_word

ORDER = (
    "PEP",
    "Title",
    "Author",
    "Sponsor",
    "PEP-Delegate",
    "BDFL-Delegate",
    "Discussions-To",
    "Status",
    "Type",
    "Topic",
    "Requires",
    "Created",
    "Python-Version",
    "Post-History",
    "Replaces",
    "Superseded-By",
    "Resolution",
)
"""Every header that PEP 1 knows; `BDFL-Delegate` is the name of `PEP-Delegate` until 2018."""

REQUIRED = ("PEP", "Title", "Author", "Status", "Type", "Created")
"""The headers that every PEP must have from the start."""

REMOVED = {
    "version": date(2025, 2, 1),
    "last-modified": date(2025, 2, 1),
    "content-type": date(2025, 2, 1),
}
"""Headers that python/peps removed from every PEP, in lower case, each with the date from which it
was no longer used (python/peps 3b5f6f446)."""

_LONGEST = 64
_BY_LOWER = {name.lower(): name for name in ORDER}


def nearest_header(name: str) -> str | None:
    """The header that a misspelt name means; None if the name is right, or resembles no header."""
    word = name.strip()[:_LONGEST].lower()
    if word in _BY_LOWER:
        return None if _BY_LOWER[word] == name else _BY_LOWER[word]
    if word in REMOVED:
        return None
    close = get_close_matches(word, _BY_LOWER, n=1, cutoff=0.75)
    return _BY_LOWER[close[0]] if close else None


_PLACEHOLDERS = frozenset({"pending", "none", "n/a", "-", "to be determined", "to be decided"})
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?\s*(?:<|$)", re.IGNORECASE)

MOST_PEOPLE = 100
"""How many people of a value are read; no PEP names a fifth as many."""

LONGEST_VALUE = 20_000
"""How many characters of a value are read; the longest of all PEPs has under 2,000."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a header names them.

    Attributes:
        name: The name, never an e-mail address.
        email: The address as written, `a@b` or `a at b`; None if there is none. Never show it.
    """

    name: str
    email: str | None = None


def parse_people(value: str) -> tuple[Person, ...]:
    """Read the people that a header names (PEP 1: `Name <address>` or `Name`, separated by commas).

    Line ends may separate entries too. `, Jr.` belongs to the name before it, an address alone on
    its line to the name above, and a trailing comma is ignored. Placeholders such as TBD and
    entries without a name are left out.

    Args:
        value: A header's value; its first `LONGEST_VALUE` characters and `MOST_PEOPLE` entries
            are read.

    Returns:
        The people in order.
    """
    return (_cached_people if len(value) < _LONG else _people)(value)


_LONG = 1_000
"""A value of at least this many characters is not a sensible one, and is not cached."""


def _people(value: str) -> tuple[Person, ...]:
    people = (_person(entry) for entry in _entries(value[:LONGEST_VALUE])[:MOST_PEOPLE])
    return tuple(person for person in people if person.name and not _is_placeholder(person.name))


_cached_people = lru_cache(maxsize=512)(_people)  # every rule on people reads the same headers


def _entries(value: str) -> list[str]:
    entries: list[str] = []
    for line in value.split("\n"):
        for piece in map(str.strip, line.split(",")):
            if not piece:
                continue
            if entries and _SUFFIX.match(piece):
                entries[-1] += f", {piece}"
            elif entries and piece.startswith("<") and "<" not in entries[-1]:
                entries[-1] += f" {piece}"
            else:
                entries.append(piece)
    return entries


def _person(entry: str) -> Person:
    before, _, rest = entry.partition("<")
    inside, _, after = rest.partition(">")
    # Before PEP 1 settled on `Name <address>`, `address (Name)` was also used.
    address, opened, named = before.partition("(")
    if opened and "@" in address:
        before = f"{named.partition(')')[0]} {address}"
    words: list[str] = []
    email = " ".join(inside.split()) or None
    for word in f"{before} {after}".split():
        if "@" in word:
            email = email or word.strip("<>()")
        elif word := word.replace("<", "").replace(">", ""):
            words.append(word)
    at = next((place for place, word in enumerate(words) if word.casefold() == "at"), 0)
    if at and at + 1 < len(words) and "." in words[at + 1]:
        email = email or " ".join(words[at - 1 : at + 2])
        del words[at - 1 : at + 2]
    return Person(" ".join(words), email)


def _is_placeholder(name: str) -> bool:
    word = name.strip("[](){}.?! ").casefold()
    return not word or word in _PLACEHOLDERS or is_placeholder_word(word)
