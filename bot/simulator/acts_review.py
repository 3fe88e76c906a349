"""Reviews and comments on lines, whoever writes them."""

from dataclasses import dataclass

from bot.simulator import acts_issue, render_pull
from bot.simulator.accounts import Account
from bot.simulator.issues import Issue
from bot.simulator.pulls import Review, ReviewComment, ReviewState
from bot.simulator.render_pull import pull_of
from bot.simulator.service import Service
from bot.simulator.wire import timestamp


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
    acts_issue.touch(service, issue)
    announce(service, issue, review, who, "submitted")
    return review


def announce(
    service: Service, issue: Issue, review: Review, sender: Account, action: str, **fields: object
) -> None:
    """Send `pull_request_review`."""
    wire = service.wire
    body = {
        "action": action,
        # webhooks write the state in small letters, REST in capitals
        "review": {
            **render_pull.review(wire, issue, review),
            "state": review.state.lower(),
            "body": review.body or None,
            "updated_at": timestamp(review.updated_at),
        },
        "pull_request": render_pull.simple(wire, issue),
    }
    service.announce("pull_request_review", issue.repository, sender, {**body, **fields})


def add_comment(
    service: Service, issue: Issue, review: Review, who: Account, new: NewComment
) -> ReviewComment:
    """Comment on a line as part of a review.

    Raises:
        Refusal: 422 for an empty or too long text.
    """
    acts_issue.check_body(new.body)
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
    wire = service.wire
    body = {
        "action": action,
        "comment": render_pull.review_comment(wire, issue, comment),
        "pull_request": render_pull.simple(wire, issue),
    }
    service.announce("pull_request_review_comment", issue.repository, sender, {**body, **fields})
