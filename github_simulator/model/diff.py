"""What changed between two commits, as GitHub lists it: renames found, patches, their limits.

Limits: https://docs.github.com/repositories/creating-and-managing-repositories/repository-limits
("Diff limits") and https://docs.github.com/rest/pulls/pulls#list-pull-requests-files (3,000 files).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal
from weakref import WeakKeyDictionary

from github_simulator.model.git import GitStore

MAX_FILES = 3000
MAX_PATCH_LINES = 20_000
MAX_PATCH_BYTES = 500_000
_CONTEXT = 3
_MOST_COMPARISONS = 4_000_000
_RENAME_SIMILARITY = 0.5
_MOST_RENAME_PAIRS = 10_000

ChangeStatus = Literal["added", "removed", "modified", "renamed"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One changed file.

    Attributes:
        path: Its path; the old one if it was removed.
        status: How it was changed.
        previous: Its path before a rename.
        blob: The SHA of its content; of the last content if it was removed.
        additions: Lines added.
        deletions: Lines removed.
        patch: The hunks, None for binary files and where there are too many lines.
    """

    path: str
    status: ChangeStatus
    previous: str | None
    blob: str
    additions: int
    deletions: int
    patch: str | None


@dataclass(frozen=True, slots=True)
class Region:
    """Lines `start:end` of the old text, and the lines that replace them."""

    start: int
    end: int
    lines: tuple[str, ...]


_KNOWN: WeakKeyDictionary[GitStore, dict[tuple[str, str], tuple[FileChange, ...]]] = (
    WeakKeyDictionary()
)
"""Cached changes: commits never change, and a store's entries are dropped with it."""


def changes_between(git: GitStore, base: str, head: str) -> tuple[FileChange, ...]:
    """The changed files of two commits, by path, with renames found as git finds them."""
    known = _KNOWN.setdefault(git, {})
    if (base, head) not in known:
        known[base, head] = _changes(git, base, head)
    return known[base, head]


def _changes(git: GitStore, base: str, head: str) -> tuple[FileChange, ...]:
    before, after = git.files(base), git.files(head)
    removed = {path: sha for path, sha in before.items() if path not in after}
    added = {path: sha for path, sha in after.items() if path not in before}
    renames = _renames(git, removed, added)
    changes = [
        _change(git, path, "renamed", old, removed[old], added[path])
        for path, old in renames.items()
    ]
    gone = removed.keys() - set(renames.values())
    changes += [_change(git, path, "removed", None, removed[path], None) for path in gone]
    new = added.keys() - renames.keys()
    changes += [_change(git, path, "added", None, None, added[path]) for path in new]
    changes += [
        _change(git, path, "modified", None, before[path], sha)
        for path, sha in after.items()
        if path in before and before[path] != sha
    ]
    return tuple(sorted(changes, key=lambda change: change.path))


def _renames(git: GitStore, removed: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """New path to old path; equal contents first, then the most alike."""
    found: dict[str, str] = {}
    if len(removed) * len(added) > _MOST_RENAME_PAIRS:
        return found
    pairs = sorted(
        (-_similarity(git, removed[old], added[new]), new, old) for old in removed for new in added
    )
    for similarity, new, old in pairs:
        if -similarity >= _RENAME_SIMILARITY and new not in found and old not in found.values():
            found[new] = old
    return found


def _similarity(git: GitStore, one: str, other: str) -> float:
    if one == other:
        return 1.0
    first, second = _content(git, one), _content(git, other)
    if min(len(first), len(second)) < _RENAME_SIMILARITY * max(len(first), len(second)):
        return 0.0
    shared = Counter(first.splitlines(True)) & Counter(second.splitlines(True))
    size = sum(len(line) * count for line, count in shared.items())
    return size / max(len(first), len(second), 1)


def _content(git: GitStore, sha: str | None) -> bytes:
    content = b"" if sha is None else git.blob(sha)
    if content is None:
        raise KeyError(sha)
    return content


def _change(
    git: GitStore,
    path: str,
    status: ChangeStatus,
    previous: str | None,
    old_blob: str | None,
    new_blob: str | None,
) -> FileChange:
    blob = new_blob or old_blob or ""
    old, new = _content(git, old_blob), _content(git, new_blob)
    if b"\0" in old[:8000] or b"\0" in new[:8000]:
        return FileChange(path, status, previous, blob, 0, 0, None)
    old_lines, new_lines = lines_of(old), lines_of(new)
    found = regions(old_lines, new_lines)
    additions = sum(len(region.lines) for region in found)
    deletions = sum(region.end - region.start for region in found)
    patch: str | None = None
    if additions + deletions <= MAX_PATCH_LINES:
        patch = "\n".join(_hunks(old_lines, found))
        if len(patch.encode()) > MAX_PATCH_BYTES or not patch:
            patch = None
    return FileChange(path, status, previous, blob, additions, deletions, patch)


def lines_of(content: bytes) -> list[str]:
    """The lines of a text with their ends; as for git, only a newline ends a line."""
    parts = content.decode(errors="replace").split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def regions(old: Sequence[str], new: Sequence[str]) -> list[Region]:
    """Where two texts differ, in order. Linear where only the ends are alike."""
    head = 0
    shortest = min(len(old), len(new))
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if not middle_old and not middle_new:
        return []
    # a quadratic comparison of hostile texts would hold up everybody
    if len(middle_old) * len(middle_new) > _MOST_COMPARISONS or not middle_old or not middle_new:
        return [Region(head, head + len(middle_old), tuple(middle_new))]
    opcodes = SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes()
    return [
        Region(head + i1, head + i2, tuple(middle_new[j1:j2]))
        for tag, i1, i2, j1, j2 in opcodes
        if tag != "equal"
    ]


def _hunks(old: Sequence[str], found: Sequence[Region]) -> Iterator[str]:
    shift = 0
    for group in _groups(found):
        start = max(group[0].start - _CONTEXT, 0)
        end = min(group[-1].end + _CONTEXT, len(old))
        body: list[str] = []
        position = start
        for region in group:
            body += _marked(" ", old[position : region.start])
            body += _marked("-", old[region.start : region.end])
            body += _marked("+", region.lines)
            position = region.end
        body += _marked(" ", old[position:end])
        grown = sum(len(region.lines) - (region.end - region.start) for region in group)
        yield f"@@ -{_span(start, end)} +{_span(start + shift, end + shift + grown)} @@"
        yield from body
        shift += grown


def _groups(found: Sequence[Region]) -> Iterator[list[Region]]:
    group: list[Region] = []
    for region in found:
        if group and region.start - group[-1].end > 2 * _CONTEXT:
            yield group
            group = []
        group.append(region)
    if group:
        yield group


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _span(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
