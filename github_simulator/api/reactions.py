"""Endpoints of reactions to issues, pull requests, and comments."""

from github_simulator.actions import issue as issue_actions
from github_simulator.api.call import Answer, Call, listed, required
from github_simulator.api.issues import COMMENT, EITHER, ISSUE, REPOSITORY, comment_in, issue_in
from github_simulator.api.routes import Route
from github_simulator.model.repository import REACTIONS, Comment, Issue, ReviewComment
from github_simulator.render import issue as render_issue
from github_simulator.wire import invalid, not_found


def _react(call: Call, subject: Issue | Comment | ReviewComment) -> Answer:
    content = required(call.json(), "Reaction", "content", str)
    if content not in REACTIONS:
        raise invalid("Reaction", "content")
    reaction, new = issue_actions.react(call.service, subject, content, call.actor)
    return Answer(render_issue.reaction(call.context, reaction), 201 if new else 200)


def react_to_issue(call: Call) -> Answer:
    """`POST issues/{number}/reactions`."""
    return _react(call, issue_in(call))


def react_to_comment(call: Call) -> Answer:
    """`POST issues/comments/{id}/reactions`."""
    return _react(call, comment_in(call))


def list_comment_reactions(call: Call) -> Answer:
    """`GET issues/comments/{id}/reactions`."""
    return listed(
        call, comment_in(call).reactions, lambda each: render_issue.reaction(call.context, each)
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
    return _take_back(call, issue_in(call))


def take_back_from_comment(call: Call) -> Answer:
    """`DELETE issues/comments/{id}/reactions/{reaction}`."""
    return _take_back(call, comment_in(call))


def take_back_from_review_comment(call: Call) -> Answer:
    """`DELETE pulls/comments/{id}/reactions/{reaction}`."""
    return _take_back(call, review_comment_of(call)[1])


def _take_back(call: Call, subject: Issue | Comment | ReviewComment) -> Answer:
    issue_actions.take_back(subject, int(call.path["reaction"]), call.actor)
    return Answer(status=204)


_REACTION = r"/reactions/{reaction:\d+}"
_REVIEW_COMMENT = REPOSITORY + r"/pulls/comments/{id:\d+}"
_PULLS = ("pull_requests",)

ROUTES = (
    Route("POST", f"{ISSUE}/reactions", react_to_issue, EITHER),
    Route("POST", f"{COMMENT}/reactions", react_to_comment, EITHER),
    Route("GET", f"{COMMENT}/reactions", list_comment_reactions, EITHER),
    Route("DELETE", f"{ISSUE}{_REACTION}", take_back_from_issue, EITHER),
    Route("DELETE", f"{COMMENT}{_REACTION}", take_back_from_comment, EITHER),
    Route("DELETE", f"{_REVIEW_COMMENT}{_REACTION}", take_back_from_review_comment, _PULLS),
    Route("POST", f"{_REVIEW_COMMENT}/reactions", react_to_review_comment, _PULLS),
)
