"""Having docutils read the PEPs of a change, as far as the rules will ask for it."""

from typing import Protocol

from bot.peps.markup import Markup
from bot.policy.model import Policy
from bot.rules.change import Change
from bot.rules.document.markup import asks_docutils, texts_to_parse, with_markup

MOST_TEXTS = 20
"""PEPs from which on none is read: such a change is made by a program, and looked at otherwise."""

MOST_CHARACTERS = 2_000_000
"""Characters of all of them from which on none is read; docutils takes some 3 s for these."""


class MarkupSource(Protocol):
    """What reads reStructuredText; see `bot.markup.reader`."""

    async def read(self, text: str) -> Markup:
        """What docutils says of a text, or why it came to no end."""
        ...


async def parsed(change: Change, policy: Policy, source: MarkupSource) -> Change:
    """The change, with what docutils says of its PEPs.

    The one text that it cannot be done with is the last that is read, so that a pull request
    cannot take more than that one's time.
    """
    if not asks_docutils(policy):
        return change
    texts = texts_to_parse(change)
    if len(texts) > MOST_TEXTS or sum(map(len, texts.values())) > MOST_CHARACTERS:
        return change
    said: dict[str, Markup] = {}
    for path, text in texts.items():
        said[path] = await source.read(text)
        if said[path].gave_up:
            break
    return with_markup(change, said)
