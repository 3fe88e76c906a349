"""What a `Resolution` value says: the day of the decision and the post that tells it (PEP 1)."""

import re
from dataclasses import dataclass

_LONGEST = 2_000
_URL = r"https?://[^\s<>`\"\\]{4,600}"
_DATED = re.compile(rf"`([^`<>]{{1,40}}?)(\s*)<({_URL})>`__")
_BARE = re.compile(_URL)
_DISCOURSE = re.compile(
    r"(https://discuss\.python\.org/t/)(?:[0-9]{0,20}[A-Za-z._~%-][A-Za-z0-9._~%-]{0,300}/)?([0-9]{1,12})(?:/([0-9]{1,9}))?/?"
)


@dataclass(frozen=True, slots=True)
class DecisionLink:
    """A link to a decision.

    Attributes:
        url: The address as written.
        day: What stands where the day should, empty for a bare link.
        is_spaced: Whether a blank stands between the day and the address, as the link needs.
    """

    url: str
    day: str
    is_spaced: bool

    @property
    def short(self) -> str:
        """The address without the words Discourse puts into it; others as they are."""
        found = _DISCOURSE.fullmatch(self.url)
        if found is None:
            return self.url
        return f"{found[1]}{found[2]}" + (f"/{found[3]}" if found[3] else "")


def decision_link(value: str) -> DecisionLink | None:
    """Read a `Resolution`: a bare link or a dated one; None for anything else.

    Args:
        value: The header's value, whatever it is.
    """
    text = " ".join(value[:_LONGEST].split())
    if _BARE.fullmatch(text):
        return DecisionLink(text, "", is_spaced=True)
    found = _DATED.fullmatch(text)
    if found is None:
        return None
    return DecisionLink(found[3], found[1], is_spaced=bool(found[2]))
