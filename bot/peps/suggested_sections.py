"""The sections that PEP 12 suggests, told apart from others by the word that makes them out."""

from typing import Final

from bot.peps.body import Body

_COMMON: Final = {"Motivation": ("motivation",), "Rationale": ("rationale", "motivation")}
_STANDARDS: Final = {
    **_COMMON,
    "Specification": ("specification", "proposal", "design"),
    "Backwards Compatibility": ("compatib",),
    "Security Implications": ("security",),
    "How to Teach This": ("teach",),
    "Reference Implementation": ("implementation",),
    "Rejected Ideas": ("reject", "alternative"),
}

_LONGEST_TITLE = 200


def missing_suggestions(body: Body, kind: str | None) -> tuple[str, ...]:
    """The suggested sections that a PEP does without, in the order of PEP 12's template.

    Args:
        body: What stands below its header.
        kind: Its `Type`. Only Standards Track PEPs are measured by all of them.
    """
    titles = " ".join(section.title[:_LONGEST_TITLE].casefold() for section in body.sections)
    suggested = _STANDARDS if kind == "Standards Track" else _COMMON
    return tuple(
        name for name, words in suggested.items() if not any(word in titles for word in words)
    )
