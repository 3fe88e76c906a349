"""Reads CODEOWNERS: its lines, how its patterns match, and who owns a path."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import TypeVar

from cachetools import LRUCache, cached

from bot.peps.number import PepNumber
from bot.peps.owners_line import OwnersLine, format_line, owners_as_logins, parse_line

CODEOWNERS_PATHS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where CODEOWNERS may be, in the order in which GitHub looks for it ("About code owners")."""


__all__ = [
    "CodeOwners",
    "LinePosition",
    "OwnersLine",
    "format_line",
    "owners_as_logins",
    "parse_codeowners",
]

_NUMBER = re.compile(r"peps/pep-([0-9]{4})")


@dataclass(frozen=True, slots=True)
class LinePosition:
    """Where a line belongs.

    Attributes:
        after_line: The 1-based line it follows; 0 for the top of the file.
        description: The same in words, to follow "add it", such as "after the entry for PEP 777".
    """

    after_line: int
    description: str


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """A whole CODEOWNERS file."""

    lines: tuple[OwnersLine, ...]
    # An untrusted file may have a hundred thousand lines, searched for each of many PEPs.
    _by_path: Mapping[str | None, OwnersLine] = field(init=False, repr=False, compare=False)
    _of_peps: tuple[tuple[PepNumber, OwnersLine], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        lines_with_path = [line for line in self.lines if line.pattern or line.commented_path]
        by_path = {line.path: line for line in lines_with_path if line.pattern}
        of_peps = tuple([(line.pep, line) for line in lines_with_path if line.pep is not None])
        object.__setattr__(self, "_by_path", by_path)
        object.__setattr__(self, "_of_peps", of_peps)

    @property
    def errors(self) -> tuple[OwnersLine, ...]:
        """The lines that GitHub ignores because of their syntax.

        The text cannot show whether an owner exists and has write access; GitHub's "List CODEOWNERS
        errors" can.
        """
        return tuple(line for line in self.lines if line.error is not None)

    def owners_of(self, path: str) -> OwnersLine | None:
        """The line that decides who owns a file: the last valid match; None if nothing matches.

        It may have no owners, and then GitHub asks nobody to review.
        """
        found = _NUMBER.match(path)
        own = int(found[1]) if found else None
        return next(
            (
                line
                for line in reversed(self.lines)
                # Nearly all lines are about other PEPs, and need no closer look.
                if (line.pep is None or line.pep == own)
                and line.pattern is not None
                and line.error is None
                and matches(line.pattern, path)
            ),
            None,
        )

    def line_for(self, path: str) -> OwnersLine | None:
        """The last line whose pattern is exactly this path, with or without a leading slash."""
        return self._by_path.get(path)

    def commented_line_for(self, path: str) -> OwnersLine | None:
        """The last comment that begins with this path (`# peps/pep-0666.rst`)."""
        return next(
            (line for line in reversed(self.lines) if line.commented_path == path),
            None,
        )

    def position_for(self, number: PepNumber) -> LinePosition:
        """Where the line of a PEP belongs, to keep the lines of PEPs in number order.

        Its own line, if it already has one, is ignored.
        """
        others = [(pep, line) for pep, line in self._of_peps if pep != number]
        lower = [(pep, line.number) for pep, line in others if pep < number]
        if lower:
            pep, after = max(lower)
            return LinePosition(after, f"after the entry for PEP {pep}")
        if others:
            pep, line = others[0]
            return LinePosition(line.number - 1, f"before the entry for PEP {pep}")
        last = max((line.number for line in self.lines if line.text.strip()), default=0)
        return LinePosition(last, "at the end")

    def is_in_place(self, line: OwnersLine) -> bool:
        """Whether the nearest PEP lines above and below agree with its place in number order.

        If those are out of order themselves, the place that `position_for` gives is right too.
        True for a line that is not about a PEP.
        """
        if line.pep is None:
            return True
        above = [(pep, other.number) for pep, other in self._of_peps if other.number < line.number]
        below = next((pep for pep, other in self._of_peps if other.number > line.number), None)
        if (not above or above[-1][0] <= line.pep) and (below is None or line.pep <= below):
            return True
        return bool(above) and self.position_for(line.pep).after_line == above[-1][1]

    def fallback_teams(self) -> tuple[str, ...]:
        """The teams on the last `*` line, as `organisation/team`: they own all other files."""
        fallback = self.line_for("*")
        if fallback is None or fallback.error is not None:
            return ()
        return tuple(owner.removeprefix("@") for owner in fallback.owners if "/" in owner)


# An untrusted file may have two million lines, each an object: only one such file is kept.
@cached(
    LRUCache(2_100_000, getsizeof=lambda owners: max(100_000, len(owners.lines))),
    lock=Lock(),
)
def parse_codeowners(text: str) -> CodeOwners:
    """Read a CODEOWNERS file line by line; never raises.

    Joining the lines' texts with line feeds gives the file back, byte for byte. The last few files
    are cached: every review needs the base's again, and the pull request's several times.
    """
    lines = text.split("\n")
    # A pull request changes few lines of many.
    read = _cached_line if max(map(len, lines)) < _LONG else parse_line
    return CodeOwners(tuple(map(read, range(1, len(lines) + 1), lines)))


_LONG = 1_000
"""A line or pattern of at least this many characters is not a sensible one, and is not cached."""


_cached_line = lru_cache(maxsize=2048)(parse_line)


Item = TypeVar("Item")


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches a file.

    Args:
        pattern: The pattern as written, with spaces escaped by a backslash.
        path: The file's path relative to the repository, with `/`.

    Returns:
        True if the pattern names the file itself, or a folder it is in.
    """
    if not _WILDCARDS.search(pattern) and "/" in pattern.rstrip("/"):
        # As nearly all lines for PEPs. It is the file itself, or a folder.
        place = pattern.removeprefix("/")
        return path.startswith(f"{place.rstrip('/')}/") or path == place
    segments = _segments(pattern)
    return bool(segments) and _matches_wildcard(
        segments, path.split("/"), _is_any_depth, _segment_matches
    )


_WILDCARDS = re.compile(r"[*?\\]|//")


def _segments(pattern: str) -> tuple[str, ...]:
    """The pattern as segments that must match a whole path; `**` matches any number of segments."""
    return _cached_segments(pattern) if len(pattern) < _LONG else _split(pattern)


@lru_cache(maxsize=1024)
def _cached_segments(pattern: str) -> tuple[str, ...]:
    return _split(pattern)


def _split(pattern: str) -> tuple[str, ...]:
    body = pattern.removeprefix("/")
    folder = body.endswith("/")
    body = body.rstrip("/")
    if not body:
        return ()
    segments = body.split("/")
    # A pattern with a slash at its beginning or in its middle is relative to the root.
    if len(segments) == 1 and not pattern.startswith("/"):
        segments.insert(0, "**")
    last = segments[-1]
    if last == "**":
        # Everything below; with a slash after it, every folder below.
        segments.append("*")
    if folder:
        # A pattern that ends in a slash is a folder: it gives owners only to what is inside.
        segments += ["*", "**"]
    elif last not in ("*", "**") or segments == ["**", "*"]:
        segments.append("**")
    return tuple(segments)


def _is_any_depth(segment: str) -> bool:
    return segment == "**"


def _segment_matches(segment: str, name: str) -> bool:
    if "*" not in segment and "?" not in segment and "\\" not in segment:
        return segment == name
    return _matches_wildcard(_characters(segment), name, _is_star, _character_matches)


def _characters(segment: str) -> tuple[str, ...]:
    """The segment's characters; an escaped one keeps its backslash and matches only itself."""
    characters: list[str] = []
    escaped = False
    for character in segment:
        if escaped:
            characters.append("\\" + character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif not (character == "*" and characters and characters[-1] == "*"):
            characters.append(character)
    return tuple(characters)


def _is_star(character: str) -> bool:
    return character == "*"


def _character_matches(expected: str, character: str) -> bool:
    return expected == "?" or expected.removeprefix("\\") == character


def _matches_wildcard(
    pattern: Sequence[Item],
    parts: Sequence[str],
    is_star: Callable[[Item], bool],
    matches_one: Callable[[Item, str], bool],
) -> bool:
    """Whether all of `parts` match; a star matches any number of parts, or none.

    Backtracking to the last star is enough: whatever an earlier star could match, the last can too.
    """
    star = -1
    star_end = position = at = 0
    while position < len(parts):
        if at < len(pattern) and is_star(pattern[at]):
            star, star_end = at, position
            at += 1
        elif at < len(pattern) and matches_one(pattern[at], parts[position]):
            at += 1
            position += 1
        elif star >= 0:
            star_end += 1
            position = star_end
            at = star + 1
        else:
            return False
    return all(is_star(rest) for rest in pattern[at:])
