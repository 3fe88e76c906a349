"""A text in which somebody may command the bot. All its sources become this one type."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.peps.people import Accounts, Actor, Login, same_login


class Place(StrEnum):
    """Where a text stands, which decides how one can react to it on GitHub."""

    DESCRIPTION = "description"
    """Of an issue or a pull request."""

    COMMENT = "comment"
    REVIEW = "review"
    """GitHub has no reactions to these."""

    REVIEW_COMMENT = "review comment"
    """On a line of the diff."""

    BUTTON = "button"
    """No text: somebody pressed a button of the check run."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it stood at one moment.

    Attributes:
        node_id: GitHub's global id of what carries it.
        place: Where it stands.
        id: What GitHub's REST API calls it there: the comment's id; the number of the issue or
            pull request for a description.
        author: Whose text it is.
        sender: Who wrote or changed it now.
        body: The text; None once it was deleted.
        url: Where it can be read.
        at: When it was written or changed last.
        by_program: Whether a program wrote it, be it in a person's name.
        locked: Whether the conversation is locked.
        before: What an edit changed, as the event says.
        account: GitHub's id of the author, None if it is not known.
        sender_account: That of the sender.
        association: GitHub's word for what the author is to the repository, such as `NONE`.
    """

    node_id: str
    place: Place
    id: int
    author: str
    sender: str
    body: str | None
    url: str
    at: datetime
    by_program: bool = False
    locked: bool = False
    association: str = ""
    before: str = ""
    account: int | None = None
    sender_account: int | None = None

    @property
    def is_by_own_hand(self) -> bool:
        """Whether its author wrote what it says now."""
        return same_login(self.author, self.sender)

    @property
    def actor(self) -> Actor:
        """Its author's account."""
        return Actor(Login(self.author), self.account)

    def by_name(self, accounts: Accounts) -> "Text":
        """The same, with author and sender called as lists call their accounts."""
        sender = Actor(Login(self.sender), self.sender_account)
        return replace(self, author=accounts.name(self.actor), sender=accounts.name(sender))
