"""Reads which files a pull request changes ("List pull requests files") and which concern PEPs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.github.client.client import Client, number_at, text_at, variables
from bot.peps.change import FileStatus
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import (
    PepNumber,
    is_document,
    is_misfiled_pep,
    is_pep_path,
    is_picture,
    is_stray_file,
    number_in_path,
)
from bot.policy.load import POLICY_PATH
from bot.review.subject import Subject

MOST_FILES = 3_000
"""The most files that GitHub lists."""

_STATUSES = {
    "added": FileStatus.ADDED,
    "copied": FileStatus.ADDED,
    "removed": FileStatus.REMOVED,
    "renamed": FileStatus.RENAMED,
}


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A changed file as GitHub lists it, without its texts.

    Attributes:
        path: Where it is after the change (or was, if it was removed).
        status: What happened to it.
        previous_path: Where it was before it was renamed.
        sha: The blob at the head (of a removed file: before); None if GitHub names none.
        patch: The unified diff; None if GitHub leaves it out (too large, binary, no change).
        changes: How many lines were added or removed; None if GitHub does not say.
    """

    path: str
    status: FileStatus
    previous_path: str | None = None
    sha: str | None = None
    patch: str | None = None
    changes: int | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """Its path, and the one it had before it was renamed."""
        return (self.path,) if self.previous_path is None else (self.path, self.previous_path)

    @property
    def is_pep(self) -> bool:
        """Whether it is, or was, the source of a PEP."""
        return any(is_pep_path(path) for path in self.paths)

    @property
    def is_codeowners(self) -> bool:
        """Whether it is, or was, a CODEOWNERS file."""
        return any(path in CODEOWNERS_PATHS for path in self.paths)

    @property
    def is_misplaced(self) -> bool:
        """Whether it is meant to be a PEP, or to belong to one, but has the wrong place or name.

        A program or data file among the PEPs may as well be infrastructure.
        """
        if self.status not in (FileStatus.ADDED, FileStatus.RENAMED):
            return False
        is_of_author = is_document(self.path) or is_picture(self.path)
        return is_misfiled_pep(self.path) or (is_of_author and is_stray_file(self.path))

    @property
    def is_policy(self) -> bool:
        """Whether it is, or was, the policy of this bot."""
        return POLICY_PATH in self.paths

    @property
    def touches_peps(self) -> bool:
        """Whether it changes a PEP, or a line of CODEOWNERS that is about one.

        If GitHub gives no patch of CODEOWNERS it counts as touching PEPs.
        """
        if self.is_pep or self.is_misplaced:
            return True
        if not self.is_codeowners:
            return False
        if self.patch is None or self.status is not FileStatus.MODIFIED:
            return True
        # Teams may have "pep-" in their names, too; only the pattern before them counts.
        patterns = (line.partition("@")[0] for line in changed_lines(self.patch))
        return any("pep-" in pattern.lower() for pattern in patterns)


@dataclass(frozen=True, slots=True)
class FileList:
    """The changed files; `complete` is False if GitHub may have left some out."""

    files: tuple[ListedFile, ...]
    complete: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be listed, as sentences for people."""
        if self.complete:
            return ()
        return ("GitHub does not list all files of this pull request, so some were not checked.",)


async def list_files(client: Client, subject: Subject) -> FileList:
    """Read the files a pull request changes, with one request for every hundred.

    Raises:
        GitHubFailure: The list could not be read.
    """
    url = "/repos/{owner}/{repo}/pulls/{number}/files"
    files: list[ListedFile] = []
    count = 0
    async for entry in client.pages(url, variables(subject.repository, number=subject.number)):
        count += 1
        if (file := parse_file(entry)) is not None:
            files.append(file)
    return FileList(tuple(files), complete=count < MOST_FILES and count == len(files))


def parse_file(entry: object) -> ListedFile | None:
    """A listed file from GitHub's response; None if it has no file name."""
    path = text_at(entry, "filename")
    if not path:
        return None
    status = _STATUSES.get(text_at(entry, "status") or "", FileStatus.MODIFIED)
    previous = text_at(entry, "previous_filename") if status is FileStatus.RENAMED else None
    if status is FileStatus.RENAMED and previous is None:
        status = FileStatus.ADDED
    return ListedFile(
        path=path,
        status=status,
        previous_path=previous,
        sha=text_at(entry, "sha"),
        patch=text_at(entry, "patch"),
        changes=number_at(entry, "changes"),
    )


def claimed_numbers(
    files: Sequence[ListedFile], placeholders: frozenset[PepNumber] = frozenset()
) -> frozenset[PepNumber]:
    """The PEP numbers a pull request claims: those of PEP files it adds, or renames to.

    A PEP that keeps its number but gets a new place or extension claims nothing, nor does a
    placeholder number that means "not assigned yet".
    """
    claimed: set[PepNumber] = set()
    for file in files:
        if file.status not in (FileStatus.ADDED, FileStatus.RENAMED):
            continue
        number = number_in_path(file.path)
        if number is None or number in placeholders:
            continue
        if file.previous_path is not None and number_in_path(file.previous_path) == number:
            continue
        claimed.add(number)
    return frozenset(claimed)


_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")


class _PatchMismatch(Exception):
    """The patch is malformed, or does not fit the text."""


@dataclass(frozen=True, slots=True)
class _Hunk:
    """A hunk: where it begins (0-based), the lines it removes and adds, with their line ends."""

    old_start: int
    old: tuple[str, ...]
    new_start: int
    new: tuple[str, ...]


def before_text(after: str, patch: str) -> str | None:
    """Apply the patch in reverse; None if it does not fit.

    An added file becomes the empty text, and the empty text becomes a removed file.
    """
    try:
        return _replace_lines(after, [(h.new_start, h.new, h.old) for h in _hunks(patch)])
    except _PatchMismatch:
        return None


def after_text(before: str, patch: str) -> str | None:
    """Apply the patch; None if it does not fit."""
    try:
        return _replace_lines(before, [(h.old_start, h.old, h.new) for h in _hunks(patch)])
    except _PatchMismatch:
        return None


def changed_lines(patch: str) -> Iterator[str]:
    """The lines a patch adds or removes, without sign and line end."""
    return (line[1:] for line in patch.split("\n") if line[:1] in ("+", "-"))


def _replace_lines(text: str, pieces: list[tuple[int, tuple[str, ...], tuple[str, ...]]]) -> str:
    lines = _lines(text)
    result: list[str] = []
    position = 0
    for start, removed, added in pieces:
        if (
            not position <= start <= len(lines)
            or tuple(lines[start : start + len(removed)]) != removed
        ):
            raise _PatchMismatch
        result += lines[position:start]
        result += added
        position = start + len(removed)
    result += lines[position:]
    whole = "".join(result)
    # Only the very last line of a text may lack its line end, and none has two.
    if result and whole.count("\n") < len(result) - (not whole.endswith("\n")):
        raise _PatchMismatch
    return whole


def _lines(text: str) -> list[str]:
    """Lines with their ends. As in git only the line feed ends one, unlike in `splitlines`."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _hunks(patch: str) -> list[_Hunk]:
    lines = patch.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    hunks: list[_Hunk] = []
    position = 0
    while position < len(lines):
        hunk, position = _hunk(lines, position)
        hunks.append(hunk)
    if not hunks:
        raise _PatchMismatch
    return hunks


def _hunk(lines: list[str], position: int) -> tuple[_Hunk, int]:
    header = _HUNK.match(lines[position])
    if header is None:
        raise _PatchMismatch
    old_start, new_start = int(header[1]), int(header[3])
    old_count, new_count = int(header[2] or 1), int(header[4] or 1)
    old: list[str] = []
    new: list[str] = []
    position += 1
    while position < len(lines):
        line = lines[position]
        sign = line[:1]
        if sign == "\\":
            _cut_line_end(lines[position - 1][:1], old, new)
        elif len(old) == old_count and len(new) == new_count:
            break
        else:
            if sign not in ("+", "-", " "):
                raise _PatchMismatch
            if sign != "+":
                old.append(line[1:] + "\n")
            if sign != "-":
                new.append(line[1:] + "\n")
        position += 1
    if len(old) != old_count or len(new) != new_count:
        raise _PatchMismatch
    # If a hunk has no lines on one side, the number there is that of the line before it.
    return _Hunk(
        old_start - 1 if old else old_start,
        tuple(old),
        new_start - 1 if new else new_start,
        tuple(new),
    ), position


def _cut_line_end(sign: str, old: list[str], new: list[str]) -> None:
    r"""Apply "\ No newline at end of file", which is about the line above it."""
    if sign not in ("+", "-", " "):
        raise _PatchMismatch
    for lines, others in ((old, "+"), (new, "-")):
        if sign != others and lines:
            lines[-1] = lines[-1].removesuffix("\n")
