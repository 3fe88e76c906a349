"""The text below the headers: sections, what changed in them, and what titles and values say."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.peps.body import Body, read_body
from bot.peps.diff import blocks, lines_of
from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble

_ONE = r"[0-9]{1,4}(?!\.?[0-9])"
_AND = r"\s{0,2}(?:,\s{0,2}(?:and\s|&)?|&|/|\+|and\s)\s{0,2}"
_TITLE = re.compile(
    rf"\s{{0,9}}PEPs?[\s\-–—#]{{0,3}}({_ONE}(?:{_AND}(?:PEPs?[\s-]{{0,2}})?{_ONE})*)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_LONGEST_TITLE = 512
_LONGEST_URL = 2_000

_DISCOURSE = re.compile(r"/t/(?:[^/]{1,300}/)?[0-9]{1,12}(?:/[0-9]{1,9})?/?")
_MAILMAN = (
    re.compile(r"/archives/list/[^/]{3,200}/(?:thread|message)/[A-Za-z0-9]{1,64}/?(?:[^/]*)"),
    re.compile(r"/pipermail/[^/]{1,100}/[0-9]{4}-[A-Z][a-z]{2,8}/[0-9]{1,9}\.html"),
)


def title_numbers(title: str) -> tuple[PepNumber, ...]:
    """The PEPs a pull request's title begins with (python/peps, CONTRIBUTING: `PEP NNN: …`).

    `PEP 791: …`, `PEP-8: …`, `PEP 719, 745: …` and `PEPs 1 & 2: …` name theirs, a forgotten colon
    notwithstanding. A number later in the title is mere talk and not told.

    Args:
        title: A pull request's title; hostile text is read in bounded time.

    Returns:
        The numbers in their order, each once; empty if the title does not begin like that.
    """
    found = _TITLE.match(title[:_LONGEST_TITLE])
    if found is None:
        return ()
    numbers = (PepNumber(int(digits)) for digits in re.findall(r"[0-9]+", found[1]))
    return tuple(dict.fromkeys(numbers))


def thread_url(value: str) -> str | None:
    """The discussion thread a `Discussions-To` value links, None for anything else.

    Threads are on discuss.python.org (`/t/[slug/]ID`) or in the archives on mail.python.org; both
    are https (PEP 1, "Discussing a PEP"). `Pending`, a mailing list's address and other sites are
    none. The link is only told, never fetched.

    Args:
        value: The header's value, a bare link.

    Returns:
        The link as written, without blanks around it.
    """
    url = value.strip()
    if len(url) > _LONGEST_URL or not _is_plain(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or parts.query:
        return None
    if parts.netloc == "discuss.python.org":
        return url if _DISCOURSE.fullmatch(parts.path) else None
    if parts.netloc == "mail.python.org":
        return url if any(form.fullmatch(parts.path) for form in _MAILMAN) else None
    return None


def _is_plain(url: str) -> bool:
    """Whether it is safe to repeat the link in Markdown: printable ASCII without delimiters."""
    return url.isascii() and url.isprintable() and not set(url) & set(" <>\"'`()[]\\|^{}")


_COMMON: Final = {"Motivation": ("motivation",), "Rationale": ("rationale", "motivation")}
_STANDARDS: Final = {
    **_COMMON,
    "Specification": ("specification", "proposal", "design"),
    "Backwards Compatibility": ("compatib",),
    "Security Implications": ("security",),
    "How to Teach This": ("teach",),
    "Reference Implementation": ("implementation",),
    "Rejected Ideas": ("reject", "alternative"),
}

_LONGEST_TITLE_SUGGESTED = 200


def missing_suggested_sections(body: Body, kind: str | None) -> tuple[str, ...]:
    """The suggested sections that a PEP does without, in the order of PEP 12's template.

    Args:
        body: What stands below its header.
        kind: Its `Type`. Only Standards Track PEPs are measured by all of them.
    """
    titles = " ".join(
        section.title[:_LONGEST_TITLE_SUGGESTED].casefold() for section in body.sections
    )
    suggested = _STANDARDS if kind == "Standards Track" else _COMMON
    return tuple(
        name for name, words in suggested.items() if not any(word in titles for word in words)
    )


HEADER = ""
"""Stands for what is above the first section where a section's title would stand."""


class SectionStatus(StrEnum):
    """What became of a section."""

    CHANGED = "changed"
    NEW = "new"
    REMOVED = "gone"


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that is not what it was.

    Attributes:
        title: Its title as the PEP has it; `HEADER` for what stands above the first section.
        added: How many lines came, blank ones left out.
        removed: How many went.
        status: Whether it is new, gone, or was there before.
    """

    title: str
    added: int
    removed: int
    status: SectionStatus = SectionStatus.CHANGED


def changed_sections(before: str, after: str) -> tuple[SectionChange, ...]:
    """The sections that changed, in the order of the text after, those that are gone at the end.

    A section that only moved did not change; nor did one in which only blank lines did.

    Args:
        before: A PEP's text.
        after: A later text of it.
    """
    old, new = _sections(before), _sections(after)
    known = {section.key: section for section in old}
    new_keys = {section.key for section in new}
    changes = [_change(known.get(section.key), section) for section in new]
    changes += [_change(section, None) for section in old if section.key not in new_keys]
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
    found.append(_Section(HEADER, (HEADER, 0), _without_blank_lines(above)))
    for section, end in zip(starts, ends, strict=False):
        name = " ".join(section.title.casefold().split())
        # Rules and title are the heading's; only what stands below them is compared.
        below = lines[section.last_line : end]
        found.append(
            _Section(section.title, (name or " ", seen[name]), _without_blank_lines(below))
        )
        seen[name] += 1
    return found


def _without_blank_lines(lines: Sequence[str]) -> list[str]:
    return [line.rstrip() for line in lines if line.strip()]


def _change(before: _Section | None, after: _Section | None) -> SectionChange | None:
    if after is None:
        return (
            None
            if before is None
            else SectionChange(before.title, 0, len(before.lines), SectionStatus.REMOVED)
        )
    if before is None:
        return SectionChange(after.title, len(after.lines), 0, SectionStatus.NEW)
    different = blocks(before.lines, after.lines)
    if not different:
        return None
    return SectionChange(
        after.title,
        added=sum(block.new_end - block.new_start for block in different),
        removed=sum(block.old_end - block.old_start for block in different),
    )


_SHORTEST_LINE = 3
_LONGEST_TITLE_SPECIFICATION = 200
_UNDERLINES = frozenset("=-~^\"'`#*+.:_")


def specification_headings(lines: Sequence[str]) -> tuple[str, ...]:
    """The titles of Specification and of every section in it, in their order.

    Headings are told by their underline alone, so a table's rim or a transition is none. Empty if
    there is no section of that name.
    """
    found: list[str] = []
    levels = ""
    top = -1
    for title, underline in _headings(lines):
        if underline not in levels:
            levels += underline
        level = levels.index(underline)
        if found and level <= top:
            break
        if found or title.casefold() == "specification":
            if not found:
                top = level
            found.append(title)
    return tuple(found)


def _headings(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each title with the character it is underlined with."""
    for number in range(1, len(lines)):
        line, title = lines[number].rstrip(), lines[number - 1].rstrip()
        if not title or title[0] in " \t" or not line or line[0] not in _UNDERLINES:
            continue
        if not _SHORTEST_LINE <= len(title) <= _LONGEST_TITLE_SPECIFICATION or len(line) < len(
            title
        ):
            continue
        if (
            len(line) <= _LONGEST_TITLE_SPECIFICATION
            and line == line[0] * len(line)
            and title[0] != line[0]
        ):
            yield title, line[0]
