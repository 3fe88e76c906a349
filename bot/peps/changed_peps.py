"""Which PEPs a change adds, renumbers or edits."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.peps.change import Change, FileChange, FileStatus, cached_per_change
from bot.peps.number import PepNumber, is_pep_path, is_placeholder_word, number_in_path
from bot.peps.preamble import Preamble, parse_preamble
from bot.peps.status import RESOLVED
from bot.peps.touched import touched_lines

PLACEHOLDER_NUMBERS = frozenset({PepNumber(9999)})
"""Numbers that stand for "not assigned yet": 9999, as PEP 1 said until 2023."""


@dataclass(frozen=True, slots=True)
class NewPep:
    """A PEP that the change adds.

    Attributes:
        path: Its file.
        number: The number in the file name, 9999 too; None if the name holds no four digits.
        is_placeholder: True if the file or the `PEP:` header carries a placeholder.
        preamble: Its header; empty if the text cannot be read or has none.
        text: The whole text, empty if it cannot be read.
    """

    path: str
    number: PepNumber | None
    is_placeholder: bool
    preamble: Preamble
    text: str


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A published PEP that moves to another number.

    Attributes:
        pep: The PEP as it is after the change.
        previous: Its number until now.
    """

    pep: NewPep
    previous: PepNumber


@cached_per_change
def new_peps(
    change: Change, placeholders: frozenset[PepNumber] = PLACEHOLDER_NUMBERS
) -> tuple[NewPep, ...]:
    """The PEPs a change adds, in the order of its files.

    Args:
        change: What the pull request changes.
        placeholders: Numbers that stand for "not assigned yet".
    """
    return tuple(
        _new_pep(file, placeholders)
        for file in change.files
        if is_pep_path(file.path) and _is_new(file, placeholders)
    )


@cached_per_change
def renumberings(
    change: Change, placeholders: frozenset[PepNumber] = PLACEHOLDER_NUMBERS
) -> tuple[Renumbering, ...]:
    """The published PEPs a change moves to another number."""
    found = []
    for file in change.files:
        previous = _published_before(file, placeholders)
        if previous is not None and is_pep_path(file.path) and file.path != file.previous_path:
            found.append(Renumbering(_new_pep(file, placeholders), previous))
    return tuple(found)


def _is_new(file: FileChange, placeholders: frozenset[PepNumber]) -> bool:
    if file.status is FileStatus.ADDED:
        return True
    return file.status is FileStatus.RENAMED and _published_before(file, placeholders) is None


def _published_before(file: FileChange, placeholders: frozenset[PepNumber]) -> PepNumber | None:
    if file.status is not FileStatus.RENAMED or file.previous_path is None:
        return None
    previous = number_in_path(file.previous_path)
    return None if previous in placeholders else previous


def _new_pep(file: FileChange, placeholders: frozenset[PepNumber]) -> NewPep:
    text = file.after or ""
    preamble = parse_preamble(text)
    return NewPep(
        path=file.path,
        number=number_in_path(file.path),
        is_placeholder=_file_is_placeholder(file.path, placeholders)
        or _header_is_placeholder(preamble, placeholders),
        preamble=preamble,
        text=text,
    )


def _file_is_placeholder(path: str, placeholders: frozenset[PepNumber]) -> bool:
    word = path.removeprefix("peps/pep-").removesuffix(".rst")
    return number_in_path(path) in placeholders or is_placeholder_word(word)


def _header_is_placeholder(preamble: Preamble, placeholders: frozenset[PepNumber]) -> bool:
    value = preamble.value("PEP")
    return value is not None and (preamble.number in placeholders or is_placeholder_word(value))


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


@cached_per_change
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
