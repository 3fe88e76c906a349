"""Endpoints of check runs, with the limits that hurt: 50 annotations a request, 65,535 characters.

Source: https://docs.github.com/rest/checks/runs.
"""

from datetime import datetime

from github_simulator.actions import check as check_actions
from github_simulator.api.call import Answer, Call, listed, optional, page, required
from github_simulator.api.routes import Route
from github_simulator.model.checks import (
    MAX_ANNOTATIONS,
    MAX_OUTPUT,
    CheckAction,
    CheckAnnotation,
    CheckRun,
)
from github_simulator.render import check as render_check
from github_simulator.wire import JsonObject, Refusal, invalid, not_found

_RESOURCE = "CheckRun"
_CONCLUSIONS = {
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "timed_out",
}
_LEVELS = {"notice", "warning", "failure"}


def create_run(call: Call) -> Answer:
    """`POST check-runs`."""
    body = call.json()
    name = required(body, _RESOURCE, "name", str)
    head_sha = required(body, _RESOURCE, "head_sha", str)
    repository = call.repository
    if call.world.git.commit(head_sha) is None:
        raise Refusal(422, f"No commit found for SHA: {head_sha}")
    suite = check_actions.suite_for(call.service, repository, call.app, head_sha)
    run = CheckRun(call.world.next_id(), suite, name, head_sha, call.world.now())
    _update(call, run, body, title_required=True)
    check_actions.add_run(call.service, repository, run, call.actor)
    return Answer(render_check.run(call.context, repository, run), 201)


def update_run(call: Call) -> Answer:
    """`PATCH check-runs/{id}`: new annotations are added to those that the run has."""
    body = call.json()
    run = _run(call)
    if run.app is not call.app:
        raise Refusal(
            403,
            f"Invalid app_id `{call.app.id}` - check run can only be modified by the GitHub App "
            "that created it.",
        )
    _update(call, run, body, title_required=False)
    run.suite.updated_at = call.world.now()
    if "conclusion" in body or body.get("status") == "completed":
        check_actions.complete_run(call.service, call.repository, run, call.actor)
    return Answer(render_check.run(call.context, call.repository, run))


def _update(call: Call, run: CheckRun, body: JsonObject, *, title_required: bool) -> None:
    """Apply the body to the run; nothing of it if anything is wrong."""
    conclusion = optional(body, _RESOURCE, "conclusion", str)
    status = optional(body, _RESOURCE, "status", str)
    if conclusion is not None and conclusion not in _CONCLUSIONS:
        raise invalid(_RESOURCE, "conclusion")
    if status not in {None, "queued", "in_progress", "completed"}:
        raise invalid(_RESOURCE, "status")
    if status == "completed" and conclusion is None:
        raise invalid(_RESOURCE, "conclusion", "missing_field")
    started_at = _moment(body, "started_at")
    completed_at = _moment(body, "completed_at")
    output = optional(body, _RESOURCE, "output", dict)
    if output is not None:
        title = optional(output, _RESOURCE, "title", str)
        if title is None and title_required:
            raise invalid(_RESOURCE, "title", "missing_field")
        summary = _limited(required(output, _RESOURCE, "summary", str), "summary")
        text = optional(output, _RESOURCE, "text", str)
        text = _limited(text, "text") if text else None
        annotations = _annotations(output)
    actions = optional(body, _RESOURCE, "actions", list)
    buttons = None if actions is None else _actions(actions)
    run.name = optional(body, _RESOURCE, "name", str) or run.name
    if "external_id" in body:
        run.external_id = optional(body, _RESOURCE, "external_id", str) or ""
    run.details_url = optional(body, _RESOURCE, "details_url", str) or run.details_url
    run.started_at = started_at or run.started_at
    if conclusion is not None:
        run.status, run.conclusion = "completed", conclusion
        run.completed_at = completed_at or call.world.now()
    elif status is not None:
        run.status = "queued" if status == "queued" else "in_progress"
        run.conclusion, run.completed_at = None, None
    if output is not None:
        run.title, run.summary = title or run.title, summary
        run.text = text
        run.annotations += annotations
    if buttons is not None:
        run.actions = buttons


def _limited(text: str, name: str) -> str:
    if len(text.encode()) > MAX_OUTPUT:
        message = f"{name} exceeds a maximum bytesize of {MAX_OUTPUT}"
        raise invalid(_RESOURCE, name, "custom", message)
    return text


def _annotations(output: JsonObject) -> list[CheckAnnotation]:
    given = optional(output, _RESOURCE, "annotations", list) or []
    if len(given) > MAX_ANNOTATIONS:
        raise Refusal(
            422,
            f"Invalid request.\n\nNo more than 50 items are allowed; {len(given)} were supplied.",
        )
    return [_annotation(each) for each in given]


def _annotation(given: object) -> CheckAnnotation:
    if not isinstance(given, dict):
        raise invalid(_RESOURCE, "annotations")
    annotation = CheckAnnotation(
        path=required(given, _RESOURCE, "path", str),
        start_line=required(given, _RESOURCE, "start_line", int),
        end_line=required(given, _RESOURCE, "end_line", int),
        start_column=optional(given, _RESOURCE, "start_column", int),
        end_column=optional(given, _RESOURCE, "end_column", int),
        level=required(given, _RESOURCE, "annotation_level", str),
        title=optional(given, _RESOURCE, "title", str),
        message=_limited(required(given, _RESOURCE, "message", str), "message"),
        raw_details=optional(given, _RESOURCE, "raw_details", str),
    )
    columns = annotation.start_column is not None or annotation.end_column is not None
    if (
        annotation.level not in _LEVELS
        or annotation.start_line < 1
        or annotation.end_line < annotation.start_line
        or (columns and annotation.start_line != annotation.end_line)
        or not annotation.path
        or not annotation.message
        or len(annotation.title or "") > 255
    ):
        raise invalid(_RESOURCE, "annotations")
    return annotation


def _actions(given: list[object]) -> list[CheckAction]:
    actions = [
        CheckAction(
            required(each, _RESOURCE, "label", str),
            required(each, _RESOURCE, "description", str),
            required(each, _RESOURCE, "identifier", str),
        )
        for each in given
        if isinstance(each, dict)
    ]
    if len(given) > 3 or len(actions) != len(given):
        raise invalid(_RESOURCE, "actions")
    for action in actions:
        if len(action.label) > 20 or len(action.description) > 40 or len(action.identifier) > 20:
            raise invalid(_RESOURCE, "actions")
    return actions


def _moment(body: JsonObject, name: str) -> datetime | None:
    text = optional(body, _RESOURCE, name, str)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(_RESOURCE, name) from None
    if moment.tzinfo is None:
        raise invalid(_RESOURCE, name)
    return moment


def _run(call: Call) -> CheckRun:
    try:
        return call.repository.check_runs[int(call.path["id"])]
    except KeyError:
        raise not_found() from None


def get_run(call: Call) -> Answer:
    """`GET check-runs/{id}`."""
    return Answer(render_check.run(call.context, call.repository, _run(call)))


def list_annotations(call: Call) -> Answer:
    """`GET check-runs/{id}/annotations`."""
    run = _run(call)
    return listed(
        call,
        run.annotations,
        lambda each: render_check.annotations(call.context, call.repository, run, [each])[0],
    )


def list_runs(call: Call) -> Answer:
    """`GET commits/{ref}/check-runs`: by default the latest of each name."""
    repository = call.repository
    sha = call.world.resolve(repository, call.path["ref"])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {call.path['ref']}")
    found = [run for run in repository.check_runs.values() if run.head_sha == sha]
    for name, value in (
        ("check_name", lambda run: run.name),
        ("status", lambda run: run.status),
        ("app_id", lambda run: str(run.app.id)),
    ):
        if name in call.query:
            found = [run for run in found if value(run) == call.query[name]]
    found.reverse()
    if call.query.get("filter", "latest") == "latest":
        newest: dict[tuple[int, str], CheckRun] = {}
        for run in found:
            newest.setdefault((run.suite.id, run.name), run)
        found = list(newest.values())
    body, headers = page(call, found, lambda run: render_check.run(call.context, repository, run))
    return Answer({"total_count": len(found), "check_runs": body}, headers=headers)


_REPO = "/repos/{owner}/{repo}"
_RUN = _REPO + r"/check-runs/{id:\d+}"
_NEEDS = ("checks",)

ROUTES = (
    Route("POST", f"{_REPO}/check-runs", create_run, _NEEDS),
    Route("PATCH", _RUN, update_run, _NEEDS),
    Route("GET", _RUN, get_run, _NEEDS),
    Route("GET", f"{_RUN}/annotations", list_annotations, _NEEDS),
    Route("GET", _REPO + "/commits/{ref:.+}/check-runs", list_runs, _NEEDS),
)
