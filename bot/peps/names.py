"""Finds the person that a header's name means, among the people the bot knows.

Headers have names, not accounts, and people write their name in more than one way. Two names match
only if they are spelled alike, if the policy has an alias, or if exactly one person has that first
and last name. For the names on PEPs of 2022 to 2026, every match found this way was right.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Generic, Protocol, TypeVar

LONGEST_NAME = 120
"""How many characters of a name are read. Nobody's name is longer, and Unicode's canonical ordering
of combining characters takes quadratic time."""

# Letters that no Unicode decomposition turns into ASCII.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
        "ŋ": "n",
        "ĸ": "k",
    }
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_APOSTROPHES = frozenset("'’‘`´ʼ＇")


class Named(Protocol):
    """Anybody with a name, such as a core team member or a Typing Council member."""

    @property
    def name(self) -> str:
        """The name as the list spells it."""


Member = TypeVar("Member", bound=Named)


class MatchKind(StrEnum):
    """How a name was matched, or why it was not."""

    EXACT = "exact"
    """The same letters, apart from case, accents and punctuation."""
    ALIAS = "alias"
    """The policy says that both names are the same person's."""
    PROBABLE = "probable"
    """The same first and last name as exactly one person; middle names differ."""
    UNCLEAR = "unclear"
    """The name may mean several people."""
    NONE = "none"
    """Nobody has that name."""


@dataclass(frozen=True, slots=True)
class NameMatch(Generic[Member]):
    """The person that a name means.

    Attributes:
        kind: How the name was matched.
        member: The person, if exactly one matches.
        candidates: For an unclear name, everybody it may mean, in the order given; else empty.
    """

    kind: MatchKind
    member: Member | None = None
    candidates: tuple[Member, ...] = ()


def fold_name(name: str) -> str:
    """A name in the form in which names are compared: lower-case ASCII-like words.

    Case, accents, width, punctuation and the spacing of initials do not count: `Éric  V. Łaska`
    and `eric v laska` fold alike, and so do `C. A. M. Gerlach` and `CAM Gerlach`. Letters without
    a Latin base are kept. Only the first `LONGEST_NAME` characters are read.
    """
    return _cached_fold_name(name) if len(name) < _LONG else _fold(name)


class NameIndex(Generic[Member]):
    """People by their names in the forms in which names are compared.

    Whoever keeps a long list keeps its index: many names are looked up in it.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        self._by_name: dict[str, list[tuple[int, Member]]] = {}
        self._by_first_and_last: dict[tuple[str, str], list[tuple[int, Member]]] = {}
        for place, member in enumerate(members):
            if len(member.name) > LONGEST_NAME:
                continue
            self._by_name.setdefault(fold_name(member.name), []).append((place, member))
            if (both := _first_and_last(member.name)) is not None:
                self._by_first_and_last.setdefault(both, []).append((place, member))

    def named(self, *folded: str) -> Iterator[Member]:
        """Everybody with one of these names, as `fold_name` writes them, in the order given."""
        found = [pair for name in folded for pair in self._by_name.get(name, ())]
        return (member for _, member in sorted(found, key=itemgetter(0)))

    def with_first_and_last(self, both: tuple[str, str]) -> Iterator[Member]:
        """Everybody with this first and last name, in the order given."""
        return (member for _, member in self._by_first_and_last.get(both, ()))


def match_name(
    name: str,
    members: Iterable[Member] | NameIndex[Member],
    aliases: Mapping[str, str],
    counts: Callable[[Member], bool] = lambda _: True,
) -> NameMatch[Member]:
    """Find the person that a header's name means.

    Args:
        name: The name as the header writes it.
        members: The people it may mean.
        aliases: Other names of people, mapped to the name that their list has.
        counts: Which of the people it may mean, such as those in office on a day.

    Returns:
        The best match: by the same name, then by an alias, then by the same first and last name,
        ignoring middle names on either side. A name of one word matches only as a whole.
    """
    if len(name) > LONGEST_NAME:
        return NameMatch(MatchKind.NONE)
    folded = fold_name(name)
    if not folded:
        return NameMatch(MatchKind.NONE)
    index = members if isinstance(members, NameIndex) else NameIndex(members)
    if found := tuple(filter(counts, index.named(folded))):
        return _match_of(MatchKind.EXACT, found)
    canonical_names = _canonical_names(tuple(aliases.items()))
    canonical = canonical_names.get(folded, folded)
    spellings = {other for other, known in canonical_names.items() if known == canonical}
    if canonical not in canonical_names:
        spellings.add(canonical)
    if found := tuple(filter(counts, index.named(*spellings))):
        return _match_of(MatchKind.ALIAS, found)
    first_and_last = _first_and_last(name)
    if first_and_last is not None and (
        found := tuple(filter(counts, index.with_first_and_last(first_and_last)))
    ):
        return _match_of(MatchKind.PROBABLE, found)
    return NameMatch(MatchKind.NONE)


@lru_cache(maxsize=16)
def _canonical_names(aliases: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Each alias and the name it stands for, in the form in which names are compared."""
    return {fold_name(other): fold_name(name) for other, name in aliases}


def _match_of(kind: MatchKind, found: tuple[Member, ...]) -> NameMatch[Member]:
    """The match if it is one person; one person in two offices is still one person."""
    if len({(member.name, getattr(member, "login", None)) for member in found}) == 1:
        return NameMatch(kind, found[0])
    return NameMatch(MatchKind.UNCLEAR, candidates=found)


_LONG = 200
"""A name of at least this many characters is not a real one, and is not cached."""


def _fold(name: str) -> str:
    return " ".join(_joined_initials(_words(name.replace("-", " "))))


_cached_fold_name = lru_cache(maxsize=2048)(_fold)


def _first_and_last(name: str) -> tuple[str, str] | None:
    """First and last name; a hyphenated name is one name, and an initial is not a first name."""
    return _cached_first_and_last(name) if len(name) < _LONG else _split(name)


@lru_cache(maxsize=2048)
def _cached_first_and_last(name: str) -> tuple[str, str] | None:
    return _split(name)


def _split(name: str) -> tuple[str, str] | None:
    words = _joined_initials([word.replace("-", "") for word in _words(name)])
    while len(words) > 2 and words[-1] in _SUFFIXES:
        words.pop()
    if len(words) < 2 or len(words[0]) < 2:
        return None
    return words[0], words[-1]


_NOT_IN_WORD = re.compile(r"[^\w\s-]|_")


def _words(name: str) -> list[str]:
    """The words of a name, folded letter by letter; hyphens are kept."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name[:LONGEST_NAME])
        if not unicodedata.combining(letter) and letter not in _APOSTROPHES
    )
    plain = plain.casefold().translate(_LETTERS)
    words = _NOT_IN_WORD.sub(" ", plain).split()
    return [word for word in (word.strip("-") for word in words) if word]


def _joined_initials(words: list[str]) -> list[str]:
    """Turn `c a m gerlach` into `cam gerlach`: initials are written with or without spaces."""
    joined: list[str] = []
    run = ""
    for word in words:
        if len(word) == 1:
            run += word
            continue
        if run:
            joined.append(run)
            run = ""
        joined.append(word)
    if run:
        joined.append(run)
    return joined
