"""What changed between two versions of a PEP, section by section, as numbers of lines.

Sections are those of the first level; what stands before the first is the header's. A section is
the same one if its title is, so one that was renamed is gone and new.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.peps.body import read_body
from bot.peps.line_diff import blocks, lines_of
from bot.peps.preamble import parse_preamble

HEADER = ""
"""Stands for what is above the first section where a section's title would stand."""


class Fate(StrEnum):
    """What became of a section."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that is not what it was.

    Attributes:
        title: Its title as the PEP has it; `HEADER` for what stands above the first section.
        added: How many lines came, blank ones left out.
        removed: How many went.
        fate: Whether it is new, gone, or was there before.
    """

    title: str
    added: int
    removed: int
    fate: Fate = Fate.CHANGED


def changed_sections(before: str, after: str) -> tuple[SectionChange, ...]:
    """The sections that changed, in the order of the text after, those that are gone at the end.

    A section that only moved did not change; nor did one in which only blank lines did.

    Args:
        before: A PEP's text.
        after: A later text of it.
    """
    old, new = _sections(before), _sections(after)
    known = {section.key: section for section in old}
    kept = {section.key for section in new}
    changes = [_change(known.get(section.key), section) for section in new]
    changes += [_change(section, None) for section in old if section.key not in kept]
    return tuple(change for change in changes if change is not None)


@dataclass(frozen=True, slots=True)
class _Section:
    """A section's title, which of that title it is, and its lines without the blank ones."""

    title: str
    key: tuple[str, int]
    lines: list[str]


def _sections(text: str) -> Sequence[_Section]:
    lines = lines_of(text)
    header = parse_preamble(text).last_line
    body = read_body([line.rstrip("\r\n") for line in lines], header)
    found: list[_Section] = []
    seen: Counter[str] = Counter()
    starts = [section for section in body.sections if section.level == 1]
    ends = [*(section.first_line - 1 for section in starts[1:]), len(lines)]
    above = lines[: starts[0].first_line - 1] if starts else lines
    found.append(_Section(HEADER, (HEADER, 0), _worded(above)))
    for section, end in zip(starts, ends, strict=False):
        name = " ".join(section.title.casefold().split())
        # Rules and title are the heading's; only what stands below them is compared.
        below = lines[section.last_line : end]
        found.append(_Section(section.title, (name or " ", seen[name]), _worded(below)))
        seen[name] += 1
    return found


def _worded(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


def _change(before: _Section | None, after: _Section | None) -> SectionChange | None:
    if after is None:
        return (
            None if before is None else SectionChange(before.title, 0, len(before.lines), Fate.GONE)
        )
    if before is None:
        return SectionChange(after.title, len(after.lines), 0, Fate.NEW)
    different = blocks(before.lines, after.lines)
    if not different:
        return None
    return SectionChange(
        after.title,
        added=sum(block.new_end - block.new_start for block in different),
        removed=sum(block.old_end - block.old_start for block in different),
    )
