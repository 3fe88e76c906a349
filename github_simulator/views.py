"""Views of what is on the simulated GitHub, for assertions and transcripts."""

from dataclasses import dataclass
from datetime import datetime

from github_simulator.model.checks import CheckAction, CheckRun
from github_simulator.model.repository import Comment, Issue, Label, Review, ReviewComment
from github_simulator.wire import JsonObject


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment; `edits` counts its changes, `former` holds its earlier texts."""

    id: int
    login: str
    body: str
    created_at: datetime
    updated_at: datetime
    edits: int
    former: list[str]
    reactions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review."""

    id: int
    login: str
    state: str
    body: str
    commit: str


@dataclass(frozen=True, slots=True)
class ReviewCommentView:
    """A comment on a line; reactions as pairs of login and content."""

    id: int
    login: str
    path: str
    line: int
    body: str
    reactions: list[tuple[str, str]]
    start_line: int | None = None


@dataclass(frozen=True, slots=True)
class PullRequestView:
    """A pull request or an issue (whose fields of branches are empty)."""

    number: int
    title: str
    body: str
    author: str
    state: str
    draft: bool
    merged: bool
    locked: bool
    head_sha: str
    base_sha: str
    merge_commit: str | None
    labels: list[str]
    assignees: list[str]
    comments: list[CommentView]
    reviews: list[ReviewView]
    review_comments: list[ReviewCommentView]
    reactions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CheckRunView:
    """A check run with all annotations it ever got, in the API's own form."""

    id: int
    name: str
    head_sha: str
    status: str
    conclusion: str | None
    external_id: str
    details_url: str | None
    title: str | None
    summary: str | None
    text: str | None
    annotations: list[JsonObject]
    actions: list[CheckAction]
    suite_status: str = "completed"


@dataclass(frozen=True, slots=True)
class LabelView:
    """A label the repository defines."""

    name: str
    color: str
    description: str | None


def _reactions(subject: Issue | Comment | ReviewComment) -> list[tuple[str, str]]:
    return [(each.account.login, each.content) for each in subject.reactions]


def comment_view(comment: Comment) -> CommentView:
    """Make the view of a comment."""
    return CommentView(
        comment.id,
        comment.author.login,
        comment.body,
        comment.created_at,
        comment.updated_at,
        len(comment.former),
        list(comment.former),
        _reactions(comment),
    )


def _review_view(review: Review) -> ReviewView:
    return ReviewView(review.id, review.author.login, review.state, review.body, review.commit)


def _review_comment_view(comment: ReviewComment) -> ReviewCommentView:
    return ReviewCommentView(
        comment.id,
        comment.author.login,
        comment.path,
        comment.line,
        comment.body,
        _reactions(comment),
        start_line=comment.start_line,
    )


def pull_request_view(issue: Issue) -> PullRequestView:
    """Make the view of a pull request or issue."""
    pull = issue.pull
    return PullRequestView(
        number=issue.number,
        title=issue.title,
        body=issue.body or "",
        author=issue.author.login,
        state=issue.state,
        draft=pull is not None and pull.draft,
        merged=pull is not None and pull.merged_at is not None,
        locked=issue.locked,
        head_sha=pull.head_sha if pull else "",
        base_sha=pull.base_sha if pull else "",
        merge_commit=pull.merge_commit if pull else None,
        labels=[label.name for label in issue.labels],
        assignees=[account.login for account in issue.assignees],
        comments=[comment_view(comment) for comment in issue.comments],
        reviews=[_review_view(review) for review in pull.reviews] if pull else [],
        review_comments=[_review_comment_view(each) for each in pull.review_comments]
        if pull
        else [],
        reactions=_reactions(issue),
    )


def check_run_view(run: CheckRun, annotations: list[JsonObject]) -> CheckRunView:
    """Make the view of a check run."""
    return CheckRunView(
        run.id,
        run.name,
        run.head_sha,
        run.status,
        run.conclusion,
        run.external_id,
        run.details_url,
        run.title,
        run.summary,
        run.text,
        annotations,
        list(run.actions),
        suite_status=run.suite.status,
    )


def label_view(label: Label) -> LabelView:
    """Make the view of a label."""
    return LabelView(label.name, label.color, label.description)
