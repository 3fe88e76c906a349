"""A PEP's header: the block of `Name: value` lines it begins with (PEP 1, "PEP Header Preamble").

Headers are read as they stand, with the lines they stand on, so that a finding can point there.
Nothing here judges a value, and nothing fails: whatever is not a header is told as a problem.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from bot.peps.headers import ORDER, Person, parse_people
from bot.peps.number import PepNumber

__all__ = ["Header", "Person", "Preamble", "PreambleProblem", "parse_people", "parse_preamble"]

LONGEST_PREAMBLE = 1_000
"""Lines after which a header is no header any more; the longest of all PEPs has under 100."""

LONGEST_VALUE = 20_000
"""Characters of a value that are kept; the longest of all PEPs has under 2,000."""

MOST_PROBLEMS = 20
"""More problems than these are not told: such a text has no header."""

_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,63})[ \t]*:")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Header:
    """One header.

    Attributes:
        name: Its name as written.
        value: Its value; continuation lines joined by a line feed, each without blanks around it.
            At most `LONGEST_VALUE` characters.
        line: The 1-based line of its name.
        last_line: The 1-based line its value ends on.
    """

    name: str
    value: str
    line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class PreambleProblem:
    """What cannot be read; the message is a plain sentence that quotes nothing but header names."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Preamble:
    """The header of a PEP.

    Attributes:
        headers: All headers in their order, those given twice included.
        last_line: The 1-based last line of the block; 0 if there is no header at all.
        problems: What could not be read, in order.
    """

    headers: tuple[Header, ...]
    last_line: int
    problems: tuple[PreambleProblem, ...] = ()

    def header(self, name: str) -> Header | None:
        """The first header of this name, in whatever case it is written."""
        wanted = name.casefold()
        return next((head for head in self.headers if head.name.casefold() == wanted), None)

    def value(self, name: str) -> str | None:
        """That header's value with every run of whitespace as one blank; None without it."""
        head = self.header(name)
        return None if head is None else " ".join(head.value.split())

    @property
    def number(self) -> PepNumber | None:
        """The number `PEP` gives, leading zeros allowed; None if it is no plain number."""
        value = self.value("PEP") or ""
        return PepNumber(int(value)) if _NUMBER.fullmatch(value) else None

    @property
    def title(self) -> str | None:
        """What `Title` says."""
        return self.value("Title")

    @property
    def status(self) -> str | None:
        """What `Status` says, valid or not."""
        return self.value("Status")

    @property
    def type(self) -> str | None:
        """What `Type` says, valid or not."""
        return self.value("Type")

    @property
    def topics(self) -> tuple[str, ...]:
        """The entries of `Topic` as written, without empty ones."""
        entries = (self.value("Topic") or "").split(",")
        return tuple(topic for entry in entries if (topic := entry.strip()))

    @property
    def authors(self) -> tuple[Person, ...]:
        """The people `Author` names, placeholders left out."""
        return self._people("Author")

    @property
    def sponsors(self) -> tuple[Person, ...]:
        """The people `Sponsor` names, placeholders left out."""
        return self._people("Sponsor")

    @property
    def delegates(self) -> tuple[Person, ...]:
        """The people `PEP-Delegate`, or formerly `BDFL-Delegate`, names; placeholders left out."""
        return self._people("PEP-Delegate") or self._people("BDFL-Delegate")

    def _people(self, name: str) -> tuple[Person, ...]:
        head = self.header(name)
        return () if head is None else parse_people(head.value)


def parse_preamble(text: str) -> Preamble:
    """Read the header a PEP begins with, up to the first blank line.

    Takes linear time and never raises, whatever the text is. A byte order mark, blank lines before
    the first header, and Windows line ends are tolerated.

    Args:
        text: The whole PEP, or anything else.

    Returns:
        The headers found, and what was in their way.
    """
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
                problems.append(PreambleProblem(number, "This line continues no header."))
            continue
        close(number - 1)
        open_header = None
        found = _NAME.match(line)
        if found is None:
            problems.append(PreambleProblem(number, "This line is no header (`Name: value`)."))
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
        nothing = PreambleProblem(1, "The text does not begin with a PEP header.")
        return Preamble((), 0, (nothing,))
    return Preamble(tuple(headers), last_line, tuple(problems[:MOST_PROBLEMS]))


def _block(text: str) -> Iterator[tuple[int, str]]:
    """The lines up to the first blank one after a line that is not, with their 1-based numbers."""
    begun = False
    for number, line in islice(_lines(text), LONGEST_PREAMBLE):
        if line and not line.isspace():
            begun = True
            yield number, line
        elif begun:
            return


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines as GitHub counts them, cut one by one so that a long body is not touched."""
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
    """The text with this header, in place of the one it has.

    Args:
        text: A PEP whose header can be read.
        name: One of PEP 1's headers.
        value: What stands beside its name.
        continued: Further lines of its value, with their indents.
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
    """The text with a line below its header, a blank one before it and two behind it."""
    start = end = parse_preamble(text).last_line
    lines = text.split("\n")
    while end < len(lines) and not lines[end].strip():
        end += 1
    return _replace_lines(text, start, end, ["", line, "", ""])


def _line_for(preamble: Preamble, name: str) -> int:
    """Behind how many lines a header belongs that is not there: below the last one before it."""
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
