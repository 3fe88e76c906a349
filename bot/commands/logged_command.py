"""A command as it is stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.peps.people import Login


class CommandStatus(StrEnum):
    """What happened to a command."""

    DONE = "done"
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
    def key(self) -> tuple[str, int]:
        """The key that identifies it within its text."""
        return (self.canonical, self.ordinal)

    @property
    def sort_key(self) -> tuple[datetime, tuple[int, int], int]:
        """The key by which commands are ordered."""
        return (self.at, self.order, self.ordinal)
