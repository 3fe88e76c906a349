"""What a file's name says: whether somebody meant it for a PEP and put it in the wrong place."""

import re

from bot.peps.number import is_pep_path, is_placeholder_word

_MEANT = re.compile(
    r"(?:peps?/)?pep[-_ ]?([^/._ -]{1,16})\.(rst|rest|txt|md|markdown|html?)",
    re.IGNORECASE,
)


def is_misfiled_pep(path: str) -> bool:
    """Whether a path was meant for the source of a PEP but has the wrong place or name for one.

    `pep-0845.rst` at the top, `peps/pep-0845.md` and `peps/PEP-845.txt` are; the auxiliary files of
    a PEP (`peps/pep-0789-diagram.svg`, everything in `peps/pep-0012/`) are not, and neither is
    `peps/pep-845.rst`, which is read as a PEP all the same (PEP 1 § Auxiliary Files; PEP 12).
    """
    found = _MEANT.fullmatch(path)
    if found is None or is_pep_path(path):
        return False
    word = found[1]
    return (word.isascii() and word.isdigit()) or is_placeholder_word(word)


_STRAY = re.compile(
    r"peps/([^/]{1,200})\.(?:rst|rest|txt|md|markdown|docx?|odt|pdf)", re.IGNORECASE
)
_KNOWN = frozenset({"index", "contents", "readme"})


def is_stray_proposal(path: str) -> bool:
    """Whether a document lies directly among the PEPs without being one or belonging to one.

    `peps/Metge.md` does (python/peps #3304). `peps/index.rst` and its like do not, nor whatever
    has a name that begins with `pep-`.
    """
    found = _STRAY.fullmatch(path)
    if found is None or is_pep_path(path) or is_misfiled_pep(path):
        return False
    stem = found[1].lower()
    return stem not in _KNOWN and not stem.startswith("pep-")
