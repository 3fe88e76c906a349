"""PEP numbers: how to find one in a path, which ones are taken, and which comes next (PEP 1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NewType

PepNumber = NewType("PepNumber", int)


@dataclass(frozen=True, slots=True)
class Claim:
    """An open pull request that adds (or renumbers to) a PEP of this number."""

    number: PepNumber
    pull_request: int


@dataclass(frozen=True, slots=True)
class NumberLedger:
    """Everything known about PEP numbers at one moment.

    Attributes:
        published: Numbers of the PEP files on the base branch.
        reserved: Reserved numbers, each with the reason that is shown to people.
        claims: What open pull requests claim.
        claims_complete: False until every open pull request has been read; until then no clash is
            reported.
        special: Numbers outside the ordinary sequence (jokes and anniversaries).
        taken_ahead: Published numbers that were taken far ahead of the sequence on purpose.
        placeholders: Numbers that mean "not assigned yet", such as 9999.
        last_ordinary: The last number of the ordinary sequence.
        assigned: Numbers that an editor assigned, each with its pull request.
    """

    published: frozenset[PepNumber]
    reserved: Mapping[PepNumber, str] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    claims_complete: bool = True
    special: frozenset[PepNumber] = frozenset()
    taken_ahead: frozenset[PepNumber] = frozenset()
    placeholders: frozenset[PepNumber] = frozenset()
    last_ordinary: int = 999
    assigned: Mapping[PepNumber, int] = field(default_factory=dict)


_WIDTH = 4
_FREE_NUMBERS_BELOW = 40

_NUMBERED = re.compile(r"peps/pep-([0-9]{4})\.rst")
_SOURCE = re.compile(r"peps/pep-([^/]{1,64})\.rst")
_PLACEHOLDER_WORD = re.compile(r"x+|n+|\?+|#+|0+|tbd|tba|todo", re.IGNORECASE)


def pep_path(number: PepNumber) -> str:
    """The path of the PEP of this number in the repository (PEP 12: four digits, zero-padded)."""
    return f"peps/pep-{number:0{_WIDTH}}.rst"


def number_in_path(path: str) -> PepNumber | None:
    """The number in a path of exactly the form `peps/pep-NNNN.rst`, else None."""
    found = _NUMBERED.fullmatch(path)
    return PepNumber(int(found[1])) if found else None


def is_placeholder_word(text: str) -> bool:
    """Whether this text, in the place of a number, means "not assigned yet".

    `XXXX`, `NNNN`, `????`, `####`, `TBD`, `TBA` and `TODO` in any case do, and so do zeros alone:
    PEP 0 is the generated index, so nobody can take it. The policy says which *numbers*, such as
    9999, are placeholders (`NumberLedger.placeholders`).
    """
    return _PLACEHOLDER_WORD.fullmatch(text) is not None


def is_pep_path(path: str) -> bool:
    """Whether a path is a PEP's source by its place and name, even if its number is wrong.

    That is `peps/pep-<digits or a placeholder word>.rst` directly under `peps/`. Numbers of the
    wrong width, such as `pep-845.rst`, count, so that they can be reported; auxiliary files
    (`peps/pep-0789-x.png`, everything in `peps/pep-0012/`) do not (PEP 1, "Auxiliary Files").
    """
    found = _SOURCE.fullmatch(path)
    if found is None:
        return False
    return _is_digits(found[1]) or is_placeholder_word(found[1])


def highest_ordinary_number(ledger: NumberLedger) -> PepNumber:
    """The highest published number up to the end of the ordinary sequence.

    Special numbers and those taken ahead do not count. 0 if nothing is published.
    """
    return _highest(ledger.published, ledger.special | ledger.taken_ahead, ledger.last_ordinary)


# Called many times in a review, while published numbers change only with a push.
@lru_cache(maxsize=16)
def _highest(
    published: frozenset[PepNumber], outside: frozenset[PepNumber], last: int
) -> PepNumber:
    return max(
        (number for number in published if number <= last and number not in outside),
        default=PepNumber(0),
    )


def next_number(ledger: NumberLedger, *, for_pull_request: int | None = None) -> PepNumber:
    """The number to suggest: the smallest free one above the highest ordinary number (PEP 1).

    Args:
        ledger: What is known about numbers.
        for_pull_request: The pull request that asks; its own claims are ignored.

    Returns:
        The number that an editor assigned to that pull request; else the smallest number above
        `highest_ordinary_number` that is not published, not reserved, not claimed by an open pull
        request, and not assigned to another.
    """
    if for_pull_request is not None:
        own = [number for number, holder in ledger.assigned.items() if holder == for_pull_request]
        if unpublished := sorted(set(own) - ledger.published):
            return unpublished[0]
    unavailable = _unavailable(ledger, for_pull_request)
    number = highest_ordinary_number(ledger) + 1
    while number in unavailable:
        number += 1
    return PepNumber(number)


def free_numbers(
    ledger: NumberLedger, *, for_pull_request: int | None = None
) -> tuple[PepNumber, ...]:
    """The free numbers among the 40 below `highest_ordinary_number`, ascending.

    They are mentioned, but never suggested. Free means the same as for `next_number`: not
    published, not reserved, not claimed, and not assigned.
    """
    unavailable = _unavailable(ledger, for_pull_request)
    top = highest_ordinary_number(ledger)
    return tuple(
        PepNumber(number)
        for number in range(max(1, top - _FREE_NUMBERS_BELOW), top)
        if number not in unavailable
    )


def older_claimant(ledger: NumberLedger, number: PepNumber, pull_request: int) -> int | None:
    """The other pull request that has a better claim to a number than this one.

    That is the one to which an editor assigned it; else the lowest-numbered older one that claims
    it: first come, first served, and the lower pull request came first.
    """
    if (holder := ledger.assigned.get(number)) is not None:
        return None if holder == pull_request else holder
    return min(
        (
            claim.pull_request
            for claim in ledger.claims
            if claim.number == number and claim.pull_request < pull_request
        ),
        default=None,
    )


def _unavailable(ledger: NumberLedger, for_pull_request: int | None) -> frozenset[int]:
    claimed = {claim.number for claim in ledger.claims if claim.pull_request != for_pull_request}
    assigned = {one for one, holder in ledger.assigned.items() if holder != for_pull_request}
    return frozenset(ledger.published | ledger.reserved.keys() | claimed | assigned)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


_MISFILED = re.compile(
    r"(?:peps?/)?pep[-_ ]?([^/._ -]{1,16})\.(rst|rest|txt|md|markdown|html?)",
    re.IGNORECASE,
)


def is_misfiled_pep(path: str) -> bool:
    """Whether a path is meant to be a PEP's source but is in the wrong place or has a wrong name.

    `pep-0845.rst` at the top, `peps/pep-0845.md` and `peps/PEP-845.txt` are; the auxiliary files of
    a PEP (`peps/pep-0789-diagram.svg`, everything in `peps/pep-0012/`) are not, and neither is
    `peps/pep-845.rst`, which is read as a PEP anyway (PEP 1 § Auxiliary Files; PEP 12).
    """
    found = _MISFILED.fullmatch(path)
    if found is None or is_pep_path(path):
        return False
    word = found[1]
    return (word.isascii() and word.isdigit()) or is_placeholder_word(word)


_OWN = re.compile(r"(peps/pep-([^/._-]{1,16}))[-_/].{1,500}", re.DOTALL)
_DOCUMENT = re.compile(r".{1,200}\.(?:rst|rest|txt|md|markdown|docx?|odt|pdf)", re.IGNORECASE)
_PICTURE = re.compile(r".*\.(?:png|svg|jpe?g|gif|webp)", re.IGNORECASE | re.DOTALL)
# What else belongs in `peps/`, by how its name begins: configuration, indices, generated data.
_INFRASTRUCTURE = frozenset(
    {
        *("", "404", "api", "conf", "contents", "index", "license", "makefile", "numerical"),
        *("readme", "release-dates", "requirements", "robots", "topic", "topics"),
    }
)


def own_files_prefix(path: str) -> str | None:
    """What the paths of a PEP's auxiliary files begin with, if this is one of them.

    It is `peps/pep-0842` for `peps/pep-0842/diagram.svg` and `peps/pep-0842-1.png`, and the same
    with a placeholder for the number (PEP 1 § Auxiliary Files).
    """
    found = _OWN.fullmatch(path)
    if found is None or is_pep_path(path):
        return None
    return found[1] if _is_digits(found[2]) or is_placeholder_word(found[2]) else None


def is_among_peps(path: str) -> bool:
    """Whether a file is in the folder of the PEPs without being a PEP's source."""
    return path.startswith("peps/") and not is_pep_path(path)


def is_stray_file(path: str) -> bool:
    """Whether a file is among the PEPs but belongs to none, and is not infrastructure.

    `peps/Metge.md` (python/peps #3304) and `peps/diagram.png` are such. `peps/conf.py` and the
    like are not, nor are hidden files and those whose name begins with `_`.
    """
    if not is_among_peps(path) or is_misfiled_pep(path) or own_files_prefix(path):
        return False
    name = path.split("/")[1]
    return not name.startswith("_") and name.split(".")[0].lower() not in _INFRASTRUCTURE


def is_picture(path: str) -> bool:
    """Whether a file is an image, by its name."""
    return _PICTURE.fullmatch(path) is not None


def is_document(path: str) -> bool:
    """Whether a file directly in `peps/` is text to read, as a proposal is."""
    return path.count("/") == 1 and _DOCUMENT.fullmatch(path) is not None
