"""What was heard in one text, and what its author gets to see of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.commands.text import Place, Text

DONE = "+1"
"""The reaction to a text all of whose commands were carried out (contract)."""

CONFUSED = "confused"
"""The reaction to any other text with commands (contract)."""

PENDING = "pending"
"""In place of a reaction while a text is being heard, so that after a crash it is heard again."""


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
        answers: What there was to say of commands carried out, in their order, each with the key of
            its command.
        standing: The keys of the commands that stand in it now.
        unseen: Those of them that stood there before they were heard of, and have not been since.
        faults: What is wrong with commands that stand in it now.
        wants: The reaction it should have: `DONE`, `CONFUSED` or none.
        reaction: The reaction of ours that stands, and its id.
        reaction_id: Its id.
        reply_id: The comment of ours that answers it.
        reply_digest: The digest of what that says.
        is_gone: Whether it was deleted; nothing is heard from it any more.
    """

    source: str
    place: Place
    id: int
    author: str
    url: str
    at: datetime
    answers: tuple[tuple[str, str], ...] = ()
    standing: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    wants: str = ""
    reaction: str = ""
    reaction_id: int | None = None
    reply_id: int | None = None
    reply_digest: str = ""
    is_gone: bool = False

    @property
    def marker(self) -> str:
        """What marks the reply to it (contract: `<!-- pep-bot:reply ID -->`)."""
        return f"reply {self.source}"

    @property
    def shown(self) -> tuple[str, ...]:
        """What the reply says: what is wrong, then the answers to commands that stand in it."""
        if self.is_gone:
            return ()
        return (*self.faults, *(told for key, told in self.answers if key in self.standing))

    @property
    def has_reactions(self) -> bool:
        """Whether GitHub lets anybody react to it."""
        return not self.is_gone and self.place not in (Place.REVIEW, Place.BUTTON)


def first_heard(text: Text) -> Heard:
    """A text of which nothing is known yet."""
    return Heard(text.node_id, text.place, text.id, text.author, text.url, text.at)
