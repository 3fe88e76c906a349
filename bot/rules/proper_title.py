"""The title a pull request on PEPs should have. Not a rule: the rule and `/pep title` ask here."""

import re

from bot.peps.document import title_number
from bot.peps.number import PepNumber, number_in_path
from bot.rules.change import Change
from bot.rules.context import Context

MOST_NAMED = 3
"""How many PEPs a title names at most."""

LONGEST_TITLE = 256
"""Characters of a title that GitHub takes."""

# What stands before the rest of the title: numbers, however they were written.
_PREFIX = re.compile(
    r"\s*(?:PEPs?[\s:#–—-]*)?(?:[0-9X?]{1,4}(?:\s*(?:,|&|/|\+|and)\s*(?:PEPs?[\s-]*)?[0-9X?]{1,4})*)"
    r"\s*[:.\s–—-]\s*",
    re.IGNORECASE,
)


def named_peps(change: Change, context: Context) -> tuple[PepNumber, ...]:
    """The PEPs that the title should name, ascending; empty if that cannot be told.

    That is so where no PEP is changed, more than three are, or one has a placeholder for its
    number.
    """
    found = {number_in_path(file.path) for file in change.files} - {None}
    numbers = sorted(number for number in found if number is not None)
    if not 0 < len(numbers) <= MOST_NAMED or set(numbers) & context.numbers.placeholders:
        return ()
    return tuple(numbers)


def title_prefix(numbers: tuple[PepNumber, ...]) -> str:
    """`PEP 791: `, or `PEP 719, 745: ` for several (python/peps, CONTRIBUTING)."""
    return f"PEP {', '.join(str(number) for number in numbers)}: "


def proper_title(change: Change, context: Context) -> str | None:
    """The title with the right prefix, the rest as it is; None if that cannot be told."""
    numbers = named_peps(change, context)
    if not numbers:
        return None
    title = " ".join(change.title.split())
    prefix = title_prefix(numbers)
    if title.startswith(prefix) and tuple(sorted(title_number(title))) == numbers:
        return change.title
    found = _PREFIX.match(title) if title_number(title) or _begins_with_pep(title) else None
    rest = title[found.end() :].strip() if found else title
    return f"{prefix}{rest or 'Update'}"[:LONGEST_TITLE].strip()


def _begins_with_pep(title: str) -> bool:
    return re.match(r"\s*PEPs?[\s:#–—-]*[0-9X?]", title, re.IGNORECASE) is not None
