"""Endpoints that write reviews; as on GitHub, comments must be on lines of the diff.

Source: https://docs.github.com/rest/pulls/reviews
"""

import re

from github_simulator.actions import issue as issue_actions
from github_simulator.actions import review as review_actions
from github_simulator.api.call import Answer, Call, optional, required
from github_simulator.api.pulls import pull_of
from github_simulator.api.routes import Route
from github_simulator.model.diff import FileChange
from github_simulator.model.repository import ReviewState
from github_simulator.render import pull as render_pull
from github_simulator.wire import JsonObject, Refusal, invalid

_RESOURCE = "PullRequestReview"
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_EVENTS: dict[str, ReviewState] = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


def create_review(call: Call) -> Answer:
    """`POST pulls/{number}/reviews`, submitted at once."""
    body = call.json()
    issue, pull = pull_of(call)
    state = _EVENTS.get(required(body, _RESOURCE, "event", str))
    if state is None:
        raise invalid(_RESOURCE, "event")
    commit = optional(body, _RESOURCE, "commit_id", str) or pull.head_sha
    if commit != pull.head_sha:
        raise Refusal(422, "Unprocessable Entity: commit_id is not part of the pull request")
    text = optional(body, _RESOURCE, "body", str) or ""
    given = optional(body, _RESOURCE, "comments", list) or []
    if not text and not given:
        raise invalid(_RESOURCE, "body", "missing_field")
    changes = {change.path: change for change in render_pull.changed_files(call.context, issue)}
    comments = [_comment(each, changes) for each in given]
    review = review_actions.submit(call.service, issue, call.actor, state, text)
    for comment in comments:
        review_actions.add_comment(call.service, issue, review, call.actor, comment)
    return Answer(render_pull.review(call.context, issue, review))


def _comment(given: object, changes: dict[str, FileChange]) -> review_actions.NewComment:
    if not isinstance(given, dict):
        raise invalid(_RESOURCE, "comments")
    body: JsonObject = given
    path = required(body, _RESOURCE, "path", str)
    line = required(body, _RESOURCE, "line", int)
    start = optional(body, _RESOURCE, "start_line", int)
    text = required(body, _RESOURCE, "body", str)
    issue_actions.check_body(text)
    if (optional(body, _RESOURCE, "side", str) or "RIGHT") != "RIGHT":
        raise Refusal(422, "the simulated GitHub takes comments on the right side only")
    if start is not None and start >= line:
        raise Refusal(422, "Unprocessable Entity: start_line must precede the end line.")
    diff_lines = _right_lines(changes[path].patch) if path in changes else frozenset[int]()
    if path not in changes:
        raise Refusal(422, "Unprocessable Entity: Path could not be resolved")
    if not diff_lines.issuperset(range(start or line, line + 1)):
        raise Refusal(422, "Unprocessable Entity: Line could not be resolved")
    patch = changes[path].patch or ""
    return review_actions.NewComment(path, line, text, start_line=start, diff_hunk=patch)


def _right_lines(patch: str | None) -> frozenset[int]:
    """The lines at the head that a patch shows."""
    lines: set[int] = set()
    for found in _HUNK.finditer(patch or ""):
        start, count = int(found[1]), int(found[2] or 1)
        lines.update(range(start, start + count))
    return frozenset(lines)


ROUTES = (
    Route(
        "POST",
        r"/repos/{owner}/{repo}/pulls/{number:\d+}/reviews",
        create_review,
        ("pull_requests",),
    ),
)
