"""Issues, labels, comments, reactions and events as JSON."""

from collections.abc import Sequence
from urllib.parse import quote

from github_simulator.model.repository import (
    REACTIONS,
    Comment,
    Issue,
    IssueEvent,
    Label,
    Reaction,
    Repository,
)
from github_simulator.render import account as render_account
from github_simulator.render import repository as render_repository
from github_simulator.render.context import RenderContext
from github_simulator.wire import JsonObject, node_id, optional_timestamp, timestamp


def label(context: RenderContext, repository: Repository, label: Label) -> JsonObject:
    """A label."""
    base = render_repository.api_url(context, repository)
    return {
        "id": label.id,
        "node_id": node_id("Label", label.id),
        "url": f"{base}/labels/{quote(label.name, safe='')}",
        "name": label.name,
        "color": label.color,
        "default": False,
        "description": label.description,
        "archived_at": None,
        "archived_by": None,
    }


def reaction(context: RenderContext, reaction: Reaction) -> JsonObject:
    """A reaction."""
    return {
        "id": reaction.id,
        "node_id": node_id("Reaction", reaction.id),
        "user": render_account.user(context, reaction.account),
        "content": reaction.content,
        "created_at": timestamp(reaction.created_at),
    }


def reaction_counts(url: str, reactions: Sequence[Reaction]) -> JsonObject:
    """How many of each reaction a text has."""
    found = [each.content for each in reactions]
    return {
        "url": f"{url}/reactions",
        "total_count": len(found),
        **{content: found.count(content) for content in REACTIONS},
    }


def page_url(context: RenderContext, issue: Issue) -> str:
    """Where a browser finds it."""
    kind = "issues" if issue.pull is None else "pull"
    return f"{render_repository.html_url(context, issue.repository)}/{kind}/{issue.number}"


def issue(context: RenderContext, issue: Issue) -> JsonObject:
    """An issue, also for a pull request seen as one."""
    base = render_repository.api_url(context, issue.repository)
    url = f"{base}/issues/{issue.number}"
    body: JsonObject = {
        "url": url,
        "repository_url": base,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": page_url(context, issue),
        "id": issue.id,
        "node_id": node_id("Issue", issue.id),
        "number": issue.number,
        "title": issue.title,
        "user": render_account.user(context, issue.author),
        "labels": [label(context, issue.repository, each) for each in issue.labels],
        "state": issue.state,
        "state_reason": "completed" if issue.state == "closed" and issue.pull is None else None,
        "locked": issue.locked,
        "active_lock_reason": None,
        "assignee": render_account.user(context, issue.assignees[0]) if issue.assignees else None,
        "assignees": [render_account.user(context, each) for each in issue.assignees],
        "milestone": None,
        "comments": len(issue.comments),
        "created_at": timestamp(issue.created_at),
        "updated_at": timestamp(issue.updated_at),
        "closed_at": optional_timestamp(issue.closed_at),
        "author_association": issue.repository.association(issue.author),
        "body": issue.body,
        "reactions": reaction_counts(url, issue.reactions),
        "performed_via_github_app": None,
    }
    if issue.pull is not None:
        page = page_url(context, issue)
        body["draft"] = issue.pull.draft
        body["pull_request"] = {
            "url": f"{base}/pulls/{issue.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": optional_timestamp(issue.pull.merged_at),
        }
    return body


def comment(context: RenderContext, comment: Comment) -> JsonObject:
    """A comment; one made by an app says which."""
    base = render_repository.api_url(context, comment.issue.repository)
    url = f"{base}/issues/comments/{comment.id}"
    return {
        "url": url,
        "html_url": f"{page_url(context, comment.issue)}#issuecomment-{comment.id}",
        "issue_url": f"{base}/issues/{comment.issue.number}",
        "id": comment.id,
        "node_id": node_id("IssueComment", comment.id),
        "user": render_account.user(context, comment.author),
        "created_at": timestamp(comment.created_at),
        "updated_at": timestamp(comment.updated_at),
        "body": comment.body,
        "author_association": comment.issue.repository.association(comment.author),
        "reactions": reaction_counts(url, comment.reactions),
        "performed_via_github_app": (
            None if comment.app is None else render_account.app(context, comment.app)
        ),
    }


def event(context: RenderContext, issue: Issue, event: IssueEvent) -> JsonObject:
    """A line of `GET /repos/{owner}/{repo}/issues/{number}/events`."""
    base = render_repository.api_url(context, issue.repository)
    body: JsonObject = {
        "id": event.id,
        "node_id": node_id("IssueEvent", event.id),
        "url": f"{base}/issues/events/{event.id}",
        "actor": render_account.user(context, event.actor),
        "event": event.event,
        "commit_id": event.commit,
        "commit_url": f"{base}/commits/{event.commit}" if event.commit else None,
        "created_at": timestamp(event.created_at),
        "performed_via_github_app": (
            None if event.app is None else render_account.app(context, event.app)
        ),
    }
    if event.label is not None:
        body["label"] = {"name": event.label.name, "color": event.label.color}
    if event.rename is not None:
        body["rename"] = {"from": event.rename[0], "to": event.rename[1]}
    if event.event in {"assigned", "unassigned"}:
        body["assignee"] = render_account.optional_user(context, event.account)
        body["assigner"] = render_account.user(context, event.actor)
    if event.event == "review_requested":
        body["review_requester"] = render_account.user(context, event.actor)
        body["requested_reviewer"] = render_account.optional_user(context, event.account)
    if event.event == "review_dismissed":
        body["dismissed_review"] = {
            "state": "approved",
            "review_id": event.review,
            "dismissal_message": "",
        }
    if event.event == "locked":
        body["lock_reason"] = None
    return body
