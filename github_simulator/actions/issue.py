"""What people and apps can do on an issue or pull request."""

from collections.abc import Sequence

from github_simulator.model.accounts import Access, Account
from github_simulator.model.apps import App
from github_simulator.model.repository import (
    Comment,
    Issue,
    IssueEvent,
    Label,
    Reaction,
    Repository,
    ReviewComment,
)
from github_simulator.render import issue as render_issue
from github_simulator.render import pull as render_pull
from github_simulator.render import repository as render_repository
from github_simulator.service import Service
from github_simulator.wire import JsonObject, Refusal, invalid, not_found

MAX_COMMENT = 65_536


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
        body: JsonObject = {"action": action, "issue": render_issue.issue(service.context, issue)}
        service.announce("issues", issue.repository, sender, {**body, **fields})
    else:
        # GitHub works out `mergeable` only after the event
        pull = render_pull.whole(service.context, issue, mergeable=None)
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
    """Delete an issue with its comments."""
    announce_issue(service, issue, who, "deleted")
    _take_away(issue, moved_to=None)


def transfer_issue(service: Service, issue: Issue, who: Account, target: Repository) -> Issue:
    """Move an issue to another repository, where it gets a new number."""
    world, context = service.world, service.context
    former, came_from = render_issue.issue(context, issue), issue.repository
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
    rendered = render_issue.issue(context, moved)
    arrived = {"new_issue": rendered, "new_repository": render_repository.whole(context, target)}
    announce_issue(service, issue, who, "transferred", changes=arrived)
    left = {"old_issue": former, "old_repository": render_repository.whole(context, came_from)}
    announce_issue(service, moved, who, "opened", changes=left)
    _take_away(issue, moved_to=rendered["url"])
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
    """Raise GitHub's 422 for a comment that is empty or over 65,536 characters."""
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
        "issue": render_issue.issue(service.context, comment.issue),
        "comment": render_issue.comment(service.context, comment),
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
    """Delete one's own reaction.

    Raises:
        Refusal: 404, there is none with this id; 403, it is somebody else's.
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
        rendered = render_issue.issue(service.context, issue)["assignees"][-1]
        announce_issue(service, issue, actor, "assigned", assignee=rendered)
