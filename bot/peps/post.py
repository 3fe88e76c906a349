"""One entry of `Post-History`: a day, bare or as a link to its thread (PEP 1)."""

import re
from dataclasses import dataclass

_LINK = re.compile(r"`([^`<>]{1,40}?)(\s*)<([^`<>]{1,600})>`__?")
_LONGEST = 700


@dataclass(frozen=True, slots=True)
class Post:
    """An entry.

    Attributes:
        day: What stands where the day should, valid or not.
        url: What it links; empty for a bare day.
        is_spaced: Whether a blank stands between the day and the address, as the link needs.
    """

    day: str
    url: str = ""
    is_spaced: bool = True


def parse_post(entry: str) -> Post | None:
    """Read one entry.

    Args:
        entry: What stands between two commas.

    Returns:
        The entry; None if it can neither be a link nor, for its signs, a bare day.
    """
    text = entry.strip()
    if len(text) > _LONGEST:
        return None
    found = _LINK.fullmatch(text)
    if found is not None:
        return Post(found[1], found[3], bool(found[2]))
    return None if not text or set(text) & set("`<>:/") else Post(text)
