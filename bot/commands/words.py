"""The words of a command line, each with its place, so that a mistake can be pointed at."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(
    r"""
    (?P<sign>[+-]?)                              # a label's sign stands outside its quotes
    (?:"(?P<double>[^"]*)"?|“(?P<curly>[^”]*)”?|'(?P<single>[^']*)'(?=[\s,;.!]|$))
    | (?P<comma>[,;])
    | (?P<plain>[^\s,;]+)
    """,
    re.VERBOSE,
)
_AFTER = ".!?:,;"
_AROUND = "`*_"
_POLITE = frozenset({"please", "pls", "plz", "kindly", "thanks", "thx", "ty"})


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line.

    Attributes:
        text: What it says, without quotes, trailing punctuation and Markdown around it.
        start: The 0-based column of its first character.
        end: The column behind its last one.
        quoted: Whether it stood in quotes, so that it means itself.
    """

    text: str
    start: int
    end: int
    quoted: bool = False

    @property
    def folded(self) -> str:
        """The word as it is compared with words of the grammar; a quoted one is none of them."""
        return "" if self.quoted else self.text.casefold()


def words_of(text: str, start: int = 0) -> tuple[Word, ...]:
    """The words from a column on; commas only separate, politeness at either end is passed over."""
    found = [word for match in _WORD.finditer(text, start) if (word := _word(match)) is not None]
    while found and found[0].folded in _POLITE:
        del found[0]
    while found and (many := _polite_at_end(found)):
        del found[-many:]
    return tuple(found)


def _word(match: re.Match[str]) -> Word | None:
    if match["comma"]:
        return None
    plain = match["plain"]
    if plain is None:
        said = next(
            match[name] for name in ("double", "curly", "single") if match[name] is not None
        )
        return Word(match["sign"] + said.strip(), match.start(), match.end(), quoted=True)
    kept = plain.rstrip(_AFTER).strip(_AROUND).rstrip(_AFTER)
    if not kept:
        return None
    return Word(kept, match.start(), match.end())


def _polite_at_end(words: Sequence[Word]) -> int:
    """How many words at the end are mere politeness; of `thank you` either alone may be more."""
    if words[-1].folded in _POLITE:
        return 1
    return 2 if [word.folded for word in words[-2:]] == ["thank", "you"] else 0
