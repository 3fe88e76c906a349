"""Reads a pull request's title and description, and computes the title it should have."""

import re
from functools import lru_cache

from bot.peps.change import Change
from bot.peps.document import title_numbers
from bot.peps.number import PepNumber, number_in_path
from bot.policy.bodies import Body
from bot.rules.engine.context import Context

MAX_DESCRIPTION_LENGTH = 65_536
"""How many characters of a description are read; GitHub allows no more."""

_TRACKER = re.compile(r"https://github\.com/([\w.-]{1,100}/[\w.-]{1,100})/issues/new")


def without_comments(text: str) -> str:
    """The text without its HTML comments; an unclosed one extends to the end."""
    pieces = []
    rest = text
    while True:
        before, opening, rest = rest.partition("<!--")
        pieces.append(before)
        if not opening:
            return "".join(pieces)
        _, _, rest = rest.partition("-->")


def linked_issue(body: Body, text: str) -> str | None:
    """The first issue in a body's tracker that a text links to; it is only named, never read.

    Args:
        body: The body; if its tracker is not on GitHub, no issue is found.
        text: The text, in which `owner/repository#N` counts as a link too.

    Returns:
        The URL of the issue, or of its comment if that is linked; built here from the numbers.
    """
    tracker = _TRACKER.fullmatch(body.tracker or "")
    if tracker is None:
        return None
    found = _issue_form(tracker[1]).search(text)
    if found is None:
        return None
    anchor = f"#issuecomment-{found[2]}" if found[2] else ""
    return f"https://github.com/{tracker[1]}/issues/{found[1] or found[3]}{anchor}"


@lru_cache(maxsize=16)
def _issue_form(repository: str) -> re.Pattern[str]:
    name = re.escape(repository)
    return re.compile(
        rf"https://github\.com/{name}/issues/([0-9]{{1,9}})(?![0-9\w/-])"
        rf"(?:#issuecomment-([0-9]{{1,12}}))?"
        rf"|(?<![\w/.-]){name}#([0-9]{{1,9}})(?!\w)",
        re.IGNORECASE,
    )


MAX_PEPS_IN_TITLE = 3
"""How many PEPs a title may name."""

MAX_TITLE_LENGTH = 256
"""How many characters of a title GitHub allows."""

# The beginning of a title that names PEPs, in any spelling.
_PREFIX = re.compile(
    r"\s*(?:PEPs?[\s:#–—-]*)?(?:[0-9X?]{1,4}(?:\s*(?:,|&|/|\+|and)\s*(?:PEPs?[\s-]*)?[0-9X?]{1,4})*)"
    r"\s*[:.\s–—-]\s*",
    re.IGNORECASE,
)


def peps_for_title(change: Change, context: Context) -> tuple[PepNumber, ...]:
    """The PEPs that the title should name, ascending; empty if that is not clear.

    It is not clear if no PEP or more than three PEPs change, or if one has a placeholder number.
    """
    found = {number_in_path(file.path) for file in change.files} - {None}
    numbers = sorted(number for number in found if number is not None)
    if not 0 < len(numbers) <= MAX_PEPS_IN_TITLE or set(numbers) & context.numbers.placeholders:
        return ()
    return tuple(numbers)


def title_prefix(numbers: tuple[PepNumber, ...]) -> str:
    """`PEP 791: `, or `PEP 719, 745: ` for several (python/peps, CONTRIBUTING)."""
    return f"PEP {', '.join(str(number) for number in numbers)}: "


def canonical_title(change: Change, context: Context) -> str | None:
    """The title with the right prefix, the rest unchanged; None if the prefix is not clear."""
    numbers = peps_for_title(change, context)
    if not numbers:
        return None
    title = " ".join(change.title.split())
    prefix = title_prefix(numbers)
    if title.startswith(prefix) and tuple(sorted(title_numbers(title))) == numbers:
        return change.title
    found = _PREFIX.match(title) if title_numbers(title) or _begins_with_pep(title) else None
    rest = title[found.end() :].strip() if found else title
    return f"{prefix}{rest or 'Update'}"[:MAX_TITLE_LENGTH].strip()


def _begins_with_pep(title: str) -> bool:
    return re.match(r"\s*PEPs?[\s:#–—-]*[0-9X?]", title, re.IGNORECASE) is not None
