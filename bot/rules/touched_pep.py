"""The PEPs whose text a change adds or edits: what most rules look at, one after another.

Not a rule: the rules ask here. Only what a change touches may be reported, so each of these PEPs
knows which of its lines are new or changed.
"""

from dataclasses import dataclass
from functools import cached_property

from bot.peps.body import Body, read_body
from bot.peps.markup import Markup
from bot.peps.number import PepNumber, is_pep_path, number_in_path
from bot.peps.preamble import Header, Preamble, parse_preamble
from bot.peps.status import RESOLVED
from bot.rules.change import Change, FileChange, FileStatus
from bot.rules.once_a_change import once_a_change
from bot.rules.touched import touched_lines


@dataclass(frozen=True)
class PepText:
    """The text of a PEP at one moment; never changed, so what is worked out from it is kept.

    Attributes:
        text: All of it.
        markup: What docutils says of it; None if it was not asked.
    """

    text: str
    markup: Markup | None = None

    @cached_property
    def preamble(self) -> Preamble:
        """Its header, empty if it has none."""
        return parse_preamble(self.text)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines as GitHub counts them, without their ends; line N is `lines[N - 1]`."""
        lines = self.text.split("\n")
        if lines[-1] == "":
            lines.pop()
        return tuple(line.removesuffix("\r") for line in lines)

    @cached_property
    def body(self) -> Body:
        """What stands below its header: sections, directives, comments, code."""
        return read_body(self.lines, self.preamble.last_line)

    def value_columns(self, header: Header) -> tuple[int, int] | None:
        """The first and last column of what a header says on its own line; None if nothing."""
        line = self.lines[header.line - 1]
        value = line.partition(":")[2].strip()
        if not value:
            return None
        end = len(line.rstrip())
        return end - len(value) + 1, end


@dataclass(frozen=True)
class TouchedPep:
    """A PEP that the change adds or edits, with its text before and after.

    Attributes:
        path: Its file after the change.
        number: The number in the file's name; None if the name holds no four digits.
        is_new: Whether the change adds the file. Where files are judged as they stand, none is
            new, yet all of each counts as touched.
        before: What it was like; None if it is new, or judged as it stands.
        after: What the change makes of it.
    """

    path: str
    number: PepNumber | None
    is_new: bool
    before: PepText | None
    after: PepText

    @cached_property
    def touched(self) -> frozenset[int]:
        """The 1-based lines that are new or changed."""
        return touched_lines(self.before.text if self.before else None, self.after.text)

    def touches(self, first: int, last: int | None = None) -> bool:
        """Whether one of these 1-based lines is new or changed."""
        if self.before is None:
            return True
        return any(line in self.touched for line in range(first, (last or first) + 1))

    @property
    def changes_status(self) -> bool:
        """Whether the status moves."""
        return self.before is not None and self.before.preamble.status != self.after.preamble.status

    @property
    def is_resolved(self) -> bool:
        """Whether it is a historical document that this change leaves where it is.

        PEP 1 § PEP Maintenance: such a PEP is not to be improved, so what is found in it is told,
        not asked for.
        """
        return self.after.preamble.status in RESOLVED and not (self.is_new or self.changes_status)


@once_a_change
def touched_peps(change: Change) -> tuple[TouchedPep, ...]:
    """The PEPs whose text a change adds or edits, in the order of its files.

    Left out are those that are removed, cannot be read, or move without a change of their text.
    """
    found = (_touched_pep(file) for file in change.files if is_pep_path(file.path))
    return tuple(pep for pep in found if pep is not None)


def _touched_pep(file: FileChange) -> TouchedPep | None:
    if file.status is FileStatus.REMOVED or file.after is None or file.after == file.before:
        return None
    return TouchedPep(
        path=file.path,
        number=number_in_path(file.path),
        is_new=file.status is FileStatus.ADDED,
        before=PepText(file.before) if file.before else None,
        after=PepText(file.after, file.markup),
    )
