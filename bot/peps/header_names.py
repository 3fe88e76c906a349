"""The headers of a PEP in the order PEP 1 gives them (PEP 1 § PEP Header Preamble)."""

from datetime import date
from difflib import get_close_matches

ORDER = (
    "PEP",
    "Title",
    "Author",
    "Sponsor",
    "PEP-Delegate",
    "BDFL-Delegate",
    "Discussions-To",
    "Status",
    "Type",
    "Topic",
    "Requires",
    "Created",
    "Python-Version",
    "Post-History",
    "Replaces",
    "Superseded-By",
    "Resolution",
)
"""Every header there is; `BDFL-Delegate` is what `PEP-Delegate` was called until 2018."""

REQUIRED = ("PEP", "Title", "Author", "Status", "Type", "Created")
"""Those that every PEP has to have from its first day."""

REMOVED = {
    "version": date(2025, 2, 1),
    "last-modified": date(2025, 2, 1),
    "content-type": date(2025, 2, 1),
}
"""Headers that python/peps has taken out of every PEP, in lower case, each with the day from which
it was no longer written (python/peps 3b5f6f446)."""

_LONGEST = 64
_BY_LOWER = {name.lower(): name for name in ORDER}


def nearest_header(name: str) -> str | None:
    """The header somebody meant who wrote this; None if it is one, or looks like none."""
    word = name.strip()[:_LONGEST].lower()
    if word in _BY_LOWER:
        return None if _BY_LOWER[word] == name else _BY_LOWER[word]
    if word in REMOVED:
        return None
    close = get_close_matches(word, _BY_LOWER, n=1, cutoff=0.75)
    return _BY_LOWER[close[0]] if close else None
