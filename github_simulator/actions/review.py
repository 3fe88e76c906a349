"""Reviews and comments on lines, by people and apps."""

from dataclasses import dataclass

from github_simulator.actions import issue as issue_actions
from github_simulator.model.accounts import Account
from github_simulator.model.repository import Issue, Review, ReviewComment, ReviewState
from github_simulator.render import pull as render_pull
from github_simulator.render.pull import pull_of
from github_simulator.service import Service
from github_simulator.wire import timestamp


@dataclass(frozen=True, slots=True)
class NewComment:
    """A comment on a line, or on several if it has a `start_line`."""

    path: str
    line: int
    body: str
    start_line: int | None = None
    diff_hunk: str = "@@ -1 +1 @@"


def submit(service: Service, issue: Issue, who: Account, state: ReviewState, body: str) -> Review:
    """Submit a review of the present head."""
    world = service.world
    pull = pull_of(issue)
    now = world.now()
    review = Review(world.next_id(), who, state, body, pull.head_sha, now, now)
    pull.reviews.append(review)
    if who in pull.requested_reviewers:
        pull.requested_reviewers.remove(who)
    issue_actions.touch(service, issue)
    announce(service, issue, review, who, "submitted")
    return review


def announce(
    service: Service, issue: Issue, review: Review, sender: Account, action: str, **fields: object
) -> None:
    """Send `pull_request_review`."""
    context = service.context
    body = {
        "action": action,
        # webhooks write the state in small letters, REST in capitals
        "review": {
            **render_pull.review(context, issue, review),
            "state": review.state.lower(),
            "body": review.body or None,
            "updated_at": timestamp(review.updated_at),
        },
        "pull_request": render_pull.simple(context, issue),
    }
    service.announce("pull_request_review", issue.repository, sender, {**body, **fields})


def add_comment(
    service: Service, issue: Issue, review: Review, who: Account, new: NewComment
) -> ReviewComment:
    """Comment on a line as part of a review.

    Raises:
        Refusal: 422 for an empty or too long text.
    """
    issue_actions.check_body(new.body)
    world, pull = service.world, pull_of(issue)
    comment = ReviewComment(
        id=world.next_id(),
        review=review,
        author=who,
        path=new.path,
        line=new.line,
        body=new.body,
        commit=pull.head_sha,
        diff_hunk=new.diff_hunk,
        created_at=world.now(),
        updated_at=world.now(),
        start_line=new.start_line,
    )
    pull.review_comments.append(comment)
    announce_comment(service, issue, comment, who, "created")
    return comment


def announce_comment(
    service: Service,
    issue: Issue,
    comment: ReviewComment,
    sender: Account,
    action: str,
    **fields: object,
) -> None:
    """Send `pull_request_review_comment`."""
    context = service.context
    body = {
        "action": action,
        "comment": render_pull.review_comment(context, issue, comment),
        "pull_request": render_pull.simple(context, issue),
    }
    service.announce("pull_request_review_comment", issue.repository, sender, {**body, **fields})
