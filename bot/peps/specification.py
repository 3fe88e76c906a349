"""The headings below a PEP's Specification: what may not change unnoticed once it is decided."""

from collections.abc import Iterator, Sequence

_SHORTEST_LINE = 3
_LONGEST_TITLE = 200
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
        if not _SHORTEST_LINE <= len(title) <= _LONGEST_TITLE or len(line) < len(title):
            continue
        if len(line) <= _LONGEST_TITLE and line == line[0] * len(line) and title[0] != line[0]:
            yield title, line[0]
