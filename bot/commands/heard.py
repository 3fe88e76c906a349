"""What was heard in one text, and what its author gets to see of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.commands.text import Place, Text

DONE = "+1"
"""The reaction to a text all of whose commands were carried out (contract)."""

CONFUSED = "confused"
"""The reaction to any other text with commands (contract)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One text that held commands.

    Attributes:
        source: The global id of what carries the text.
        place: Where it stands.
        id: What GitHub's REST API calls it there.
        author: Whose text.
        url: Where it can be read.
        at: The version that was heard last.
        answers: What there was to say of commands carried out, in their order.
        faults: What is wrong with commands that stand in it now.
        wants: The reaction it should have: `DONE`, `CONFUSED` or none.
        reaction: The reaction of ours that stands, and its id.
        reaction_id: Its id.
        reply_id: The comment of ours that answers it.
        reply_digest: The digest of what that says.
    """

    source: str
    place: Place
    id: int
    author: str
    url: str
    at: datetime
    answers: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    wants: str = ""
    reaction: str = ""
    reaction_id: int | None = None
    reply_id: int | None = None
    reply_digest: str = ""

    @property
    def marker(self) -> str:
        """What marks the reply to it (contract: `<!-- pep-bot:reply ID -->`)."""
        return f"reply {self.source}"

    @property
    def has_reactions(self) -> bool:
        """Whether GitHub lets anybody react to it."""
        return self.place not in (Place.REVIEW, Place.BUTTON)


def first_heard(text: Text) -> Heard:
    """A text of which nothing is known yet."""
    return Heard(text.node_id, text.place, text.id, text.author, text.url, text.at)
