"""A PEP's text with one header set or taken out; every other line stays as it is.

A header that is new stands where PEP 1 lists it. Lines end as those beside them do.
"""

from collections.abc import Sequence

from bot.peps.header_names import ORDER
from bot.peps.preamble import Preamble, parse_preamble

_PLACES = {name.casefold(): place for place, name in enumerate(ORDER)}


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
        return _spliced(text, header.line - 1, header.last_line, lines)
    at = _line_for(preamble, name)
    return _spliced(text, at, at, lines)


def without_header(text: str, name: str) -> str:
    """The text without this header; unchanged if it has none."""
    header = parse_preamble(text).header(name)
    return text if header is None else _spliced(text, header.line - 1, header.last_line, [])


def below_header(text: str, line: str) -> str:
    """The text with a line below its header, a blank one before it and two behind it."""
    start = end = parse_preamble(text).last_line
    lines = text.split("\n")
    while end < len(lines) and not lines[end].strip():
        end += 1
    return _spliced(text, start, end, ["", line, "", ""])


def _line_for(preamble: Preamble, name: str) -> int:
    """Behind how many lines a header belongs that is not there: below the last one before it."""
    wanted = _PLACES[name.casefold()]
    known = [
        (place, head)
        for head in preamble.headers
        if (place := _PLACES.get(head.name.casefold())) is not None
    ]
    before = [head.last_line for place, head in known if place < wanted]
    return max(before) if before else min((head.line - 1 for _, head in known), default=0)


def _spliced(text: str, start: int, end: int, new: Sequence[str]) -> str:
    """The text with the lines from `start` up to `end`, counted from 0, replaced."""
    lines = text.split("\n")
    ending = "\r" if lines[max(start - 1, 0)].endswith("\r") else ""
    lines[start:end] = [f"{line}{ending}" for line in new]
    return "\n".join(lines)
