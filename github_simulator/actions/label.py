"""What people and apps can do with labels."""

from collections.abc import Sequence

from github_simulator.actions.issue import announce_issue, note
from github_simulator.model.accounts import Account
from github_simulator.model.apps import App
from github_simulator.model.repository import Issue, Label, Repository
from github_simulator.render import issue as render_issue
from github_simulator.service import Service
from github_simulator.wire import Refusal, invalid

MAX_LABELS = 100
_DEFAULT_COLOR = "ededed"


def define_label(
    service: Service, repository: Repository, name: str, color: str, description: str | None
) -> Label:
    """Define a label in the repository.

    Raises:
        Refusal: 422, there is one of that name (in any case), or the name or color is invalid.
    """
    if name.lower() in repository.labels:
        raise invalid("Label", "name", "already_exists")
    if not name.strip() or len(name) > 50:
        raise invalid("Label", "name")
    if len(color) != 6 or any(digit not in "0123456789abcdefABCDEF" for digit in color):
        raise invalid("Label", "color")
    if description is not None and len(description) > 100:
        raise invalid("Label", "description")
    label = Label(service.world.next_id(), name, color, description)
    repository.labels[name.lower()] = label
    return label


def add_labels(
    service: Service, issue: Issue, names: Sequence[str], actor: Account, app: App | None = None
) -> None:
    """Add labels; those that the repository lacks are created, as on GitHub."""
    repository = issue.repository
    for name in names:
        label = repository.labels.get(name.lower())
        if label is None:
            label = define_label(service, repository, name, _DEFAULT_COLOR, None)
        if label in issue.labels:
            continue
        if len(issue.labels) >= MAX_LABELS:
            raise invalid("Issue", "labels", message="no more than 100 labels")
        issue.labels.append(label)
        note(service, issue, actor, "labeled", app=app, label=label)
        rendered = render_issue.label(service.context, repository, label)
        announce_issue(service, issue, actor, "labeled", label=rendered)


def remove_label(
    service: Service, issue: Issue, name: str, actor: Account, app: App | None = None
) -> None:
    """Remove a label.

    Raises:
        Refusal: 404, the issue does not have it.
    """
    label = next((each for each in issue.labels if each.name.lower() == name.lower()), None)
    if label is None:
        raise Refusal(404, "Label does not exist")
    issue.labels.remove(label)
    note(service, issue, actor, "unlabeled", app=app, label=label)
    rendered = render_issue.label(service.context, issue.repository, label)
    announce_issue(service, issue, actor, "unlabeled", label=rendered)


def set_labels(
    service: Service, issue: Issue, names: Sequence[str], actor: Account, app: App | None = None
) -> None:
    """Replace all labels; only what differs is announced."""
    wanted = {name.lower() for name in names}
    for label in list(issue.labels):
        if label.name.lower() not in wanted:
            remove_label(service, issue, label.name, actor, app)
    add_labels(service, issue, names, actor, app)
