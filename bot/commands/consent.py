"""What a text says of its author's consent: its lines `/pep sponsor` and `/pep unsponsor`.

With anything behind the word a line is not the author's own consent. What stood in a text before
its author edited it may have been put there by somebody else, so an edit says only what it adds.
"""

from hashlib import sha256
from threading import Lock

from cachetools import LRUCache, cached

from bot.commands.grammar.lines import MOST_COMMANDS
from bot.commands.identity import command_keys, ordered_command_keys
from bot.rules.engine.context import ActKind

_COST_OF_MARKDOWN = 8  # A character of hostile Markdown takes so much longer than one of a PEP.
_LINES = {"sponsor": ActKind.CONSENT, "unsponsor": ActKind.WITHDRAWAL}


def consent_cost(body: str) -> int:
    """How much there is to think about in a text, for `bot.concurrency.offload`."""
    return _COST_OF_MARKDOWN * len(body) if "/pep" in body else 0


@cached(
    LRUCache(4_096),
    key=lambda body: sha256(body.encode("utf-8", "surrogatepass")).digest(),
    lock=Lock(),
)
def consent_in(body: str) -> ActKind | None:
    """What a text that nobody edited says: the last of its lines; None if it has none.

    It is remembered: a stranger's text may take a second, and is read at every review.
    """
    return consent_added(body, "")


def consent_added(body: str, before: str) -> ActKind | None:
    """What an edit by the author says: the last of the lines it added; None if it added none."""
    earlier = command_keys(before)
    added = [
        _LINES[canonical]
        for canonical, ordinal in ordered_command_keys(body, MOST_COMMANDS)
        if canonical in _LINES and (canonical, ordinal) not in earlier
    ]
    return added[-1] if added else None
