"""What issues and pull requests share: text, labels, comments, reactions, the list of events."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.simulator.accounts import Account
from bot.simulator.apps import App
from bot.simulator.pulls import PullRequest

if TYPE_CHECKING:
    from bot.simulator.repository import Repository

IssueState = Literal["open", "closed"]

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


@dataclass(slots=True, eq=False)
class Label:
    """A label as the repository defines it; `color` is six hex digits."""

    id: int
    name: str
    color: str
    description: str | None = None


@dataclass(slots=True, eq=False)
class Reaction:
    """An emoji of one account on one text."""

    id: int
    account: Account
    content: str
    created_at: datetime


@dataclass(slots=True, eq=False)
class Comment:
    """A comment on an issue or pull request; `former` are its earlier texts, oldest first."""

    id: int
    issue: "Issue"
    author: Account
    body: str
    created_at: datetime
    updated_at: datetime
    app: App | None = None
    reactions: list[Reaction] = field(default_factory=list)
    former: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class IssueEvent:
    """A line of the history GitHub shows between the comments, such as `labeled`."""

    id: int
    actor: Account
    event: str
    created_at: datetime
    app: App | None = None
    label: Label | None = None
    rename: tuple[str, str] | None = None
    commit: str | None = None
    account: Account | None = None
    review: int | None = None


@dataclass(slots=True, eq=False)
class Issue:
    """An issue; a pull request if `pull` is there."""

    id: int
    repository: "Repository"
    number: int
    title: str
    body: str | None
    author: Account
    created_at: datetime
    updated_at: datetime
    state: IssueState = "open"
    closed_at: datetime | None = None
    closed_by: Account | None = None
    locked: bool = False
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    events: list[IssueEvent] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    pull: PullRequest | None = None

    @property
    def comments(self) -> list[Comment]:
        """Its comments, oldest first."""
        return [each for each in self.repository.comments.values() if each.issue is self]
