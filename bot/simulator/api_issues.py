"""Endpoints of issues and of what pull requests have as issues: comments, labels, reactions."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.simulator import acts_issue, render_account, render_issue
from bot.simulator.call import Answer, Call, listed, optional, required
from bot.simulator.issues import REACTIONS, Comment, Issue, Label
from bot.simulator.pulls import ReviewComment
from bot.simulator.routes import Route
from bot.simulator.wire import JsonObject, invalid, not_found

_EITHER = ("issues", "pull_requests")
_LONGEST_TITLE = 256


def _issue(call: Call) -> Issue:
    return acts_issue.issue_of(call.repository, call.number)


def list_issues(call: Call) -> Answer:
    """`GET issues?state&creator&since`, pull requests among them, newest first."""
    state, creator = call.query.get("state", "open"), call.query.get("creator")
    if state not in {"open", "closed", "all"}:
        raise invalid("Issue", "state")
    since = _moment(call.query.get("since"))
    found = [
        issue
        for issue in call.repository.issues.values()
        if state in {"all", issue.state}
        and (creator is None or issue.author.login.casefold() == creator.casefold())
        and (since is None or issue.updated_at.replace(microsecond=0) >= since)
    ]
    found.sort(key=lambda issue: (issue.created_at, issue.number), reverse=True)
    return listed(call, found, lambda each: render_issue.issue(call.wire, each))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise invalid("Issue", "since") from None


def create_issue(call: Call) -> Answer:
    """`POST issues`: title and description."""
    body = call.json()
    title, text = (
        _title(required(body, "Issue", "title", str)),
        optional(body, "Issue", "body", str),
    )
    issue = acts_issue.open_issue(call.service, call.repository, call.actor, title, text)
    return Answer(render_issue.issue(call.wire, issue), 201)


def update_issue(call: Call) -> Answer:
    """`PATCH issues/{number}`: title and description."""
    body, issue = call.json(), _issue(call)
    title = optional(body, "Issue", "title", str)
    text = optional(body, "Issue", "body", str)
    if title is not None:
        _title(title)
    acts_issue.edit_issue(call.service, issue, call.actor, title, text)
    return Answer(render_issue.issue(call.wire, issue))


def _title(title: str) -> str:
    if not title.strip() or len(title) > _LONGEST_TITLE:
        raise invalid("Issue", "title")
    return title


def get_issue(call: Call) -> Answer:
    """`GET issues/{number}`."""
    issue = _issue(call)
    return Answer({**render_issue.issue(call.wire, issue), "closed_by": _closer(call, issue)})


def _closer(call: Call, issue: Issue) -> object:
    return render_account.optional_user(call.wire, issue.closed_by)


def list_events(call: Call) -> Answer:
    """`GET issues/{number}/events`, oldest first."""
    issue = _issue(call)
    return listed(call, issue.events, lambda each: render_issue.event(call.wire, issue, each))


def list_comments(call: Call) -> Answer:
    """`GET issues/{number}/comments?since`, oldest first."""
    since = _moment(call.query.get("since"))
    found = [
        comment
        for comment in _issue(call).comments
        if since is None or comment.updated_at.replace(microsecond=0) >= since
    ]
    return listed(call, found, lambda each: render_issue.comment(call.wire, each))


def create_comment(call: Call) -> Answer:
    """`POST issues/{number}/comments`."""
    body = required(call.json(), "IssueComment", "body", str)
    comment = acts_issue.add_comment(call.service, _issue(call), body, call.actor, call.app)
    return Answer(render_issue.comment(call.wire, comment), 201)


def _comment(call: Call) -> Comment:
    try:
        return call.repository.comments[int(call.path["id"])]
    except KeyError:
        raise not_found() from None


def get_comment(call: Call) -> Answer:
    """`GET issues/comments/{id}`."""
    return Answer(render_issue.comment(call.wire, _comment(call)))


def update_comment(call: Call) -> Answer:
    """`PATCH issues/comments/{id}`."""
    body = required(call.json(), "IssueComment", "body", str)
    comment = _comment(call)
    acts_issue.edit_comment(call.service, comment, body, call.actor)
    return Answer(render_issue.comment(call.wire, comment))


def delete_comment(call: Call) -> Answer:
    """`DELETE issues/comments/{id}`."""
    acts_issue.delete_comment(call.service, _comment(call), call.actor)
    return Answer(status=204)


def _labels(call: Call, labels: Sequence[Label]) -> Answer:
    repository = call.repository
    return listed(call, labels, lambda each: render_issue.label(call.wire, repository, each))


def list_issue_labels(call: Call) -> Answer:
    """`GET issues/{number}/labels`."""
    return _labels(call, _issue(call).labels)


def _label_names(call: Call) -> list[str]:
    body = call.any_json()
    given = body.get("labels", []) if isinstance(body, dict) else body
    if not isinstance(given, list):
        raise invalid("Label", "labels")
    return [required(each, "Label", "name", str) for each in map(_as_object, given)]


def _as_object(label: object) -> JsonObject:
    return label if isinstance(label, dict) else {"name": label}


def add_labels(call: Call) -> Answer:
    """`POST issues/{number}/labels`: unknown ones come into being."""
    issue = _issue(call)
    acts_issue.add_labels(call.service, issue, _label_names(call), call.actor, call.app)
    return _all_labels(call, issue)


def set_labels(call: Call) -> Answer:
    """`PUT issues/{number}/labels`."""
    issue = _issue(call)
    acts_issue.set_labels(call.service, issue, _label_names(call), call.actor, call.app)
    return _all_labels(call, issue)


def remove_label(call: Call) -> Answer:
    """`DELETE issues/{number}/labels/{name}`."""
    issue = _issue(call)
    acts_issue.remove_label(call.service, issue, call.path["name"], call.actor, call.app)
    return _all_labels(call, issue)


def _all_labels(call: Call, issue: Issue) -> Answer:
    return Answer(
        [render_issue.label(call.wire, issue.repository, label) for label in issue.labels]
    )


def list_labels(call: Call) -> Answer:
    """`GET labels`: those the repository defines."""
    return _labels(call, list(call.repository.labels.values()))


def _defined_label(call: Call) -> Label:
    try:
        return call.repository.labels[call.path["name"].lower()]
    except KeyError:
        raise not_found() from None


def get_label(call: Call) -> Answer:
    """`GET labels/{name}`."""
    return Answer(render_issue.label(call.wire, call.repository, _defined_label(call)))


def create_label(call: Call) -> Answer:
    """`POST labels`."""
    body = call.json()
    label = acts_issue.define_label(
        call.service,
        call.repository,
        required(body, "Label", "name", str),
        optional(body, "Label", "color", str) or "ededed",
        optional(body, "Label", "description", str),
    )
    return Answer(render_issue.label(call.wire, call.repository, label), 201)


def add_assignees(call: Call) -> Answer:
    """`POST issues/{number}/assignees`."""
    names = required(call.json(), "Issue", "assignees", list)
    issue = _issue(call)
    acts_issue.assign(call.service, issue, [str(name) for name in names], call.actor)
    return Answer(render_issue.issue(call.wire, issue), 201)


def _react(call: Call, subject: Issue | Comment | ReviewComment) -> Answer:
    content = required(call.json(), "Reaction", "content", str)
    if content not in REACTIONS:
        raise invalid("Reaction", "content")
    reaction, new = acts_issue.react(call.service, subject, content, call.actor)
    return Answer(render_issue.reaction(call.wire, reaction), 201 if new else 200)


def react_to_issue(call: Call) -> Answer:
    """`POST issues/{number}/reactions`."""
    return _react(call, _issue(call))


def react_to_comment(call: Call) -> Answer:
    """`POST issues/comments/{id}/reactions`."""
    return _react(call, _comment(call))


def list_comment_reactions(call: Call) -> Answer:
    """`GET issues/comments/{id}/reactions`."""
    return listed(
        call, _comment(call).reactions, lambda each: render_issue.reaction(call.wire, each)
    )


def review_comment_of(call: Call) -> tuple[Issue, ReviewComment]:
    """The review comment a path names, with its pull request."""
    wanted = int(call.path["id"])
    for issue in call.repository.issues.values():
        for comment in issue.pull.review_comments if issue.pull else ():
            if comment.id == wanted:
                return issue, comment
    raise not_found()


def react_to_review_comment(call: Call) -> Answer:
    """`POST pulls/comments/{id}/reactions`; there is none for the text of a review."""
    return _react(call, review_comment_of(call)[1])


def take_back_from_issue(call: Call) -> Answer:
    """`DELETE issues/{number}/reactions/{reaction}`."""
    return _take_back(call, _issue(call))


def take_back_from_comment(call: Call) -> Answer:
    """`DELETE issues/comments/{id}/reactions/{reaction}`."""
    return _take_back(call, _comment(call))


def take_back_from_review_comment(call: Call) -> Answer:
    """`DELETE pulls/comments/{id}/reactions/{reaction}`."""
    return _take_back(call, review_comment_of(call)[1])


def _take_back(call: Call, subject: Issue | Comment | ReviewComment) -> Answer:
    acts_issue.take_back(subject, int(call.path["reaction"]), call.actor)
    return Answer(status=204)


_REPO = "/repos/{owner}/{repo}"
_ISSUES = f"{_REPO}/issues"
_ISSUE = _REPO + r"/issues/{number:\d+}"
_COMMENT = _REPO + r"/issues/comments/{id:\d+}"
_REACTION = r"/reactions/{reaction:\d+}"

ROUTES = (
    Route("GET", _ISSUES, list_issues, _EITHER),
    Route("POST", _ISSUES, create_issue, ("issues",)),
    Route("GET", _ISSUE, get_issue, _EITHER),
    Route("PATCH", _ISSUE, update_issue, _EITHER),
    Route("GET", f"{_ISSUE}/events", list_events, _EITHER),
    Route("GET", f"{_ISSUE}/comments", list_comments, _EITHER),
    Route("POST", f"{_ISSUE}/comments", create_comment, _EITHER),
    Route("GET", _COMMENT, get_comment, _EITHER),
    Route("PATCH", _COMMENT, update_comment, _EITHER),
    Route("DELETE", _COMMENT, delete_comment, _EITHER),
    Route("GET", f"{_ISSUE}/labels", list_issue_labels, _EITHER),
    Route("POST", f"{_ISSUE}/labels", add_labels, _EITHER),
    Route("PUT", f"{_ISSUE}/labels", set_labels, _EITHER),
    Route("DELETE", f"{_ISSUE}/labels/{{name}}", remove_label, _EITHER),
    Route("GET", f"{_REPO}/labels", list_labels, _EITHER),
    Route("POST", f"{_REPO}/labels", create_label, _EITHER),
    Route("GET", f"{_REPO}/labels/{{name}}", get_label, _EITHER),
    Route("POST", f"{_ISSUE}/assignees", add_assignees, _EITHER),
    Route("POST", f"{_ISSUE}/reactions", react_to_issue, _EITHER),
    Route("POST", f"{_COMMENT}/reactions", react_to_comment, _EITHER),
    Route("GET", f"{_COMMENT}/reactions", list_comment_reactions, _EITHER),
    Route("DELETE", f"{_ISSUE}{_REACTION}", take_back_from_issue, _EITHER),
    Route("DELETE", f"{_COMMENT}{_REACTION}", take_back_from_comment, _EITHER),
    Route(
        "DELETE",
        _REPO + r"/pulls/comments/{id:\d+}" + _REACTION,
        take_back_from_review_comment,
        ("pull_requests",),
    ),
    Route(
        "POST",
        _REPO + r"/pulls/comments/{id:\d+}/reactions",
        react_to_review_comment,
        ("pull_requests",),
    ),
)
