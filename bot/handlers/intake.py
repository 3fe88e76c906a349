"""What a webhook concerns, decided before it is accepted: its queue, or that it is ignored.

The routes below are all events and actions the code handles; `app.yaml` subscribes exactly these
events (a test compares). Nothing here reads or writes anything.
"""

import re
from dataclasses import dataclass

from gidgethub.routing import Router
from gidgethub.sansio import Event

from bot.handlers import payload as read
from bot.inbox.delivery import DeliveryKind, Priority

PULL_REQUEST_ACTIONS = (
    "opened",
    "reopened",
    "synchronize",
    "edited",
    "closed",
    "ready_for_review",
    "converted_to_draft",
    "labeled",
    "unlabeled",
)
REVIEW_ACTIONS = ("submitted", "edited", "dismissed")
ISSUE_ACTIONS = ("opened", "edited")
ISSUE_STATE_ACTIONS = ("closed", "reopened", "deleted", "transferred")
"""What becomes of an issue, whoever does it: what it submits is open, closed or gone."""

THREAD_ACTIONS = ("created", "edited")
COMMENT_ACTIONS = ("created", "edited", "deleted")
INSTALLATION_ACTIONS = ("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted")

router = Router()
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(slots=True)
class Destination:
    """Where a webhook belongs: filled by the route that takes it, empty if none does."""

    key: str | None = None
    kind: DeliveryKind = DeliveryKind.REVIEW
    priority: Priority = Priority.REVIEW


async def destination_of(event: Event) -> Destination:
    """Say what an event concerns; a concern without a key is to be ignored."""
    destination = Destination()
    if not isinstance(event.data.get("action", ""), str):
        return destination  # the router looks actions up in tables, which lists and objects break
    await router.dispatch(event, destination)
    return destination


def is_handled(event: str, action: str) -> bool:
    """Whether anything is done about such a webhook, whatever else is in it."""
    data = {"action": action} if action else {}
    return bool(router.fetch(Event(data, event=event, delivery_id="")))


async def _pull_request(event: Event, destination: Destination) -> None:
    if event.data["action"] in ("labeled", "unlabeled") and read.sender_is_bot(event.data):
        return
    destination.key = read.subject_key(event.data)
    if _may_have_commands(event):
        destination.priority = Priority.COMMAND


async def _conversation(event: Event, destination: Destination) -> None:
    if not read.sender_is_bot(event.data):
        destination.key = read.subject_key(event.data)
        if _may_have_commands(event):
            destination.priority = Priority.COMMAND


async def _issue_state(event: Event, destination: Destination) -> None:
    destination.key = read.subject_key(event.data)


async def _comment(event: Event, destination: Destination) -> None:
    """Talk on a pull request concerns its review; on an issue it is only heard for commands."""
    if not read.is_issue(event.data) or _may_have_commands(event):
        await _conversation(event, destination)


async def _thread(event: Event, destination: Destination) -> None:
    """Remarks on lines of code are heard for commands only, so most of them cost nothing."""
    if _may_have_commands(event):
        await _conversation(event, destination)


def _may_have_commands(event: Event) -> bool:
    """Whether a text holds commands, or may have held some before it was edited."""
    return "/pep" in read.all_text(event.data, event.event)


for action in PULL_REQUEST_ACTIONS:
    router.add(_pull_request, "pull_request", action=action)
for action in REVIEW_ACTIONS:
    router.add(_conversation, "pull_request_review", action=action)
for action in COMMENT_ACTIONS:
    router.add(_comment, "issue_comment", action=action)
for action in ISSUE_ACTIONS:
    router.add(_conversation, "issues", action=action)
for action in ISSUE_STATE_ACTIONS:
    router.add(_issue_state, "issues", action=action)
for action in THREAD_ACTIONS:
    router.add(_thread, "pull_request_review_comment", action=action)


@router.register("check_run", action="requested_action")
@router.register("check_run", action="rerequested")
async def _check_run(event: Event, destination: Destination) -> None:
    """A check run's `pull_requests` is empty for forks: its `external_id` names the subject."""
    external_id, name = read.external_id(event.data), read.repository_name(event.data)
    if external_id is None or name is None:
        return
    made_for, _, number = external_id.rpartition("#")
    # The repository may have been called otherwise when the check run was made.
    is_name = read.repository_name({"repository": {"full_name": made_for}}) is not None
    if is_name and _NUMBER.fullmatch(number):
        destination.key = f"{name}#{int(number)}".lower()
        destination.priority = Priority.COMMAND


@router.register("check_suite", action="rerequested")
@router.register("push")
@router.register("repository", action="renamed")
@router.register("repository", action="transferred")
async def _repository(event: Event, destination: Destination) -> None:
    name = read.repository_name(event.data)
    if name is not None:
        destination.key, destination.kind = name.lower(), DeliveryKind.ACT


async def _installation(event: Event, destination: Destination) -> None:
    installation = read.installation_id(event.data)
    if installation is not None:
        destination.key, destination.kind = f"installation:{installation}", DeliveryKind.ACT


for action in INSTALLATION_ACTIONS:
    router.add(_installation, "installation", action=action)
for action in ("added", "removed"):
    router.add(_installation, "installation_repositories", action=action)
