"""What anybody, an app included, can do on an issue or pull request."""

from collections.abc import Sequence

from bot.simulator import render_issue, render_pull, render_repository
from bot.simulator.accounts import Access, Account
from bot.simulator.apps import App
from bot.simulator.issues import Comment, Issue, IssueEvent, Label, Reaction
from bot.simulator.pulls import ReviewComment
from bot.simulator.repository import Repository
from bot.simulator.service import Service
from bot.simulator.wire import JsonObject, Refusal, invalid, not_found

MAX_COMMENT = 65_536
MAX_LABELS = 100
_DEFAULT_COLOR = "ededed"


def issue_of(repository: Repository, number: int) -> Issue:
    """An issue or pull request by number.

    Raises:
        Refusal: 404; 410 for one that was deleted; 301 for one that was moved elsewhere.
    """
    try:
        return repository.issues[number]
    except KeyError:
        pass
    if number not in repository.gone_issues:
        raise not_found()
    moved_to = repository.gone_issues[number]
    if moved_to is None:
        raise Refusal(410, "This issue was deleted")
    raise Refusal(301, "Moved Permanently", headers={"Location": moved_to})


def touch(service: Service, issue: Issue) -> None:
    """Move `updated_at` on."""
    issue.updated_at = service.world.now()


def note(
    service: Service,
    issue: Issue,
    actor: Account,
    event: str,
    *,
    app: App | None = None,
    label: Label | None = None,
    rename: tuple[str, str] | None = None,
    commit: str | None = None,
    account: Account | None = None,
    review: int | None = None,
) -> None:
    """Add a line to the list of events."""
    world = service.world
    issue.events.append(
        IssueEvent(
            id=world.next_id(),
            actor=actor,
            event=event,
            created_at=world.now(),
            app=app,
            label=label,
            rename=rename,
            commit=commit,
            account=account,
            review=review,
        )
    )
    touch(service, issue)


def announce_issue(
    service: Service, issue: Issue, sender: Account, action: str, **fields: object
) -> None:
    """Send `pull_request` or `issues`, whichever it is."""
    if issue.pull is None:
        body: JsonObject = {"action": action, "issue": render_issue.issue(service.wire, issue)}
        service.announce("issues", issue.repository, sender, {**body, **fields})
    else:
        # GitHub works out `mergeable` only after the event
        pull = render_pull.whole(service.wire, issue, mergeable=None)
        body = {"action": action, "number": issue.number, "pull_request": pull}
        service.announce("pull_request", issue.repository, sender, {**body, **fields})


def open_issue(
    service: Service, repository: Repository, who: Account, title: str, body: str | None
) -> Issue:
    """Open an issue that is no pull request."""
    world = service.world
    now = world.now()
    number = repository.next_number
    repository.next_number += 1
    issue = Issue(world.next_id(), repository, number, title, body, who, now, now)
    repository.issues[number] = issue
    announce_issue(service, issue, who, "opened")
    return issue


def delete_issue(service: Service, issue: Issue, who: Account) -> None:
    """Delete an issue with all that was said on it."""
    announce_issue(service, issue, who, "deleted")
    _take_away(issue, moved_to=None)


def transfer_issue(service: Service, issue: Issue, who: Account, target: Repository) -> Issue:
    """Move an issue to another repository, where it gets a number of its own."""
    world, wire = service.world, service.wire
    former, came_from = render_issue.issue(wire, issue), issue.repository
    moved = Issue(
        world.next_id(),
        target,
        target.next_number,
        issue.title,
        issue.body,
        issue.author,
        issue.created_at,
        world.now(),
    )
    target.next_number += 1
    target.issues[moved.number] = moved
    shown = render_issue.issue(wire, moved)
    arrived = {"new_issue": shown, "new_repository": render_repository.whole(wire, target)}
    announce_issue(service, issue, who, "transferred", changes=arrived)
    left = {"old_issue": former, "old_repository": render_repository.whole(wire, came_from)}
    announce_issue(service, moved, who, "opened", changes=left)
    _take_away(issue, moved_to=shown["url"])
    return moved


def _take_away(issue: Issue, moved_to: str | None) -> None:
    repository = issue.repository
    for comment in issue.comments:
        del repository.comments[comment.id]
    del repository.issues[issue.number]
    repository.gone_issues[issue.number] = moved_to


def edit_issue(
    service: Service, issue: Issue, who: Account, title: str | None, body: str | None
) -> None:
    """Change the title, the description, or both, in one edit."""
    changes: JsonObject = {}
    if title is not None and title != issue.title:
        changes["title"] = {"from": issue.title}
        former, issue.title = issue.title, title
        note(service, issue, who, "renamed", rename=(former, title))
    if body is not None and body != issue.body:
        changes["body"] = {"from": issue.body or ""}
        issue.body = body
    if changes:
        touch(service, issue)
        announce_issue(service, issue, who, "edited", changes=changes)


def define_label(
    service: Service, repository: Repository, name: str, color: str, description: str | None
) -> Label:
    """Define a label in the repository.

    Raises:
        Refusal: 422, there is one of that name (in any case), or the name or color is not one.
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
    """Add labels; those the repository lacks are defined in passing, as GitHub does."""
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
        shown = render_issue.label(service.wire, repository, label)
        announce_issue(service, issue, actor, "labeled", label=shown)


def remove_label(
    service: Service, issue: Issue, name: str, actor: Account, app: App | None = None
) -> None:
    """Take a label off.

    Raises:
        Refusal: 404, it is not on it.
    """
    label = next((each for each in issue.labels if each.name.lower() == name.lower()), None)
    if label is None:
        raise Refusal(404, "Label does not exist")
    issue.labels.remove(label)
    note(service, issue, actor, "unlabeled", app=app, label=label)
    shown = render_issue.label(service.wire, issue.repository, label)
    announce_issue(service, issue, actor, "unlabeled", label=shown)


def set_labels(
    service: Service, issue: Issue, names: Sequence[str], actor: Account, app: App | None = None
) -> None:
    """Replace all labels; only what differs is announced."""
    wanted = {name.lower() for name in names}
    for label in list(issue.labels):
        if label.name.lower() not in wanted:
            remove_label(service, issue, label.name, actor, app)
    add_labels(service, issue, names, actor, app)


def add_comment(
    service: Service, issue: Issue, body: str, actor: Account, app: App | None = None
) -> Comment:
    """Comment.

    Raises:
        Refusal: 403 on a locked conversation without write access; 422 for an empty or too long
            text.
    """
    repository = issue.repository
    if issue.locked and repository.access(actor) < Access.WRITE:
        raise Refusal(403, "Unable to create comment because issue is locked.")
    check_body(body)
    now = service.world.now()
    comment = Comment(service.world.next_id(), issue, actor, body, now, now, app)
    repository.comments[comment.id] = comment
    touch(service, issue)
    _announce_comment(service, comment, actor, "created")
    return comment


def check_body(body: str) -> None:
    """Raise the 422 GitHub has for a comment that is empty or over 65,536 characters."""
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > MAX_COMMENT:
        message = f"body is too long (maximum is {MAX_COMMENT} characters)"
        raise invalid("IssueComment", "body", "custom", message)


def edit_comment(service: Service, comment: Comment, body: str, actor: Account) -> None:
    """Change a comment's text, as its author or anybody with write access may."""
    check_body(body)
    former = comment.body
    comment.former.append(former)
    comment.body = body
    comment.updated_at = service.world.now()
    touch(service, comment.issue)
    _announce_comment(service, comment, actor, "edited", changes={"body": {"from": former}})


def delete_comment(service: Service, comment: Comment, actor: Account) -> None:
    """Delete a comment."""
    del comment.issue.repository.comments[comment.id]
    touch(service, comment.issue)
    _announce_comment(service, comment, actor, "deleted")


def _announce_comment(
    service: Service, comment: Comment, sender: Account, action: str, **fields: object
) -> None:
    body = {
        "action": action,
        "issue": render_issue.issue(service.wire, comment.issue),
        "comment": render_issue.comment(service.wire, comment),
    }
    service.announce("issue_comment", comment.issue.repository, sender, {**body, **fields})


def react(
    service: Service, subject: Issue | Comment | ReviewComment, content: str, actor: Account
) -> tuple[Reaction, bool]:
    """React; returns the reaction and whether it is new. GitHub sends no webhook for it."""
    for reaction in subject.reactions:
        if reaction.content == content and reaction.account.id == actor.id:
            return reaction, False
    world = service.world
    reaction = Reaction(world.next_id(), actor, content, world.now())
    subject.reactions.append(reaction)
    return reaction, True


def take_back(subject: Issue | Comment | ReviewComment, reaction_id: int, actor: Account) -> None:
    """Take a reaction of one's own back.

    Raises:
        Refusal: 404, there is none of this id; 403, it is somebody else's.
    """
    reaction = next((each for each in subject.reactions if each.id == reaction_id), None)
    if reaction is None:
        raise not_found()
    if reaction.account.id != actor.id:
        raise Refusal(403, "Must have admin rights to Repository.")
    subject.reactions.remove(reaction)


def assign(service: Service, issue: Issue, logins: Sequence[str], actor: Account) -> None:
    """Assign accounts; those without access are dropped without a word, as GitHub does."""
    for login in logins:
        account = service.world.accounts.get(login.lower())
        if account is None or account in issue.assignees:
            continue
        if issue.repository.access(account) < Access.WRITE:
            continue
        issue.assignees.append(account)
        note(service, issue, actor, "assigned", account=account)
        shown = render_issue.issue(service.wire, issue)["assignees"][-1]
        announce_issue(service, issue, actor, "assigned", assignee=shown)
