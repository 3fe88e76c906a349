"""Our comments and the queue's issue: each exists once, and is known by its marker and author."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.github.client.client import Gone, number_at, text_at, variables
from bot.github.read.conversation_reader import own_comments
from bot.github.write.outbox import Destination, Outbox, Write, WriteKind
from bot.review.render.queue import QUEUE_MARKER, QUEUE_TITLE
from bot.review.subject import Subject
from bot.store.rows import Intent

COMMENT_PATH = "/issues/comments/{id}"

COMMENT = "comment"
"""The kind of the intent to create a comment; its detail is the marker."""

_ISSUES = "/repos/{owner}/{repo}/issues"
_ISSUE_INTENT = Intent("issue", "queue")


@dataclass(frozen=True, slots=True)
class CommentKind:
    """A kind of comment.

    Attributes:
        create: The write that creates it.
        edit: The write that edits it; None if an existing one is left alone.
        replace_deleted: Whether it is created again if GitHub refuses the edit for good.
    """

    create: WriteKind
    edit: WriteKind | None = None
    replace_deleted: bool = False


SUMMARY = CommentKind(WriteKind.CREATE_COMMENT, WriteKind.UPDATE_COMMENT)
REPLY = CommentKind(WriteKind.REPLY, WriteKind.CHANGE_REPLY, replace_deleted=True)
REMINDER_COMMENT = CommentKind(WriteKind.REMIND)
SUBMISSION_LINE = CommentKind(WriteKind.POST_SUBMISSION_LINE, WriteKind.EDIT_SUBMISSION_LINE)


def comment_write(kind: CommentKind, marker: str, body: str, known: int | None) -> Write:
    """The write that creates our comment with a marker, or edits it if its id is known."""
    data = {"body": body}
    if known is not None and kind.edit is not None:
        return Write(kind.edit, marker, "PATCH", COMMENT_PATH, data, {"id": known}, body)
    path, intent = "/issues/{number}/comments", Intent(COMMENT, marker)
    return Write(kind.create, marker, "POST", path, data, text=body, intent=intent)


async def ensure_comment(
    outbox: Outbox,
    to: Destination,
    kind: CommentKind,
    marker: str,
    body: str,
    *,
    known: int | None = None,
    own: Mapping[str, int] | None = None,
) -> int | None:
    """Create or edit our comment with a marker; returns its id, None if there is none.

    The caller stores the id and then fulfils the intent (`settle_comments`).

    Args:
        outbox: Makes the write.
        to: The issue or pull request.
        kind: The kind of comment.
        marker: Its marker, without the HTML around it.
        body: The text it should have, including the marker.
        known: Its id, if it is remembered.
        own: The ids of our comments by marker; they are read if it is not given.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    if known is None:
        own = await own_comment_ids(outbox, to) if own is None else own
        known = own.get(marker)
    if known is not None and kind.edit is None:
        return known
    written = await outbox.send(to, comment_write(kind, marker, body, known))
    if known is not None and written.is_refused and kind.replace_deleted:
        known = None
        written = await outbox.send(to, comment_write(kind, marker, body, known))
    return written.id if known is None else known


async def own_comment_ids(outbox: Outbox, to: Destination) -> Mapping[str, int]:
    """Our comments on an issue or pull request, by marker.

    Raises:
        GitHubFailure: They cannot be read.
    """
    found = await own_comments(to.client, to.subject, outbox.app)
    return {one.marker: one.id for one in reversed(found)}


async def settle_comments(outbox: Outbox, subject: Subject, is_done: Callable[[str], bool]) -> None:
    """Fulfil the intents to create the comments for whose markers `is_done` returns true."""
    for intent in await outbox.store.intents(subject):
        if intent.kind == COMMENT and is_done(intent.detail):
            await outbox.store.fulfil(subject, intent)


async def ensure_queue_issue(
    outbox: Outbox, to: Destination, body: str, known: int | None
) -> int | None:
    """Open or edit the issue with the queue; returns its number, None if there is none.

    A repository has one. It is searched if its number is not known or is not ours, so that a lost
    store does not lead to a second one.

    Args:
        outbox: Makes the write.
        to: The repository, as the subject with number 0.
        body: The text the issue should have.
        known: Its number, if it is remembered.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    issue = await _queue_issue(outbox, to, known)
    if issue is None:
        kind, data = WriteKind.OPEN_QUEUE_ISSUE, {"title": QUEUE_TITLE, "body": body}
        write = Write(kind, QUEUE_TITLE, "POST", "/issues", data, text=body, intent=_ISSUE_INTENT)
        return number_at((await outbox.send(to, write)).response, "number")
    number = number_at(issue, "number")
    if number is None:
        return None
    if _ISSUE_INTENT in await outbox.store.intents(to.subject):
        await outbox.store.fulfil(to.subject, _ISSUE_INTENT)
    # If a person closed it, they do not want it now.
    is_open = text_at(issue, "state") == "open"
    current_body = (text_at(issue, "body") or "").replace("\r\n", "\n")
    if is_open and current_body.strip() != body.strip():
        kind, path, data = WriteKind.EDIT_QUEUE_ISSUE, "/issues/{number}", {"body": body}
        where = replace(to, subject=replace(to.subject, number=number))
        await outbox.send(where, Write(kind, str(number), "PATCH", path, data, text=body))
    return number


async def _queue_issue(outbox: Outbox, to: Destination, known: int | None) -> object | None:
    """The known issue, else the oldest of our issues with the marker, open or closed."""

    def is_ours(issue: object) -> bool:
        app_id = number_at(issue, "performed_via_github_app", "id")
        by_us = outbox.app.is_author(text_at(issue, "user", "login"), app_id)
        return by_us and QUEUE_MARKER in (text_at(issue, "body") or "")

    repository = to.subject.repository
    if known is not None:
        with suppress(Gone):
            place = variables(repository, number=known)
            issue: object = await to.client.get(_ISSUES + "/{number}", place)
            if is_ours(issue):
                return issue
    place = variables(repository, creator=outbox.app.login, state="all")
    found = to.client.pages(_ISSUES + "{?creator,state}", place)
    ours = [issue async for issue in found if is_ours(issue)]
    return min(ours, key=lambda issue: number_at(issue, "number") or 0, default=None)
