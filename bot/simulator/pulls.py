"""What a pull request has beyond an issue: two branches, reviews, comments on lines."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.simulator.accounts import Account

if TYPE_CHECKING:
    from bot.simulator.issues import Reaction
    from bot.simulator.repository import Repository

ReviewState = Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"]


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
    reactions: "list[Reaction]" = field(default_factory=list)


@dataclass(slots=True, eq=False)
class PullRequest:
    """The branches and the reviews of a pull request.

    Attributes:
        head_repository: None once the fork was deleted.
        head_owner: Whose branch it is; stays when the fork goes.
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
