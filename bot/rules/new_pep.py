"""Which PEPs a change adds, and which it renumbers. Not a rule: the rules ask here.

A PEP is new if its source file is added, or was known by a placeholder until now. A published PEP
that changes its number is not new (PEP 837 became PEP 840 in August 2026), but its new number and
its CODEOWNERS line are looked at all the same.
"""

from dataclasses import dataclass

from bot.peps.number import PepNumber, is_pep_path, is_placeholder_word, number_in_path
from bot.peps.preamble import Preamble, parse_preamble
from bot.rules.change import Change, FileChange, FileStatus
from bot.rules.once_a_change import once_a_change
from bot.rules.standing import NewPep

PLACEHOLDER_NUMBERS = frozenset({PepNumber(9999)})
"""Numbers that stand for "not assigned yet": 9999, as PEP 1 said until 2023."""


@dataclass(frozen=True, slots=True)
class Renumbering:
    """A published PEP that moves to another number.

    Attributes:
        pep: The PEP as it is after the change.
        previous: Its number until now.
    """

    pep: NewPep
    previous: PepNumber


@once_a_change
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


@once_a_change
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
