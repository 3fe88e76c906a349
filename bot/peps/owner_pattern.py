"""Which paths a CODEOWNERS pattern matches, by GitHub's rules ("About code owners").

The patterns are those of gitignore with GitHub's exceptions: no negation, no character ranges, and
`docs/*` does not reach into folders below. Matching goes segment by segment without regular
expressions, so that a pattern made of stars alone costs no more than the product of both lengths.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

Part = TypeVar("Part")


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches a file.

    Args:
        pattern: The pattern as written, blanks escaped by a backslash.
        path: The file's path relative to the repository, with `/`.

    Returns:
        True if the pattern names the file itself, or a folder it is in.
    """
    segments = _segments(pattern)
    return bool(segments) and _wild(segments, path.split("/"), _is_any_depth, _segment_matches)


_LONG = 1_000
"""Characters from which on a pattern is a stranger's, and not kept."""


def _segments(pattern: str) -> tuple[str, ...]:
    """The pattern as segments that must match all of a path; `**` stands for any number."""
    return _known_segments(pattern) if len(pattern) < _LONG else _split(pattern)


@lru_cache(maxsize=1024)
def _known_segments(pattern: str) -> tuple[str, ...]:
    return _split(pattern)


def _split(pattern: str) -> tuple[str, ...]:
    body = pattern.removeprefix("/")
    folder = body.endswith("/")
    body = body.rstrip("/")
    if not body:
        return ()
    segments = body.split("/")
    # A pattern with a slash at its beginning or in its middle hangs on the root.
    if len(segments) == 1 and not pattern.startswith("/"):
        segments.insert(0, "**")
    last = segments[-1]
    if last == "**":
        # Everything below; with a slash behind it, every folder below.
        segments.append("*")
    if folder:
        # What ends in a slash is a folder: only what is in it has an owner.
        segments += ["*", "**"]
    elif last not in ("*", "**") or segments == ["**", "*"]:
        segments.append("**")
    return tuple(segments)


def _is_any_depth(segment: str) -> bool:
    return segment == "**"


def _segment_matches(segment: str, name: str) -> bool:
    if "*" not in segment and "?" not in segment and "\\" not in segment:
        return segment == name
    return _wild(_characters(segment), name, _is_star, _character_matches)


def _characters(segment: str) -> tuple[str, ...]:
    """The segment's characters; an escaped one keeps its backslash and stands for itself."""
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


def _character_matches(wanted: str, character: str) -> bool:
    return wanted == "?" or wanted.removeprefix("\\") == character


def _wild(
    pattern: Sequence[Part],
    parts: Sequence[str],
    is_star: Callable[[Part], bool],
    matches_one: Callable[[Part, str], bool],
) -> bool:
    """Whether the whole of `parts` matches; a star takes any number of parts, none included.

    Going back to the last star is enough: what an earlier star could take, the last can take too.
    """
    star = -1
    taken = position = at = 0
    while position < len(parts):
        if at < len(pattern) and is_star(pattern[at]):
            star, taken = at, position
            at += 1
        elif at < len(pattern) and matches_one(pattern[at], parts[position]):
            at += 1
            position += 1
        elif star >= 0:
            taken += 1
            position = taken
            at = star + 1
        else:
            return False
    return all(is_star(rest) for rest in pattern[at:])
