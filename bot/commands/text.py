"""A text that may contain commands, of whatever kind, and a command as it is stored."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.peps.people import Accounts, Actor, Login, same_login

RECOVERY_PERIOD = timedelta(days=3)
"""How old a comment whose event was lost may be for its commands to be carried out. GitHub keeps
failed deliveries for the same time."""


def may_have_commands(text: str) -> bool:
    """Whether it is worth while to look for commands in a text, since that takes long."""
    return "/pep" in text


class Place(StrEnum):
    """The kind of object that has a text, which decides how the bot can react to it on GitHub."""

    DESCRIPTION = "description"
    """The description of an issue or a pull request."""

    COMMENT = "comment"
    REVIEW = "review"
    """GitHub does not support reactions to reviews."""

    REVIEW_COMMENT = "review comment"
    """A review comment on a line of the diff."""

    BUTTON = "button"
    """Not a text: somebody pressed a button of the check run."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text at one moment.

    Attributes:
        node_id: The global id of the comment, review, issue or other object that has it.
        place: What kind of object that is.
        id: The object's id in GitHub's REST API: the comment's id, or for a description the number
            of the issue or pull request.
        author: The author of the text.
        sender: Who wrote or edited it now.
        body: The text; None if it was deleted.
        url: Where it can be read.
        at: When it was last written or edited.
        by_program: Whether a program wrote it, even in a person's name.
        locked: Whether the conversation is locked.
        before: The text before an edit, from the event.
        account: The author's GitHub id; None if unknown.
        sender_account: The sender's GitHub id; None if unknown.
        association: GitHub's `author_association` with the repository, such as `NONE`.
        login: The author's login on GitHub, if `author` is what the repository's lists call them.
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
    login: str = ""

    @property
    def is_by_own_hand(self) -> bool:
        """Whether its author wrote or edited it now."""
        return same_login(self.author, self.sender)

    def is_recent_enough(self, now: datetime) -> bool:
        """Whether its commands may be carried out although no event reported it."""
        return abs(now - self.at) <= RECOVERY_PERIOD

    @property
    def actor(self) -> Actor:
        """Its author's account."""
        return Actor(Login(self.login or self.author), self.account)

    def by_name(self, accounts: Accounts) -> "Text":
        """The same text, with the logins of author and sender as `accounts` resolves them."""
        sender = Actor(Login(self.sender), self.sender_account)
        author = accounts.name(self.actor)
        return replace(
            self, author=author, sender=accounts.name(sender), login=self.login or self.author
        )


class CommandStatus(StrEnum):
    """What happened to a command."""

    DONE = "done"
    IDLE = "idle"
    """It changed nothing; its note says why. It counts among others that are delivered later."""

    BARRED = "barred"
    """Somebody other than the text's author wrote it into the text, so it is never run."""


@dataclass(frozen=True, slots=True)
class LoggedCommand:
    """A command as it is stored.

    Attributes:
        source: The global id of the text that contains it.
        canonical: The command in its canonical spelling.
        ordinal: Its position among equal commands of that text, from 0.
        subject: The number of the pull request or issue.
        login: The author of the text.
        at: When it was given, as far as is known.
        order: Orders commands of the same moment: the text's number, then the line.
        url: Where it can be read.
        status: What happened to it.
        note: What the command recorded about the circumstances.
    """

    source: str
    canonical: str
    ordinal: int
    subject: int
    login: Login
    at: datetime
    order: tuple[int, int]
    url: str
    status: CommandStatus = CommandStatus.DONE
    note: str = ""

    @property
    def verb(self) -> str:
        """Its first word."""
        return self.canonical.partition(" ")[0]

    @property
    def key(self) -> tuple[str, int]:
        """The key that identifies it within its text."""
        return (self.canonical, self.ordinal)

    @property
    def sort_key(self) -> tuple[datetime, tuple[int, int], int]:
        """The key by which commands are ordered."""
        return (self.at, self.order, self.ordinal)
