"""The table of events, GitHub's and the bot's own: a row a kind.

A row says where a webhook with one of its actions belongs (its queue, and how soon it is handled),
or that it is ignored, and which function handles it. `app.yaml`
subscribes to exactly GitHub's events here; a test compares. Nothing here reads or writes anything.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.handlers import internal_jobs as own
from bot.handlers import payload as read
from bot.handlers.payload import Payload
from bot.inbox.delivery import Delivery, DeliveryKind, Priority
from bot.inbox.protocol import Batch
from bot.review.subject import Repository, Subject

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Destination:
    """The queue a webhook belongs to."""

    key: str
    kind: DeliveryKind = DeliveryKind.REVIEW
    priority: Priority = Priority.REVIEW


@dataclass(frozen=True, slots=True)
class Work:
    """A batch of deliveries with what is known of them.

    Attributes:
        batch: The deliveries, in the order in which they are handled.
        payloads: Each of them with its payload.
        is_young: Whether what they are about may not be there yet.
    """

    batch: Batch
    payloads: Sequence[tuple[Delivery, Payload]]
    is_young: bool

    @property
    def last(self) -> Delivery:
        """The latest delivery, under whose id things are done."""
        return self.payloads[-1][0]

    @property
    def payload(self) -> Payload:
        """The payload of the latest delivery."""
        return self.payloads[-1][1]

    def subject(self, repository: Repository) -> Subject:
        """The pull request or issue that it is about."""
        return Subject(repository, int(self.batch.key.rpartition("#")[2]))


Route = Callable[[str, Payload], Destination | None]
"""From an event's name and payload to where it belongs; None if it is ignored."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """A row of the table.

    Attributes:
        name: The event, as GitHub or `internal_jobs` calls it.
        handler: The function that handles it, as `module:function` of `bot.handlers`; it is named
            only, since what listens must not import it. It is given the app, the work and,
            unless the event is about the app, the repository.
        routes: For each action that concerns the bot, where it belongs; `""` stands for an event
            without actions. The bot's own events have none: no webhook may pass for one.
        is_about_app: Whether it is about the app and its installations, not about one repository.
    """

    name: str
    handler: str
    routes: Mapping[str, Route] = field(default_factory=dict)
    is_about_app: bool = False


def destination_of(event: str, payload: Payload) -> Destination | None:
    """Where a webhook belongs; None if it is ignored."""
    kind, action = EVENTS.get(event), payload.get("action", "")
    if kind is None or not isinstance(action, str):
        return None
    route = kind.routes.get(action, kind.routes.get(""))
    return None if route is None else route(event, payload)


def is_handled(event: str, action: str) -> bool:
    """Whether anything is done about such a webhook, whatever else is in it."""
    kind = EVENTS.get(event)
    return kind is not None and (action in kind.routes or "" in kind.routes)


def _pull_request(event: str, payload: Payload) -> Destination | None:
    if payload["action"] in ("labeled", "unlabeled") and read.sender_is_bot(payload):
        return None
    return _subject(event, payload)


def _conversation(event: str, payload: Payload) -> Destination | None:
    return None if read.sender_is_bot(payload) else _subject(event, payload)


def _comment(event: str, payload: Payload) -> Destination | None:
    """A comment on a pull request concerns its review; on an issue only its commands count."""
    if read.is_issue(payload) and not _may_have_commands(event, payload):
        return None
    return _conversation(event, payload)


def _thread(event: str, payload: Payload) -> Destination | None:
    """Comments on lines of code are read for commands only, so most of them cost nothing."""
    return _conversation(event, payload) if _may_have_commands(event, payload) else None


def _subject(event: str, payload: Payload) -> Destination | None:
    key = read.subject_key(payload)
    if key is None:
        return None
    is_command = _may_have_commands(event, payload)
    return Destination(key, priority=Priority.COMMAND if is_command else Priority.REVIEW)


def _issue_state(_event: str, payload: Payload) -> Destination | None:
    """What becomes of an issue, whoever does it: what it submits is open, closed or gone."""
    key = read.subject_key(payload)
    return None if key is None else Destination(key)


def _may_have_commands(event: str, payload: Payload) -> bool:
    """Whether a text has commands, or may have had some before it was edited."""
    return "/pep" in read.all_text(payload, event)


def _check_run(_event: str, payload: Payload) -> Destination | None:
    """A check run's `pull_requests` is empty for forks: its `external_id` names the subject."""
    external_id, name = read.external_id(payload), read.repository_name(payload)
    if external_id is None or name is None:
        return None
    made_for, _, number = external_id.rpartition("#")
    # The repository may have been called otherwise when the check run was made.
    is_name = read.repository_name({"repository": {"full_name": made_for}}) is not None
    if not is_name or not _NUMBER.fullmatch(number):
        return None
    return Destination(f"{name}#{int(number)}".lower(), priority=Priority.COMMAND)


def _repository(_event: str, payload: Payload) -> Destination | None:
    name = read.repository_name(payload)
    return None if name is None else Destination(name.lower(), DeliveryKind.ACT)


def _installation(_event: str, payload: Payload) -> Destination | None:
    installation = read.installation_id(payload)
    if installation is None:
        return None
    return Destination(f"installation:{installation}", DeliveryKind.ACT)


def _routes(route: Route, *actions: str) -> dict[str, Route]:
    return dict.fromkeys(actions, route)


EVENTS: Mapping[str, EventKind] = {
    kind.name: kind
    for kind in (
        # From GitHub.
        EventKind(
            "pull_request",
            "conversation:handle_subject",
            _routes(
                _pull_request,
                "opened",
                "reopened",
                "synchronize",
                "edited",
                "closed",
                "ready_for_review",
                "converted_to_draft",
                "labeled",
                "unlabeled",
            ),
        ),
        EventKind(
            "pull_request_review",
            "conversation:handle_subject",
            _routes(_conversation, "submitted", "edited", "dismissed"),
        ),
        EventKind(
            "pull_request_review_comment",
            "conversation:handle_subject",
            _routes(_thread, "created", "edited"),
        ),
        EventKind(
            "issue_comment",
            "conversation:handle_subject",
            _routes(_comment, "created", "edited", "deleted"),
        ),
        EventKind(
            "issues",
            "conversation:handle_subject",
            _routes(_conversation, "opened", "edited")
            | _routes(_issue_state, "closed", "reopened", "deleted", "transferred"),
        ),
        EventKind(
            "check_run",
            "conversation:handle_subject",
            _routes(_check_run, "requested_action", "rerequested"),
        ),
        EventKind(
            "check_suite",
            "repository:rerun_suite",
            _routes(_repository, "rerequested"),
        ),
        EventKind(
            "push",
            "repository:push",
            _routes(_repository, ""),
        ),
        EventKind(
            "repository",
            "repository:rename",
            _routes(_repository, "renamed", "transferred"),
        ),
        EventKind(
            "installation",
            "repository:change_installation",
            _routes(
                _installation,
                "created",
                "deleted",
                "suspend",
                "unsuspend",
                "new_permissions_accepted",
            ),
            is_about_app=True,
        ),
        EventKind(
            "installation_repositories",
            "repository:change_installation",
            _routes(_installation, "added", "removed"),
            is_about_app=True,
        ),
        # The bot's own.
        EventKind(own.REVIEW, "conversation:handle_subject"),
        EventKind(own.SWEEP, "repository:sweep"),
        EventKind(own.FIRST_SWEEP, "repository:first_sweep"),
        EventKind(own.REDELIVERY, "redelivery:redeliver", is_about_app=True),
        EventKind(own.QUEUE, "reminders:update_queue_issue"),
        EventKind(own.REGISTER, "published_peps:update_register"),
        EventKind(own.REMINDERS, "reminders:check_reminders"),
        EventKind(own.REMIND, "reminders:remind"),
        EventKind(own.SUBMISSIONS, "submission_work:check_submissions"),
        EventKind(own.SUBMISSION, "submission_work:update_submission"),
    )
}
"""Every event that is handled, by its name."""
