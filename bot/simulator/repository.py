"""A repository: branches, labels, collaborators, and what is discussed and checked in it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.simulator.accounts import Access, Account
from bot.simulator.checks import CheckRun, CheckSuite
from bot.simulator.issues import Comment, Issue, Label


@dataclass(slots=True, eq=False)
class Repository:
    """A repository or a fork.

    Attributes:
        branches: Branch name to the SHA of its tip.
        collaborators: Lower-case login to access; everybody else may read.
        labels: Lower-case name to label.
        issues: Issues and pull requests by number.
        comments: Comments on them by id.
        gone_issues: Numbers of issues that are not here any more, each with the API's URL of where
            it was moved to; None for one that was deleted.
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
