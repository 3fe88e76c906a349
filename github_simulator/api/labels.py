"""Endpoints of labels: those of a repository, and those on an issue or pull request."""

from collections.abc import Sequence

from github_simulator.actions import label as label_actions
from github_simulator.api.call import Answer, Call, listed, optional, required
from github_simulator.api.issues import EITHER, ISSUE, REPOSITORY, issue_in
from github_simulator.api.routes import Route
from github_simulator.model.repository import Issue, Label
from github_simulator.render import issue as render_issue
from github_simulator.wire import JsonObject, invalid, not_found


def _labels(call: Call, labels: Sequence[Label]) -> Answer:
    repository = call.repository
    return listed(call, labels, lambda each: render_issue.label(call.context, repository, each))


def list_issue_labels(call: Call) -> Answer:
    """`GET issues/{number}/labels`."""
    return _labels(call, issue_in(call).labels)


def _label_names(call: Call) -> list[str]:
    body = call.any_json()
    given = body.get("labels", []) if isinstance(body, dict) else body
    if not isinstance(given, list):
        raise invalid("Label", "labels")
    return [required(each, "Label", "name", str) for each in map(_as_object, given)]


def _as_object(label: object) -> JsonObject:
    return label if isinstance(label, dict) else {"name": label}


def add_labels(call: Call) -> Answer:
    """`POST issues/{number}/labels`: unknown labels are created."""
    issue = issue_in(call)
    label_actions.add_labels(call.service, issue, _label_names(call), call.actor, call.app)
    return _all_labels(call, issue)


def set_labels(call: Call) -> Answer:
    """`PUT issues/{number}/labels`."""
    issue = issue_in(call)
    label_actions.set_labels(call.service, issue, _label_names(call), call.actor, call.app)
    return _all_labels(call, issue)


def remove_label(call: Call) -> Answer:
    """`DELETE issues/{number}/labels/{name}`."""
    issue = issue_in(call)
    label_actions.remove_label(call.service, issue, call.path["name"], call.actor, call.app)
    return _all_labels(call, issue)


def _all_labels(call: Call, issue: Issue) -> Answer:
    return Answer(
        [render_issue.label(call.context, issue.repository, label) for label in issue.labels]
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
    return Answer(render_issue.label(call.context, call.repository, _defined_label(call)))


def create_label(call: Call) -> Answer:
    """`POST labels`."""
    body = call.json()
    label = label_actions.define_label(
        call.service,
        call.repository,
        required(body, "Label", "name", str),
        optional(body, "Label", "color", str) or "ededed",
        optional(body, "Label", "description", str),
    )
    return Answer(render_issue.label(call.context, call.repository, label), 201)


ROUTES = (
    Route("GET", f"{ISSUE}/labels", list_issue_labels, EITHER),
    Route("POST", f"{ISSUE}/labels", add_labels, EITHER),
    Route("PUT", f"{ISSUE}/labels", set_labels, EITHER),
    Route("DELETE", f"{ISSUE}/labels/{{name}}", remove_label, EITHER),
    Route("GET", f"{REPOSITORY}/labels", list_labels, EITHER),
    Route("POST", f"{REPOSITORY}/labels", create_label, EITHER),
    Route("GET", f"{REPOSITORY}/labels/{{name}}", get_label, EITHER),
)
