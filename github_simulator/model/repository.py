"""A repository: branches, labels, collaborators, issues, pull requests and check runs.

Issues and pull requests share a number sequence and most fields: text, labels, comments, reactions,
the list of events. A pull request is an issue that also has two branches, reviews, and comments on
lines.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from github_simulator.model.accounts import Access, Account
from github_simulator.model.apps import App
from github_simulator.model.checks import CheckRun, CheckSuite

IssueState = Literal["open", "closed"]
ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"]

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
    """A comment on an issue or pull request; `former` has its earlier texts, oldest first."""

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
class Review:
    """A review of the head `commit`."""

    id: int
    author: Account
    state: ReviewState
    body: str
    commit: str
    submitted_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False)
class ReviewComment:
    """A comment on a line of the diff."""

    id: int
    review: Review
    author: Account
    path: str
    line: int
    body: str
    commit: str
    diff_hunk: str
    created_at: datetime
    updated_at: datetime
    start_line: int | None = None
    reactions: list[Reaction] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class PullRequest:
    """The branches and the reviews of a pull request.

    Attributes:
        head_repository: None once the fork was deleted.
        head_owner: The owner of the branch; it stays when the fork is deleted.
        base_sha: The base's tip when the pull request was opened or last pushed to: GitHub does not
            move it with every push to the base.
    """

    id: int
    head_repository: "Repository | None"
    head_owner: Account
    head_ref: str
    head_sha: str
    base_ref: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit: str | None = None
    requested_reviewers: list[Account] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    review_comments: list[ReviewComment] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Issue:
    """An issue; a pull request if it has `pull`."""

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


@dataclass(slots=True, eq=False)
class Repository:
    """A repository or a fork.

    Attributes:
        branches: Branch name to the SHA of its tip.
        collaborators: Access by lower-case login; everybody else may read.
        labels: Lower-case name to label.
        issues: Issues and pull requests by number.
        comments: Comments on them by id.
        gone_issues: Numbers of issues that were moved, each with the API's URL of its new place,
            or deleted, each with None.
    """

    id: int
    owner: Account
    name: str
    default_branch: str
    created_at: datetime
    pushed_at: datetime
    private: bool = False
    parent: "Repository | None" = None
    branches: dict[str, str] = field(default_factory=dict)
    collaborators: dict[str, Access] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    gone_issues: dict[int, str | None] = field(default_factory=dict)
    check_runs: dict[int, CheckRun] = field(default_factory=dict)
    check_suites: dict[int, CheckSuite] = field(default_factory=dict)
    next_number: int = 1

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner.login}/{self.name}"

    @property
    def tip(self) -> str:
        """The SHA at the tip of the default branch."""
        return self.branches[self.default_branch]

    def access(self, account: Account) -> Access:
        """What an account may do here."""
        if account is self.owner:
            return Access.ADMIN
        everybody = Access.NONE if self.private else Access.READ
        return self.collaborators.get(account.login.lower(), everybody)

    def association(self, account: Account) -> str:
        """GitHub's `author_association` of an account."""
        if account is self.owner:
            return "OWNER"
        if account.login.lower() in self.collaborators:
            return "MEMBER" if self.owner.type == "Organization" else "COLLABORATOR"
        merged = any(
            issue.pull is not None and issue.pull.merged_at and issue.author is account
            for issue in self.issues.values()
        )
        return "CONTRIBUTOR" if merged else "NONE"
