"""The table of GitHub's events and internal jobs: one row per kind, and no names anywhere else.

A row has the model of the payload, where a webhook with one of its actions belongs (its queue, and
how soon it is handled), and the function that handles it. `app.yaml` subscribes to exactly GitHub's
events here; a test compares. Nothing here reads or writes anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.handlers import event_models as models
from bot.handlers.payload import Event
from bot.inbox.delivery import DeliveryKind, Priority


class Job(StrEnum):
    """The kinds of internal jobs."""

    REVIEW = "review"
    SWEEP = "sweep"
    FIRST_SWEEP = "first_sweep"
    """Caused by every review that lacks the claims; one of these sweeps is enough for all."""

    REDELIVERY = "redelivery"
    QUEUE = "queue"
    REGISTER = "register"
    REMINDERS = "reminders"
    REMIND = "remind"
    SUBMISSION = "submission"
    SUBMISSIONS = "submissions"
    SOURCES = "sources"


RERUN = "rerequested"
"""The action of a review that somebody requested again, as GitHub calls it for check runs."""

EVERYTHING = "everything"
"""The action of a sweep that reviews every open pull request that was ever reviewed."""

# The longest time until a lost event, a new core developer or a new editor is noticed, and until
# the bot asks again for a webhook that GitHub could not deliver.
SWEEP_INTERVAL, REDELIVERY_INTERVAL = timedelta(hours=6), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Routing:
    """Where a webhook belongs: its queue, and how soon it is handled."""

    key: str
    kind: DeliveryKind = DeliveryKind.REVIEW
    priority: Priority = Priority.REVIEW


Route = Callable[[Any], Routing | None]
"""From an event to where it belongs; None if it is ignored."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When an internal job is queued, for every repository or for the app.

    Attributes:
        every: How long after a round the next begins.
        cause: From a round's name and the time to the job's cause; a job is done once for each.
    """

    every: timedelta
    cause: Callable[[str, datetime], str] = lambda round_name, _now: round_name


@dataclass(frozen=True, slots=True)
class EventKind:
    """A row of the table.

    Attributes:
        name: GitHub's name of the event, or ours for an internal job.
        handler: The function that handles it, as `module:function` of `bot.handlers`; only its
            name, since what listens must not import it. See `bot.handlers.handle`.
        model: The fields of its payload that are read.
        routes: Where each action belongs that concerns the bot; `""` is for an event without
            actions. Internal jobs have none, so no webhook can pass for one.
        is_about_app: Whether it is about the app and its installations, not about one repository;
            then GitHub sends it without a subscription.
        delivered: How a job of this kind is queued.
        timing: When such a job is queued; None if something else queues it.
    """

    name: str
    handler: str
    model: type[Event] = Event
    routes: Mapping[str, Route] = field(default_factory=dict)
    is_about_app: bool = False
    delivered: tuple[DeliveryKind, Priority] = (DeliveryKind.ACT, Priority.SWEEP)
    timing: Timing | None = None


def parse_event(name: str, body: bytes) -> Event:
    """The event in a payload.

    Raises:
        ValueError: The payload is not a JSON object.
        RecursionError: It is nested too deeply.
    """
    kind = EVENTS.get(name)
    return (Event if kind is None else kind.model).parse(body)


def routing_of(name: str, event: Event) -> Routing | None:
    """Where a webhook belongs; None if it is ignored."""
    routes = EVENTS[name].routes if name in EVENTS else {}
    route = routes.get(event.action or "", routes.get(""))
    return None if route is None else route(event)


def is_handled(name: str, action: str) -> bool:
    """Whether anything is done about such a webhook, whatever else is in it."""
    kind = EVENTS.get(name)
    return kind is not None and (action in kind.routes or "" in kind.routes)


def day_of(_round: str, now: datetime) -> str:
    """The name of the day (UTC)."""
    return now.astimezone(UTC).date().isoformat()


def week_of(_round: str, now: datetime) -> str:
    """The name of the week (ISO 8601, UTC; it begins on Monday)."""
    year, week, _ = now.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


def _conversation(event: Event) -> Routing | None:
    return None if event.sender_is_bot else _subject(event)


def _comment(event: Event) -> Routing | None:
    """A comment on a pull request concerns its review; on an issue only its commands count."""
    if event.is_issue and not event.may_have_commands:
        return None
    return _conversation(event)


def _thread(event: Event) -> Routing | None:
    """Comments on lines of code are read for commands only, so most of them cost nothing."""
    return _conversation(event) if event.may_have_commands else None


def _subject(event: Event) -> Routing | None:
    key = event.subject_key
    return None if key is None else _command(key) if event.may_have_commands else Routing(key)


def _command(key: str) -> Routing:
    return Routing(key, DeliveryKind.ACT, Priority.COMMAND)


def _issue_state(event: Event) -> Routing | None:
    """What becomes of an issue, whoever does it: what it submits is open, closed or gone."""
    return None if event.subject_key is None else Routing(event.subject_key)


def _check_run(event: models.CheckRunEvent) -> Routing | None:
    """Ours concerns the pull request it was made for; of others only the result counts."""
    name, number = event.repository.full_name, event.made_for
    if event.action == "completed":
        return _repository(event) if number is None and event.has_result else None
    if name is None or number is None:
        return None
    key, is_button = f"{name}#{number}".lower(), event.action == "requested_action"
    return _command(key) if is_button else Routing(key, priority=Priority.COMMAND)


def _repository(event: Event) -> Routing | None:
    name = event.repository.full_name
    return Routing(name.lower(), DeliveryKind.ACT) if name else None


def _installation(event: Event) -> Routing | None:
    key = f"installation:{event.installation}"
    return None if event.installation is None else Routing(key, DeliveryKind.ACT)


def _routes(route: Route, *actions: str) -> dict[str, Route]:
    return dict.fromkeys(actions, route)


_SUBJECT = "conversation:handle_subject"
_DAILY, _WEEKLY = Timing(SWEEP_INTERVAL, day_of), Timing(SWEEP_INTERVAL, week_of)

EVENTS: Mapping[str, EventKind] = {
    str(kind.name): kind
    for kind in (
        # From GitHub.
        EventKind(
            "pull_request",
            _SUBJECT,
            models.PullRequestEvent,
            _routes(
                _subject,
                *("opened", "reopened", "synchronize", "edited", "closed"),
                *("ready_for_review", "converted_to_draft"),
            )
            | _routes(_conversation, "labeled", "unlabeled"),
        ),
        EventKind(
            "pull_request_review",
            _SUBJECT,
            models.ReviewEvent,
            _routes(_conversation, "submitted", "edited", "dismissed"),
        ),
        EventKind(
            "pull_request_review_comment",
            _SUBJECT,
            models.ReviewCommentEvent,
            _routes(_thread, "created", "edited"),
        ),
        EventKind(
            "issue_comment",
            _SUBJECT,
            models.CommentEvent,
            _routes(_comment, "created", "edited", "deleted"),
        ),
        EventKind(
            "issues",
            _SUBJECT,
            models.IssueEvent,
            _routes(_conversation, "opened", "edited")
            | _routes(_issue_state, "closed", "reopened", "deleted", "transferred"),
        ),
        EventKind(
            "check_run",
            "repository:handle_check_run",
            models.CheckRunEvent,
            _routes(_check_run, "requested_action", "rerequested", "completed"),
        ),
        EventKind(
            "check_suite",
            "repository:rerun_suite",
            models.CheckSuiteEvent,
            _routes(_repository, "rerequested"),
        ),
        EventKind("push", "repository:push", models.PushEvent, _routes(_repository, "")),
        EventKind(
            "repository",
            "repository:rename",
            models.RepositoryEvent,
            _routes(_repository, "renamed", "transferred"),
        ),
        EventKind(
            "installation",
            "repository:change_installation",
            models.InstallationEvent,
            _routes(
                _installation,
                *("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"),
            ),
            is_about_app=True,
        ),
        EventKind(
            "installation_repositories",
            "repository:change_repositories",
            models.InstallationEvent,
            _routes(_installation, "added", "removed"),
            is_about_app=True,
        ),
        # The bot's own.
        EventKind(
            Job.REVIEW,
            _SUBJECT,
            models.ReviewJob,
            delivered=(DeliveryKind.REVIEW, Priority.REVIEW),
        ),
        EventKind(Job.FIRST_SWEEP, "repository:first_sweep"),
        EventKind(Job.REMIND, "reminders:remind"),
        EventKind(Job.SUBMISSION, "submission_work:update_submission"),
        # The bot's own, at certain times.
        EventKind(
            Job.REDELIVERY,
            "redelivery:redeliver",
            is_about_app=True,
            timing=Timing(REDELIVERY_INTERVAL),
        ),
        EventKind(Job.SWEEP, "repository:sweep", timing=Timing(SWEEP_INTERVAL)),
        EventKind(Job.REGISTER, "published_peps:update_register", timing=Timing(SWEEP_INTERVAL)),
        EventKind(Job.REMINDERS, "reminders:check_reminders", timing=_DAILY),
        EventKind(Job.QUEUE, "reminders:update_queue_issue", timing=_WEEKLY),
        EventKind(Job.SUBMISSIONS, "submission_work:check_submissions", timing=_DAILY),
        EventKind(Job.SOURCES, "reminders:check_sources", timing=_DAILY),
    )
}
"""Every event that is handled, by its name."""

SUBSCRIBED_EVENTS = tuple(
    sorted(kind.name for kind in EVENTS.values() if kind.routes and not kind.is_about_app)
)
"""The events to which the app subscribes; those about itself GitHub sends anyway."""
