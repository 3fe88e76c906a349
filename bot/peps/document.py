"""Sections of a PEP that changed or are missing, PEPs that a title names, and thread links."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from bot.peps.body import PepBody, read_body
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
    """The PEPs that a pull request's title begins with (python/peps, CONTRIBUTING: `PEP NNN: …`).

    `PEP 791: …`, `PEP-8: …`, `PEP 719, 745: …` and `PEPs 1 & 2: …` are all understood, even without
    the colon. A number later in the title does not count.

    Args:
        title: A pull request's title; hostile text is read in bounded time.

    Returns:
        The numbers in order, each once; empty if the title does not begin like that.
    """
    found = _TITLE.match(title[:_LONGEST_TITLE])
    if found is None:
        return ()
    numbers = (PepNumber(int(digits)) for digits in re.findall(r"[0-9]+", found[1]))
    return tuple(dict.fromkeys(numbers))


def thread_url(value: str) -> str | None:
    """The discussion thread that a `Discussions-To` value links to; None for anything else.

    Threads are on discuss.python.org (`/t/[slug/]ID`) or in the archives on mail.python.org; both
    are https (PEP 1, "Discussing a PEP"). `Pending`, a mailing list's address and other sites are
    not threads. The link is only shown, never fetched.

    Args:
        value: The header's value, a bare link.

    Returns:
        The link as written, without spaces around it.
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
    """Whether the link is safe to show in Markdown: printable ASCII without delimiters."""
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


def missing_suggested_sections(body: PepBody, kind: str | None) -> tuple[str, ...]:
    """The suggested sections that a PEP lacks, in the order of PEP 12's template.

    Args:
        body: The text below its header.
        kind: Its `Type`. Only a Standards Track PEP is expected to have all of them.
    """
    titles = " ".join(
        section.title[:_LONGEST_TITLE_SUGGESTED].casefold() for section in body.sections
    )
    suggested = _STANDARDS if kind == "Standards Track" else _COMMON
    return tuple(
        name for name, words in suggested.items() if not any(word in titles for word in words)
    )


HEADER = ""
"""Used instead of a section's title for the text above the first section."""


class SectionStatus(StrEnum):
    """What happened to a section."""

    CHANGED = "changed"
    NEW = "new"
    REMOVED = "gone"


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section that changed.

    Attributes:
        title: Its title as the PEP has it; `HEADER` for the text above the first section.
        added: How many lines were added, not counting blank ones.
        removed: How many lines were removed, not counting blank ones.
        status: Whether it was added, removed, or changed.
    """

    title: str
    added: int
    removed: int
    status: SectionStatus = SectionStatus.CHANGED


def changed_sections(before: str, after: str) -> tuple[SectionChange, ...]:
    """The sections that changed, in the order of the later text, removed ones last.

    A section that only moved, or in which only blank lines differ, did not change.

    Args:
        before: A PEP's text.
        after: A later version of it.
    """
    old, new = _sections(before), _sections(after)
    known = {section.key: section for section in old}
    new_keys = {section.key for section in new}
    changes = [_change(known.get(section.key), section) for section in new]
    changes += [_change(section, None) for section in old if section.key not in new_keys]
    return tuple(change for change in changes if change is not None)


@dataclass(frozen=True, slots=True)
class _Section:
    """A section's title, a key that tells it from others of that title, and its non-blank lines."""

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
        # Only the text below the heading is compared.
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


_CHANGE_HISTORIES = frozenset(
    {
        "amendments",
        "change history",
        "change log",
        "changelog",
        "changes",
        "history",
        "history of amendments",
        "history of this pep",
        "post-acceptance changes",
        "revision history",
        "specification changes during implementation",
        "update history",
        "version history",
    }
)
"""Titles under which PEPs list how they changed; PEP 12's template has the second."""


def is_change_history(title: str) -> bool:
    """Whether a section of this title lists how the PEP changed."""
    return " ".join(title.casefold().split()) in _CHANGE_HISTORIES


def is_specification(title: str) -> bool:
    """Whether a section of this title specifies what the PEP proposes."""
    return "specification" in title[:_LONGEST_TITLE_SPECIFICATION].casefold()


_SHORTEST_LINE = 3
_LONGEST_TITLE_SPECIFICATION = 200
_UNDERLINES = frozenset("=-~^\"'`#*+.:_")


def specification_headings(lines: Sequence[str]) -> tuple[str, ...]:
    """The titles of Specification and of every section in it, in order.

    A heading is recognised by its underline, so a table's border or a transition is not one. Empty
    if there is no section of that name.
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
    """Each title, with the character that underlines it."""
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
