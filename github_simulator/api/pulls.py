"""Endpoints of pull requests: lists, files, reviews, comments on lines."""

from github_simulator.actions import issue as issue_actions
from github_simulator.api.call import Answer, Call, listed, optional
from github_simulator.api.reactions import review_comment_of
from github_simulator.api.routes import Route
from github_simulator.model.diff import MAX_FILES
from github_simulator.model.merge import MergeConflict, merged_files
from github_simulator.model.repository import Issue, PullRequest
from github_simulator.render import pull as render_pull
from github_simulator.render.context import RenderContext
from github_simulator.wire import invalid, not_found

_LONGEST_TITLE = 256


def pull_of(call: Call) -> tuple[Issue, PullRequest]:
    """The pull request the path names; 404 for an issue."""
    issue = issue_actions.issue_of(call.repository, call.number)
    if issue.pull is None:
        raise not_found()
    return issue, issue.pull


def mergeable(context: RenderContext, issue: Issue) -> bool | None:
    """Whether it can be merged without conflict; null once it is closed."""
    if issue.state != "open":
        return None
    pull = render_pull.pull_of(issue)
    tip = render_pull.base_tip(issue)
    base = context.git.merge_base(tip, pull.head_sha)
    if base is None:
        return False
    try:
        merged_files(context.git, base, tip, pull.head_sha)
    except MergeConflict:
        return False
    return True


def list_pulls(call: Call) -> Answer:
    """`GET pulls?state&sort&direction&base&head`."""
    state = call.query.get("state", "open")
    sort = call.query.get("sort", "created")
    direction = call.query.get("direction", "desc" if sort == "created" else "asc")
    if state not in {"open", "closed", "all"}:
        raise invalid("PullRequest", "state")
    found = [issue for issue in call.repository.issues.values() if _is_listed(call, issue, state)]
    if sort == "updated":
        found.sort(key=lambda issue: (issue.updated_at, issue.number))
    else:
        found.sort(key=lambda issue: (issue.created_at, issue.number))
    if direction == "desc":
        found.reverse()
    return listed(call, found, lambda issue: render_pull.simple(call.context, issue))


def _is_listed(call: Call, issue: Issue, state: str) -> bool:
    pull = issue.pull
    if pull is None or state not in {"all", issue.state}:
        return False
    if call.query.get("base", pull.base_ref) != pull.base_ref:
        return False
    head = f"{pull.head_owner.login}:{pull.head_ref}"
    return call.query.get("head", head) == head


def get_pull(call: Call) -> Answer:
    """`GET pulls/{number}`."""
    issue, _ = pull_of(call)
    return Answer(render_pull.whole(call.context, issue, mergeable(call.context, issue)))


def update_pull(call: Call) -> Answer:
    """`PATCH pulls/{number}`: title and description."""
    body = call.json()
    issue, _ = pull_of(call)
    title = optional(body, "PullRequest", "title", str)
    if title is not None and (not title.strip() or len(title) > _LONGEST_TITLE):
        raise invalid("PullRequest", "title")
    text = optional(body, "PullRequest", "body", str)
    issue_actions.edit_issue(call.service, issue, call.actor, title, text)
    return Answer(render_pull.whole(call.context, issue, mergeable(call.context, issue)))


def list_files(call: Call) -> Answer:
    """`GET pulls/{number}/files`: 3,000 at most; nothing says that there are more."""
    issue, pull = pull_of(call)
    changes = render_pull.changed_files(call.context, issue)[:MAX_FILES]
    return listed(
        call,
        changes,
        lambda each: render_pull.file(call.context, issue.repository, pull.head_sha, each),
    )


def list_reviews(call: Call) -> Answer:
    """`GET pulls/{number}/reviews`, oldest first."""
    issue, pull = pull_of(call)
    return listed(call, pull.reviews, lambda each: render_pull.review(call.context, issue, each))


def list_review_comments(call: Call) -> Answer:
    """`GET pulls/{number}/comments`: those on lines."""
    issue, pull = pull_of(call)
    return listed(
        call,
        pull.review_comments,
        lambda each: render_pull.review_comment(call.context, issue, each),
    )


def get_review_comment(call: Call) -> Answer:
    """`GET pulls/comments/{id}`."""
    issue, comment = review_comment_of(call)
    return Answer(render_pull.review_comment(call.context, issue, comment))


_REPO = "/repos/{owner}/{repo}"
_PULL = _REPO + r"/pulls/{number:\d+}"
_NEEDS = ("pull_requests",)

ROUTES = (
    Route("GET", f"{_REPO}/pulls", list_pulls, _NEEDS),
    Route("GET", _PULL, get_pull, _NEEDS),
    Route("PATCH", _PULL, update_pull, _NEEDS),
    Route("GET", f"{_PULL}/files", list_files, _NEEDS),
    Route("GET", f"{_PULL}/reviews", list_reviews, _NEEDS),
    Route("GET", f"{_PULL}/comments", list_review_comments, _NEEDS),
    Route("GET", _REPO + r"/pulls/comments/{id:\d+}", get_review_comment, _NEEDS),
)
