"""Which lines a change touches: only those are reported (golden rule of the bot).

Patience diff by hand: lines that occur once on either side anchor the comparison, and between two
anchors equal beginnings and ends are left out. It takes time proportional to the text (with a
logarithm), whatever strangers put into it; between anchors it may call a line touched that a slower
comparison would match, never the other way round.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from bot.peps.body import Body, read_body
from bot.peps.change import Change, FileChange, FileStatus, cached_per_change
from bot.peps.markup import Markup
from bot.peps.number import PepNumber, is_pep_path, number_in_path
from bot.peps.preamble import Header, Preamble, parse_preamble
from bot.peps.status import RESOLVED


@cached_per_change
def touched_owner_lines(change: Change) -> frozenset[int]:
    """The 1-based lines of CODEOWNERS that a change adds or edits."""
    return touched_lines(change.codeowners_before, change.codeowners_after)


def touched_lines(before: str | None, after: str | None) -> frozenset[int]:
    """The 1-based lines of `after` that are new or changed.

    Lines end with a line feed, as GitHub counts them; a carriage return before it does not count.

    Args:
        before: The text at the base; None if the file is new.
        after: The text at the head; None if the file is gone.
    """
    if after is None:
        return frozenset()
    new = _lines(after)
    old = _lines(before) if before is not None else []
    touched: set[int] = set()
    old_start = new_start = 0
    for old_anchor, new_anchor in [*_anchors(old, new), (len(old), len(new))]:
        touched |= _differing(old[old_start:old_anchor], new[new_start:new_anchor], new_start)
        old_start, new_start = old_anchor + 1, new_anchor + 1
    return frozenset(touched)


def _lines(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    if lines[-1] == "":
        lines.pop()
    return lines


def _differing(old: list[str], new: list[str], offset: int) -> set[int]:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return {offset + index + 1 for index in range(start, len(new) - end)}


def _anchors(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Pairs of indices of lines unique on both sides, in the longest order common to both."""
    old_counts, new_counts = Counter(old), Counter(new)
    old_index = {line: index for index, line in enumerate(old) if old_counts[line] == 1}
    pairs = [
        (old_index[line], index)
        for index, line in enumerate(new)
        if new_counts[line] == 1 and line in old_index
    ]
    # Longest increasing run of old indices: `tops` holds the smallest end of a run of each length.
    tops: list[int] = []
    top_pairs: list[int] = []
    previous: list[int | None] = []
    for position, (old_line, _) in enumerate(pairs):
        length = bisect_left(tops, old_line)
        previous.append(top_pairs[length - 1] if length else None)
        if length == len(tops):
            tops.append(old_line)
            top_pairs.append(position)
        else:
            tops[length] = old_line
            top_pairs[length] = position
    run: list[tuple[int, int]] = []
    step = top_pairs[-1] if top_pairs else None
    while step is not None:
        run.append(pairs[step])
        step = previous[step]
    return run[::-1]


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


@cached_per_change
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
