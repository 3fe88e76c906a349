"""Endpoints of issues and of what pull requests have as issues: text, comments, assignees."""

from github_simulator.actions import issue as issue_actions
from github_simulator.api.call import Answer, Call, listed, moment, optional, required
from github_simulator.api.routes import Route
from github_simulator.model.repository import Comment, Issue
from github_simulator.render import account as render_account
from github_simulator.render import issue as render_issue
from github_simulator.wire import invalid, not_found

REPOSITORY = "/repos/{owner}/{repo}"
ISSUE = REPOSITORY + r"/issues/{number:\d+}"
COMMENT = REPOSITORY + r"/issues/comments/{id:\d+}"
EITHER = ("issues", "pull_requests")
"""The permissions that open an endpoint, since a pull request is an issue, too."""

_LONGEST_TITLE = 256


def issue_in(call: Call) -> Issue:
    """The issue or pull request that the path names."""
    return issue_actions.issue_of(call.repository, call.number)


def list_issues(call: Call) -> Answer:
    """`GET issues?state&creator&since`, pull requests among them, newest first."""
    state, creator = call.query.get("state", "open"), call.query.get("creator")
    if state not in {"open", "closed", "all"}:
        raise invalid("Issue", "state")
    since = moment(call, "Issue", "since")
    found = [
        issue
        for issue in call.repository.issues.values()
        if state in {"all", issue.state}
        and (creator is None or issue.author.login.casefold() == creator.casefold())
        and (since is None or issue.updated_at.replace(microsecond=0) >= since)
    ]
    found.sort(key=lambda issue: (issue.created_at, issue.number), reverse=True)
    return listed(call, found, lambda each: render_issue.issue(call.context, each))


def create_issue(call: Call) -> Answer:
    """`POST issues`: title and description."""
    body = call.json()
    title, text = (
        _title(required(body, "Issue", "title", str)),
        optional(body, "Issue", "body", str),
    )
    issue = issue_actions.open_issue(call.service, call.repository, call.actor, title, text)
    return Answer(render_issue.issue(call.context, issue), 201)


def update_issue(call: Call) -> Answer:
    """`PATCH issues/{number}`: title and description."""
    body, issue = call.json(), issue_in(call)
    title = optional(body, "Issue", "title", str)
    text = optional(body, "Issue", "body", str)
    if title is not None:
        _title(title)
    issue_actions.edit_issue(call.service, issue, call.actor, title, text)
    return Answer(render_issue.issue(call.context, issue))


def _title(title: str) -> str:
    if not title.strip() or len(title) > _LONGEST_TITLE:
        raise invalid("Issue", "title")
    return title


def get_issue(call: Call) -> Answer:
    """`GET issues/{number}`."""
    issue = issue_in(call)
    return Answer({**render_issue.issue(call.context, issue), "closed_by": _closer(call, issue)})


def _closer(call: Call, issue: Issue) -> object:
    return render_account.optional_user(call.context, issue.closed_by)


def list_events(call: Call) -> Answer:
    """`GET issues/{number}/events`, oldest first."""
    issue = issue_in(call)
    return listed(call, issue.events, lambda each: render_issue.event(call.context, issue, each))


def list_comments(call: Call) -> Answer:
    """`GET issues/{number}/comments?since`, oldest first."""
    since = moment(call, "Issue", "since")
    found = [
        comment
        for comment in issue_in(call).comments
        if since is None or comment.updated_at.replace(microsecond=0) >= since
    ]
    return listed(call, found, lambda each: render_issue.comment(call.context, each))


def create_comment(call: Call) -> Answer:
    """`POST issues/{number}/comments`."""
    body = required(call.json(), "IssueComment", "body", str)
    comment = issue_actions.add_comment(call.service, issue_in(call), body, call.actor, call.app)
    return Answer(render_issue.comment(call.context, comment), 201)


def comment_in(call: Call) -> Comment:
    """The comment that the path names."""
    try:
        return call.repository.comments[int(call.path["id"])]
    except KeyError:
        raise not_found() from None


def get_comment(call: Call) -> Answer:
    """`GET issues/comments/{id}`."""
    return Answer(render_issue.comment(call.context, comment_in(call)))


def update_comment(call: Call) -> Answer:
    """`PATCH issues/comments/{id}`."""
    body = required(call.json(), "IssueComment", "body", str)
    comment = comment_in(call)
    issue_actions.edit_comment(call.service, comment, body, call.actor)
    return Answer(render_issue.comment(call.context, comment))


def delete_comment(call: Call) -> Answer:
    """`DELETE issues/comments/{id}`."""
    issue_actions.delete_comment(call.service, comment_in(call), call.actor)
    return Answer(status=204)


def add_assignees(call: Call) -> Answer:
    """`POST issues/{number}/assignees`."""
    names = required(call.json(), "Issue", "assignees", list)
    issue = issue_in(call)
    issue_actions.assign(call.service, issue, [str(name) for name in names], call.actor)
    return Answer(render_issue.issue(call.context, issue), 201)


ROUTES = (
    Route("GET", f"{REPOSITORY}/issues", list_issues, EITHER),
    Route("POST", f"{REPOSITORY}/issues", create_issue, ("issues",)),
    Route("GET", ISSUE, get_issue, EITHER),
    Route("PATCH", ISSUE, update_issue, EITHER),
    Route("GET", f"{ISSUE}/events", list_events, EITHER),
    Route("GET", f"{ISSUE}/comments", list_comments, EITHER),
    Route("POST", f"{ISSUE}/comments", create_comment, EITHER),
    Route("GET", COMMENT, get_comment, EITHER),
    Route("PATCH", COMMENT, update_comment, EITHER),
    Route("DELETE", COMMENT, delete_comment, EITHER),
    Route("POST", f"{ISSUE}/assignees", add_assignees, EITHER),
)
