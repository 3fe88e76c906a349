"""What a change does to PEPs: which it adds, renumbers or edits, and which lines it touches."""

from dataclasses import dataclass
from functools import cached_property

from bot.peps.body import PepBody, read_body
from bot.peps.change import Change, FileChange, FileStatus, Markup, cached_per_change
from bot.peps.diff import changed_lines, touched_lines
from bot.peps.document import SectionChange, changed_sections
from bot.peps.number import PepNumber, is_pep_path, is_placeholder_word, number_in_path
from bot.peps.preamble import Header, Preamble, parse_preamble
from bot.peps.status import RESOLVED

PLACEHOLDER_NUMBERS = frozenset({PepNumber(9999)})
"""Numbers that mean "not assigned yet": 9999, as PEP 1 said until 2023."""

EDITORIAL_LINES = 40
"""An edit of a resolved PEP with at least this many changed lines is not editorial (measured)."""


@dataclass(frozen=True)
class PepText:
    """The text of a PEP at one moment. It never changes, so what is computed from it is cached.

    Attributes:
        text: The whole text.
        markup: The problems docutils found in it; None if docutils was not run.
    """

    text: str
    markup: Markup | None = None

    @cached_property
    def preamble(self) -> Preamble:
        """Its header; empty if it has none."""
        return parse_preamble(self.text)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Its lines as GitHub counts them, without line ends; line N is `lines[N - 1]`."""
        lines = self.text.split("\n")
        if lines[-1] == "":
            lines.pop()
        if "\r" in self.text:
            lines = [line.removesuffix("\r") for line in lines]
        return tuple(lines)

    @cached_property
    def body(self) -> PepBody:
        """The text below its header: sections, directives, comments, code."""
        return read_body(self.lines, self.preamble.last_line)

    def value_columns(self, header: Header) -> tuple[int, int] | None:
        """The first and last column of a header's value on its first line; None if it is empty."""
        line = self.lines[header.line - 1]
        value = line.partition(":")[2].strip()
        if not value:
            return None
        end = len(line.rstrip())
        return end - len(value) + 1, end


@dataclass(frozen=True)
class ChangedPep:
    """A PEP that the change adds, edits or moves, with its text before and after.

    Attributes:
        path: Its file after the change.
        number: The number in the file's name; None if the name has no four digits.
        is_new: Whether the change adds the file. When whole files are checked, none is new, yet all
            lines count as touched.
        before: The PEP before the change; None if it is new, or if the whole file is checked.
        after: The PEP after the change.
        is_moved_only: Whether its text stays as it was.
    """

    path: str
    number: PepNumber | None
    is_new: bool
    before: PepText | None
    after: PepText
    is_moved_only: bool = False

    @cached_property
    def touched(self) -> frozenset[int]:
        """The 1-based lines that are new or changed."""
        return touched_lines(self.before.text if self.before else None, self.after.text)

    def touches(self, first: int, last: int | None = None) -> bool:
        """Whether any of these 1-based lines is new or changed."""
        if self.before is None:
            return True
        return any(line in self.touched for line in range(first, (last or first) + 1))

    @cached_property
    def line_count(self) -> int:
        """How many lines change, a replaced line counted once."""
        return changed_lines(self.before.text if self.before else "", self.after.text)

    @cached_property
    def section_changes(self) -> tuple[SectionChange, ...]:
        """The sections that change."""
        return changed_sections(self.before.text if self.before else "", self.after.text)

    @property
    def header_before(self) -> Preamble:
        """Its header before, empty if there was none."""
        return self.before.preamble if self.before else parse_preamble("")

    @property
    def header_after(self) -> Preamble:
        """Its header after."""
        return self.after.preamble

    @property
    def status_before(self) -> str:
        """Its status before the change; empty if unknown."""
        return self.header_before.status or ""

    @property
    def status_after(self) -> str:
        """Its status after the change; empty if unknown."""
        return self.header_after.status or ""

    @property
    def changes_status(self) -> bool:
        """Whether the status moves. A `Status` header that goes is a fault, not a move."""
        return bool(
            self.status_before and self.status_after and self.status_before != self.status_after
        )

    @property
    def is_resolved(self) -> bool:
        """Whether it is a historical document before and after the change.

        PEP 1 § PEP Maintenance: such a PEP is not to be improved, so what is found in it is
        reported, not asked for.
        """
        if self.is_new or self.status_after not in RESOLVED:
            return False
        return self.before is None or self.status_before == self.status_after

    @property
    def is_editorial(self) -> bool:
        """Whether this is a small edit of a resolved PEP."""
        return self.is_resolved and self.line_count < EDITORIAL_LINES

    @property
    def is_release_schedule(self) -> bool:
        """Whether the PEP is a release schedule."""
        return "Release" in self.header_after.topics


@cached_per_change
def changed_peps(change: Change) -> tuple[ChangedPep, ...]:
    """The PEPs that a change adds, edits or moves, in the order of its files.

    Left out are those that are removed or cannot be read.
    """
    return tuple(
        ChangedPep(
            path=file.path,
            number=number_in_path(file.path),
            is_new=file.status is FileStatus.ADDED,
            before=PepText(file.before) if file.before else None,
            after=PepText(file.after, file.markup),
            is_moved_only=file.before == file.after,
        )
        for file in change.files
        if is_pep_path(file.path)
        and file.status is not FileStatus.REMOVED
        and file.after is not None
    )


@cached_per_change
def touched_peps(change: Change) -> tuple[ChangedPep, ...]:
    """The PEPs whose text a change adds or edits."""
    return tuple(pep for pep in changed_peps(change) if not pep.is_moved_only)


@cached_per_change
def edited_peps(change: Change) -> tuple[ChangedPep, ...]:
    """The PEPs that existed before, edited or moved."""
    return tuple(pep for pep in changed_peps(change) if not pep.is_new and pep.before is not None)


@dataclass(frozen=True, slots=True)
class NewPep:
    """A PEP that the change adds.

    Attributes:
        path: Its file.
        number: The number in the file name, which may be 9999; None if the name has no four digits.
        is_placeholder: True if the file name or the `PEP:` header has a placeholder.
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
        previous: Its number before the change.
    """

    pep: NewPep
    previous: PepNumber


@cached_per_change
def new_peps(
    change: Change, placeholders: frozenset[PepNumber] = PLACEHOLDER_NUMBERS
) -> tuple[NewPep, ...]:
    """The PEPs that a change adds, in the order of its files.

    Args:
        change: What the pull request changes.
        placeholders: Numbers that mean "not assigned yet".
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
    """The published PEPs that a change moves to another number."""
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
