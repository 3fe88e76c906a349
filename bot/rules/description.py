"""What a pull request's description says to people: issues it links, comments left out.

A template's instructions stand in HTML comments, which nobody sees.
"""

import re
from functools import lru_cache

from bot.policy.bodies import Body

LONGEST = 65_536
"""Characters of a description that are read; GitHub takes no more."""

_TRACKER = re.compile(r"https://github\.com/([\w.-]{1,100}/[\w.-]{1,100})/issues/new")


def without_comments(text: str) -> str:
    """The text without its HTML comments; one that is not closed goes to the end."""
    kept = []
    rest = text
    while True:
        before, opening, rest = rest.partition("<!--")
        kept.append(before)
        if not opening:
            return "".join(kept)
        _, _, rest = rest.partition("-->")


def issue_linked(body: Body, text: str) -> str | None:
    """The first issue of a body's tracker that a text links; it is only named, never read.

    Args:
        body: The body; one whose tracker is not on GitHub has no issues that can be told.
        text: The text, in which `owner/repository#N` is a link as well.

    Returns:
        The issue's address, with the comment's if one is linked; built here from its numbers.
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
