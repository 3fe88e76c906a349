"""What a webhook concerns, or that it is ignored."""

from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.github.client import app as app_manifest
from bot.handlers.events import (
    EVENTS,
    SUBSCRIBED_EVENTS,
    EventKind,
    Routing,
    parse_event,
    routing_of,
)
from bot.handlers.handle import handler_of
from bot.inbox.delivery import DeliveryKind, Priority
from tests.builders import body_of, comment, on_issue, payload, pull_request

PEPS = "python/peps"
SUBJECT = "python/peps#4422"
LINT = {"id": 7, "name": "Lint", "head_sha": "a" * 40, "conclusion": "failure", "external_id": ""}
APP_YAML = Path(__file__).parents[2] / "app.yaml"


def routing(event: str, data: dict[str, Any]) -> Routing:
    found = routing_of(event, parse_event(event, body_of(data)))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("event", "data"),
    [
        *(
            ("pull_request", payload(action, **pull_request(), label={"name": "x"}))
            for action in EVENTS["pull_request"].routes
        ),
        *(
            ("pull_request_review", payload(action, **pull_request(), review=comment("")))
            for action in EVENTS["pull_request_review"].routes
        ),
        *(
            ("issue_comment", payload(action, **on_issue(), comment=comment("Hello")))
            for action in EVENTS["issue_comment"].routes
        ),
        ("pull_request", payload("synchronize", sender="dependabot[bot]", **pull_request())),
        ("issue_comment", payload("deleted", **on_issue(), comment=comment("x", "pep-bot[bot]"))),
        (
            "check_run",
            payload("rerequested", check_run={"external_id": SUBJECT, "pull_requests": []}),
        ),
        ("check_run", payload("rerequested", check_run={"external_id": "Python/PEPs#4422"})),
    ],
)
def test_what_concerns_a_pull_request_is_a_review_of_it(event: str, data: dict[str, Any]) -> None:
    found = routing(event, data)
    assert (found.key, found.kind) == (SUBJECT, DeliveryKind.REVIEW)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        *(
            (
                "pull_request_review_comment",
                payload(action, **pull_request(), comment=comment("/pep sponsor")),
            )
            for action in EVENTS["pull_request_review_comment"].routes
        ),
        ("issue_comment", payload("created", **on_issue(), comment=comment("Well.\n/pep help"))),
        ("check_run", payload("requested_action", check_run={"external_id": SUBJECT})),
    ],
)
def test_what_may_have_commands_is_never_merged_and_goes_first(
    event: str, data: dict[str, Any]
) -> None:
    assert routing(event, data) == Routing(SUBJECT, DeliveryKind.ACT, Priority.COMMAND)


@pytest.mark.parametrize(
    ("event", "data", "key"),
    [
        ("push", payload(ref="refs/heads/main"), PEPS),
        ("check_suite", payload("rerequested"), PEPS),
        ("check_run", payload("completed", check_run=LINT), PEPS),
        *(
            ("installation", payload(action), "installation:7")
            for action in EVENTS["installation"].routes
        ),
        ("installation_repositories", payload("added"), "installation:7"),
        ("installation_repositories", payload("removed"), "installation:7"),
    ],
)
def test_what_concerns_a_repository_is_never_merged_away(
    event: str, data: dict[str, Any], key: str
) -> None:
    found = routing(event, data)
    assert (found.key, found.kind) == (key, DeliveryKind.ACT)


@pytest.mark.parametrize("action", ["closed", "reopened", "deleted", "transferred"])
@pytest.mark.parametrize("sender", ["nova", "stale[bot]"])
def test_every_event_of_an_issue_is_handled_whoever_caused_it(action: str, sender: str) -> None:
    issue = {"number": 12, "title": "PEP 750 -- x"}
    found = routing("issues", payload(action, sender=sender, issue=issue))
    assert (found.key, found.kind) == ("python/peps#12", DeliveryKind.REVIEW)


def rerequested(external_id: object) -> dict[str, Any]:
    return payload("rerequested", check_run={"external_id": external_id})


@pytest.mark.parametrize("made_for", ["python/enhancements", "psf/peps", "PYTHON/PEPs"])
def test_a_check_run_made_under_a_former_name_concerns_the_pull_request_it_was_made_for(
    made_for: str,
) -> None:
    assert (routing("check_run", rerequested(f"{made_for}#4422"))).key == SUBJECT


@pytest.mark.parametrize("action", ["renamed", "transferred"])
def test_a_new_name_concerns_the_repository(action: str) -> None:
    found = routing("repository", payload(action))
    assert (found.key, found.kind) == ("python/peps", DeliveryKind.ACT)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("pull_request", payload("assigned", **pull_request())),
        ("pull_request", payload("labeled", sender="pep-bot[bot]", **pull_request())),
        ("pull_request", payload("unlabeled", sender="pep-bot[bot]", **pull_request())),
        ("pull_request", payload("opened")),
        ("pull_request", payload("opened", pull_request={"number": "4422"})),
        ("pull_request", payload("opened", pull_request={"number": -1})),
        ("pull_request", payload("opened", pull_request=[])),
        ("pull_request", payload(**pull_request())),
        ("pull_request", payload(**pull_request()) | {"action": None}),
        ("pull_request", payload(**pull_request()) | {"action": {"opened": 1}}),
        ("pull_request", {"action": "opened", "repository": "python/peps"} | pull_request()),
        (
            "pull_request",
            payload("opened", **pull_request()) | {"repository": {"full_name": "../../etc"}},
        ),
        ("issue_comment", payload("created", **on_issue(is_pull_request=False))),
        ("issue_comment", payload("created", sender="pep-bot[bot]", **on_issue())),
        ("pull_request_review", payload("submitted", sender="x[bot]", **pull_request())),
        (
            "pull_request_review_comment",
            payload("created", **pull_request(), comment=comment("Nice.")),
        ),
        (
            "pull_request_review_comment",
            payload("created", sender="x[bot]", **pull_request(), comment=comment("/pep sponsor")),
        ),
        ("pull_request_review_comment", payload("created", **pull_request())),
        ("check_run", payload("created", check_run={"external_id": SUBJECT})),
        ("check_run", payload("completed", check_run={"external_id": SUBJECT})),
        ("check_run", rerequested("python/peps#4422#1")),
        ("check_run", rerequested("python/peps")),
        ("check_run", rerequested("python/peps#0")),
        ("check_run", rerequested("python/peps#-1")),
        ("check_run", rerequested("python/peps#\u0663")),
        ("check_run", rerequested("python/peps#" + "9" * 30)),
        ("check_run", rerequested("")),
        ("check_run", rerequested(None)),
        ("check_run", rerequested(["python/peps#1"])),
        ("check_run", payload("rerequested", check_run=None)),
        ("check_run", payload("rerequested")),
        ("check_run", payload("completed", check_run=LINT | {"external_id": SUBJECT})),
        ("check_run", payload("completed", check_run=LINT | {"conclusion": None})),
        ("check_run", payload("completed", check_run=LINT | {"head_sha": ["x"]})),
        ("check_run", payload("completed", check_run=None)),
        ("check_suite", payload("completed")),
        ("push", {}),
        ("installation", {"action": "created"}),
        ("installation", payload("created") | {"installation": {"id": "7"}}),
        ("star", payload("created")),
        ("review", payload(number=4422)),
    ],
)
def test_everything_else_is_ignored(event: str, data: dict[str, Any]) -> None:
    assert routing_of(event, parse_event(event, body_of(data))) is None


def test_app_yaml_says_what_the_manifest_says() -> None:
    manifest = yaml.safe_load(APP_YAML.read_text(encoding="utf-8"))
    assert manifest["default_events"] == sorted(SUBSCRIBED_EVENTS)
    assert manifest["default_permissions"] == app_manifest.PERMISSIONS
    assert manifest["hook_attributes"]["url"].endswith("/webhook")


def test_the_permissions_are_the_contracts() -> None:
    assert app_manifest.PERMISSIONS == {
        "contents": "read",
        "metadata": "read",
        "members": "read",
        "pull_requests": "write",
        "issues": "write",
        "checks": "write",
    }
    assert sorted(app_manifest.OPTIONAL_PERMISSIONS) == ["members"]


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
def test_every_event_has_a_handler(kind: EventKind) -> None:
    parameters = signature(handler_of(kind.handler)).parameters
    assert len(parameters) == (2 if kind.is_about_app else 3)
