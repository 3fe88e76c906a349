"""What a change does to PEPs that exist already. Not a rule: the rules and the review ask here."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.peps.number import PepNumber, is_pep_path, number_in_path
from bot.peps.preamble import Preamble, parse_preamble
from bot.peps.status import RESOLVED
from bot.rules.change import Change, FileStatus
from bot.rules.once_a_change import once_a_change
from bot.rules.touched import touched_lines

EDITORIAL_LINES = 40
"""From this many changed lines on, an edit of a resolved PEP is more than editorial (measured)."""

_COMPARED_EXACTLY = 250**2
"""Up to this product of the numbers of lines, changed lines are counted one by one."""


@dataclass(frozen=True, slots=True)
class PepEdit:
    """What a change does to one PEP that exists already.

    Attributes:
        path: Its file after the change.
        number: The PEP's number; None if its file name holds none.
        header_before: Its header before.
        header_after: Its header after.
        lines: How many lines change.
    """

    path: str
    number: PepNumber | None
    header_before: Preamble
    header_after: Preamble
    lines: int

    @property
    def before(self) -> str:
        """Its status before, empty if unknown."""
        return self.header_before.status or ""

    @property
    def after(self) -> str:
        """Its status after, empty if unknown."""
        return self.header_after.status or ""

    @property
    def changes_status(self) -> bool:
        """Whether the status moves."""
        return bool(self.before and self.after and self.before != self.after)

    @property
    def is_resolved(self) -> bool:
        """Whether the PEP is a historical document and stays what it was."""
        return not self.changes_status and self.before in RESOLVED

    @property
    def is_editorial(self) -> bool:
        """Whether this is a small edit of a PEP that is resolved."""
        return self.is_resolved and self.lines < EDITORIAL_LINES

    @property
    def is_release_schedule(self) -> bool:
        """Whether the PEP is a release schedule."""
        return "Release" in self.header_after.topics


@once_a_change
def pep_edits(change: Change) -> tuple[PepEdit, ...]:
    """What the change does to PEPs that exist already, in the order of the files."""
    return tuple(
        PepEdit(
            path=file.path,
            number=number_in_path(file.path),
            header_before=parse_preamble(file.before),
            header_after=parse_preamble(file.after),
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
