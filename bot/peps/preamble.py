"""Reads a PEP's preamble: its first block of `Name: value` lines (PEP 1, "PEP Header Preamble").

Headers keep the numbers of their lines, so that a finding can point there. Nothing here judges a
value, and nothing raises: a line that is not a header becomes a problem.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from bot.peps.headers import ORDER, Person, parse_people
from bot.peps.number import PepNumber

__all__ = ["Header", "Person", "Preamble", "PreambleProblem", "parse_people", "parse_preamble"]

LONGEST_PREAMBLE = 1_000
"""How many lines of a preamble are read; the longest of all PEPs has under 100."""

LONGEST_VALUE = 20_000
"""How many characters of a value are kept; the longest of all PEPs has under 2,000."""

MOST_PROBLEMS = 20
"""How many problems are reported; a text with more has no header."""

_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63})[ \t]*:")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Header:
    """One header.

    Attributes:
        name: Its name as written.
        value: Its value: continuation lines are stripped and joined by line feeds. At most
            `LONGEST_VALUE` characters.
        line: The 1-based line of its name.
        last_line: The 1-based line on which its value ends.
    """

    name: str
    value: str
    line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class PreambleProblem:
    """A line that cannot be read; the message is a plain sentence that quotes only header names."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Preamble:
    """The header of a PEP.

    Attributes:
        headers: All headers in order, including repeated ones.
        last_line: The 1-based last line of the block; 0 if there is no header at all.
        problems: What could not be read, in order.
    """

    headers: tuple[Header, ...]
    last_line: int
    problems: tuple[PreambleProblem, ...] = ()
    _by_name: Mapping[str, Header] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first_of_each = {head.name.casefold(): head for head in reversed(self.headers)}
        object.__setattr__(self, "_by_name", first_of_each)

    def header(self, name: str) -> Header | None:
        """The first header of this name, in any case."""
        return self._by_name.get(name.casefold())

    def value(self, name: str) -> str | None:
        """That header's value with whitespace collapsed; None if there is no such header."""
        head = self.header(name)
        return None if head is None else " ".join(head.value.split())

    @property
    def number(self) -> PepNumber | None:
        """The number in `PEP`, with or without leading zeros; None if it is not a plain number."""
        value = self.value("PEP") or ""
        return PepNumber(int(value)) if _NUMBER.fullmatch(value) else None

    @property
    def title(self) -> str | None:
        """The value of `Title`."""
        return self.value("Title")

    @property
    def status(self) -> str | None:
        """The value of `Status`, valid or not."""
        return self.value("Status")

    @property
    def type(self) -> str | None:
        """The value of `Type`, valid or not."""
        return self.value("Type")

    @property
    def topics(self) -> tuple[str, ...]:
        """The entries of `Topic` as written, without empty ones."""
        entries = (self.value("Topic") or "").split(",")
        return tuple(topic for entry in entries if (topic := entry.strip()))

    @property
    def python_versions(self) -> tuple[str, ...]:
        """The entries of `Python-Version` as written, without empty ones."""
        entries = (self.value("Python-Version") or "").split(",")
        return tuple(version for entry in entries if (version := entry.strip()))

    @property
    def authors(self) -> tuple[Person, ...]:
        """The people that `Author` names, without placeholders."""
        return self._people("Author")

    @property
    def sponsors(self) -> tuple[Person, ...]:
        """The people that `Sponsor` names, without placeholders."""
        return self._people("Sponsor")

    @property
    def delegates(self) -> tuple[Person, ...]:
        """The people that `PEP-Delegate`, or the older `BDFL-Delegate`, names; no placeholders."""
        return self._people("PEP-Delegate") or self._people("BDFL-Delegate")

    def _people(self, name: str) -> tuple[Person, ...]:
        head = self.header(name)
        return () if head is None else parse_people(head.value)


def parse_preamble(text: str) -> Preamble:
    """Read the preamble that a PEP begins with, up to the first blank line.

    Takes linear time and never raises, whatever the text is. A byte order mark, blank lines before
    the first header, and Windows line ends are tolerated.

    Args:
        text: The whole PEP, or anything else.

    Returns:
        The headers, and the problems found on the way.
    """
    # Rules read the same few texts one after another.
    return (_cached_preamble if len(text) < _LONG else _parse)(text)


_LONG = 200_000
"""A text of at least this many characters is not a sensible PEP, and is not cached."""


def _parse(text: str) -> Preamble:
    headers: list[Header] = []
    problems: list[PreambleProblem] = []
    first_seen: dict[str, int] = {}
    open_header: tuple[str, int, list[str]] | None = None
    last_line = 0

    def close(last: int) -> None:
        if open_header is not None:
            name, line, values = open_header
            value = "\n".join(values).strip()[:LONGEST_VALUE]
            headers.append(Header(name, value, line, last))

    for number, line in _block(text):
        last_line = number
        if line[0] in " \t":
            if open_header is not None:
                open_header[2].append(line.strip())
            elif not problems:
                problems.append(
                    PreambleProblem(
                        number, "This line is indented, but there is no header for it to continue."
                    )
                )
            continue
        close(number - 1)
        open_header = None
        found = _NAME.match(line)
        if found is None:
            problems.append(PreambleProblem(number, "This line is not a header (`Name: value`)."))
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        name = found[1]
        if (before := first_seen.setdefault(name.casefold(), number)) != number:
            message = f"`{name}` is given twice, first on line {before}."
            problems.append(PreambleProblem(number, message))
        open_header = (name, number, [line[found.end() :].strip()])
    close(last_line)
    if not headers:
        nothing = PreambleProblem(1, "The text does not start with a PEP header.")
        return Preamble((), 0, (nothing,))
    return Preamble(tuple(headers), last_line, tuple(problems[:MOST_PROBLEMS]))


_cached_preamble = lru_cache(maxsize=8)(_parse)


def _block(text: str) -> Iterator[tuple[int, str]]:
    """The lines of the preamble with their 1-based numbers; blank lines at the top are skipped."""
    begun = False
    for number, line in islice(_lines(text), LONGEST_PREAMBLE):
        if line and not line.isspace():
            begun = True
            yield number, line
        elif begun:
            return


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines as GitHub counts them, split lazily so that a long body is never read."""
    start = 1 if text.startswith("\ufeff") else 0
    number = 0
    while start <= len(text):
        number += 1
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        yield number, text[start:end].removesuffix("\r")
        start = end + 1


_POSITIONS = {name.casefold(): place for place, name in enumerate(ORDER)}


def with_header(text: str, name: str, value: str, *continued: str) -> str:
    """The text with this header set: replaced if it is there, else inserted.

    Args:
        text: A PEP whose header can be read.
        name: One of PEP 1's headers.
        value: The value on the line of its name.
        continued: Further lines of its value, with their indentation.
    """
    preamble = parse_preamble(text)
    lines = [f"{name}: {value}" if value else f"{name}:", *continued]
    header = preamble.header(name)
    if header is not None:
        return _replace_lines(text, header.line - 1, header.last_line, lines)
    at = _line_for(preamble, name)
    return _replace_lines(text, at, at, lines)


def without_header(text: str, name: str) -> str:
    """The text without this header; unchanged if it has none."""
    header = parse_preamble(text).header(name)
    return text if header is None else _replace_lines(text, header.line - 1, header.last_line, [])


def insert_below_header(text: str, line: str) -> str:
    """The text with a line below its header, one blank line before it and two after it."""
    start = end = parse_preamble(text).last_line
    lines = text.split("\n")
    while end < len(lines) and not lines[end].strip():
        end += 1
    return _replace_lines(text, start, end, ["", line, "", ""])


def _line_for(preamble: Preamble, name: str) -> int:
    """How many lines come before a missing header: it goes below the last one that precedes it."""
    wanted = _POSITIONS[name.casefold()]
    known = [
        (place, head)
        for head in preamble.headers
        if (place := _POSITIONS.get(head.name.casefold())) is not None
    ]
    before = [head.last_line for place, head in known if place < wanted]
    return max(before) if before else min((head.line - 1 for _, head in known), default=0)


def _replace_lines(text: str, start: int, end: int, new: Sequence[str]) -> str:
    """The text with the lines from `start` up to `end`, counted from 0, replaced."""
    lines = text.split("\n")
    ending = "\r" if lines[max(start - 1, 0)].endswith("\r") else ""
    lines[start:end] = [f"{line}{ending}" for line in new]
    return "\n".join(lines)
