"""What kind of change a pull request is, judged by its diff alone.

The template named in a description is a poor witness: people use the new-PEP form for anything.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from bot.peps.codeowners import OwnersLine, parse_codeowners
from bot.peps.number import PepNumber, is_pep_path, number_in_path
from bot.peps.preamble import parse_preamble
from bot.peps.status import RESOLVED
from bot.rules.change import Change, FileChange, FileStatus
from bot.rules.new_pep import new_peps
from bot.rules.touched import touched_lines

_COMPARED_EXACTLY = 250**2
"""Up to this product of the numbers of lines, changed lines are counted one by one."""

_EDITORIAL_LINES = 40
"""From this many changed lines on, an edit of a resolved PEP is more than editorial (measured)."""


class ChangeKind(StrEnum):
    """The kinds that are treated differently."""

    NEW_PEP = "new PEP"
    STATUS_CHANGE = "status change"
    EDIT = "edit"
    OWNERS = "owners"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PepEdit:
    """What a change does to one PEP that exists already.

    Attributes:
        number: The PEP's number; None if its file name holds none.
        before: Its status before, empty if unknown.
        after: Its status after.
        lines: How many lines change.
    """

    number: PepNumber | None
    before: str
    after: str
    lines: int

    @property
    def changes_status(self) -> bool:
        """Whether the status moves."""
        return bool(self.before and self.after and self.before != self.after)

    @property
    def is_editorial(self) -> bool:
        """Whether this is a small edit of a PEP that is resolved."""
        return not self.changes_status and self.before in RESOLVED and self.lines < _EDITORIAL_LINES


def kind_of(change: Change, placeholders: frozenset[PepNumber]) -> ChangeKind:
    """Judge what kind of change this is; the first kind that fits wins.

    `placeholders` are the numbers that stand for "not assigned yet".
    """
    if new_peps(change, placeholders):
        return ChangeKind.NEW_PEP
    if any(edit.changes_status for edit in pep_edits(change)):
        return ChangeKind.STATUS_CHANGE
    if any(_concerns_pep(file) for file in change.files):
        return ChangeKind.EDIT
    if touches_pep_owners(change):
        return ChangeKind.OWNERS
    return ChangeKind.OTHER


def pep_edits(change: Change) -> tuple[PepEdit, ...]:
    """What the change does to PEPs that exist already, in the order of the files."""
    return tuple(
        PepEdit(
            number=number_in_path(file.path),
            before=parse_preamble(file.before).status or "",
            after=parse_preamble(file.after).status or "",
            lines=changed_lines(file.before, file.after),
        )
        for file in change.files
        if file.status is not FileStatus.ADDED
        and is_pep_path(file.path)
        and file.before is not None
        and file.after is not None
    )


def changed_lines(before: str, after: str) -> int:
    """Count changed lines as an editor would: a replaced line once, not as one out and one in."""
    old, new = before.splitlines(), after.splitlines()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    # SequenceMatcher can take the cube of this, so strangers' long texts are compared linearly.
    if len(old) * len(new) > _COMPARED_EXACTLY:
        return max(len(touched_lines(before, after)), len(touched_lines(after, before)))
    return sum(
        max(old_end - old_start, new_end - new_start)
        for tag, old_start, old_end, new_start, new_end in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes()
        if tag != "equal"
    )


def touches_pep_owners(change: Change) -> bool:
    """Whether a CODEOWNERS line of a PEP comes, goes, differs or moves among its like."""
    return _pep_lines(change.codeowners_before) != _pep_lines(change.codeowners_after)


def _concerns_pep(file: FileChange) -> bool:
    return is_pep_path(file.path) or bool(file.previous_path and is_pep_path(file.previous_path))


def _pep_lines(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return tuple(line.text for line in parse_codeowners(text).lines if _names_pep(line))


def _names_pep(line: OwnersLine) -> bool:
    path = line.pattern or line.path_commented
    return path is not None and path.lstrip("/").startswith("peps/pep-")
