"""Writes to GitHub one thing at a time: comments, issues, and what commands change.

A comment or issue of ours is recognized by its marker and by its author. Before one is created an
intent is committed, so that after a crash it is found again and not created twice. Every write is
throttled and recorded in the audit log; one that GitHub refuses for good does not stop the others.
What a review writes is planned as a whole (`writer`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import structlog

from bot.github.client.api import utc_now
from bot.github.client.app import AppIdentity, Clock
from bot.github.client.client import Client, GitHubFailure, Gone, NotAllowed, TryLater
from bot.github.client.permissions import PERMISSION_FOR_SINGLE_WRITE
from bot.github.client.response import number_at, text_at, variables
from bot.github.client.throttle import WriteThrottle
from bot.github.read.conversation_reader import own_comments
from bot.github.write.writer import WriteStatus
from bot.review.render.queue import QUEUE_MARKER, QUEUE_TITLE
from bot.review.subject import Repository, Subject
from bot.store.store import Intent, Store, WriteRecord

SINGLE_WRITE_NAMES = tuple(PERMISSION_FOR_SINGLE_WRITE)
"""The names of these writes in the audit log, the log and the metrics."""

_ISSUES = "/repos/{owner}/{repo}/issues"
COMMENT_URL = _ISSUES + "/comments/{id}"
_ISSUE_INTENT = Intent("issue", "queue")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CommentKind:
    """A kind of comment.

    Attributes:
        create: The name of the write that creates it.
        edit: The name of the write that edits it; empty if an existing one is left alone.
        replace_deleted: Whether it is created again if GitHub refuses the edit for good.
    """

    create: str
    edit: str = ""
    replace_deleted: bool = False


REPLY = CommentKind("reply", "change reply", replace_deleted=True)
REMINDER_COMMENT = CommentKind("remind")
SUBMISSION_LINE = CommentKind("post submission line", "edit submission line")


class Outbox:
    """Makes writes; in a dry run it only records them."""

    def __init__(
        self,
        store: Store,
        app: AppIdentity,
        *,
        throttle: WriteThrottle,
        dry_run: bool = False,
        clock: Clock = utc_now,
        on_write: Callable[[str, str], None] = lambda _name, _status: None,
    ) -> None:
        """Write no faster than `throttle` allows.

        Args:
            store: Keeps intents, known labels and the audit log.
            app: This app, to recognize what it wrote.
            throttle: Limits the pace of writes.
            dry_run: Send nothing.
            clock: The current time (UTC), for the audit log.
            on_write: Called with the name and the status of each write.
        """
        self.store = store
        self.app = app
        self.throttle = throttle
        self.dry_run = dry_run
        self._clock = clock
        self._on_write = on_write

    async def ensure_comment(
        self,
        client: Client,
        subject: Subject,
        kind: CommentKind,
        marker: str,
        body: str,
        delivery: str,
        *,
        known: int | None = None,
        own: Mapping[str, int] | None = None,
    ) -> int | None:
        """Create or edit our comment with a marker; returns its id, None if there is none.

        The caller stores the id and then fulfils the intent (`settle`).

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            kind: The kind of comment.
            marker: Its marker, without the HTML around it.
            body: The text it should have, including the marker.
            delivery: The delivery that led to it.
            known: Its id, if it is remembered.
            own: The ids of our comments by marker; they are read if it is not given.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        if known is None and own is not None:
            known = own.get(marker)
        elif known is None:
            found = await own_comments(client, subject, self.app)
            known = next((one.id for one in found if one.marker == marker), None)
        if known is not None:
            where = variables(subject.repository, id=known)
            if not kind.edit:
                return known
            edited = await self.attempt(
                subject,
                kind.edit,
                marker,
                delivery,
                lambda: client.patch(COMMENT_URL, where, {"body": body}),
            )
            if edited is not None or not kind.replace_deleted:
                return known
        place = variables(subject.repository, number=subject.number)
        made = await self.attempt(
            subject,
            kind.create,
            marker,
            delivery,
            lambda: client.post(_ISSUES + "/{number}/comments", place, {"body": body}),
            intent=Intent("comment", marker),
        )
        return number_at(made, "id")

    async def settle(self, subject: Subject, is_done: Callable[[str], bool]) -> None:
        """Fulfil the intents to create the comments for whose markers `is_done` returns true."""
        for intent in await self.store.intents(subject):
            if intent.kind == "comment" and is_done(intent.detail):
                await self.store.fulfil(subject, intent)

    async def ensure_queue_issue(
        self, client: Client, repository: Repository, body: str, known: int | None, delivery: str
    ) -> int | None:
        """Open or edit the issue with the queue; returns its number, None if there is none.

        A repository has one. It is searched if its number is not known or is not ours, so that a
        lost store does not lead to a second one.

        Args:
            client: Writes to the repository.
            repository: The repository.
            body: The text the issue should have.
            known: Its number, if it is remembered.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        issue = await self._known_issue(client, repository, known)
        issue = issue or await self._find_issue(client, repository)
        subject = Subject(repository, 0)
        if issue is None:
            data = {"title": QUEUE_TITLE, "body": body}
            issue = await self.attempt(
                subject,
                "open queue issue",
                QUEUE_TITLE,
                delivery,
                lambda: client.post(_ISSUES, variables(repository), data),
                intent=_ISSUE_INTENT,
            )
            return number_at(issue, "number")
        number = number_at(issue, "number")
        if number is None:
            return None
        if _ISSUE_INTENT in await self.store.intents(subject):
            await self.store.fulfil(subject, _ISSUE_INTENT)
        # If a person closed it, they do not want it now.
        is_open = text_at(issue, "state") == "open"
        current_body = (text_at(issue, "body") or "").replace("\r\n", "\n")
        if is_open and current_body.strip() != body.strip():
            place = variables(repository, number=number)
            await self.attempt(
                Subject(repository, number),
                "edit queue issue",
                str(number),
                delivery,
                lambda: client.patch(_ISSUES + "/{number}", place, {"body": body}),
            )
        return number

    async def _known_issue(
        self, client: Client, repository: Repository, number: int | None
    ) -> object | None:
        if number is None:
            return None
        try:
            issue = await client.get(_ISSUES + "/{number}", variables(repository, number=number))
        except Gone:
            return None
        return issue if self._is_queue_issue(issue) else None

    async def _find_issue(self, client: Client, repository: Repository) -> object | None:
        """The oldest of our issues with the marker, open or closed."""
        url = _ISSUES + "{?creator,state}"
        place = variables(repository, creator=self.app.login, state="all")
        ours = [issue async for issue in client.pages(url, place) if self._is_queue_issue(issue)]
        return min(ours, key=lambda issue: number_at(issue, "number") or 0, default=None)

    def _is_queue_issue(self, issue: object) -> bool:
        app_id = number_at(issue, "performed_via_github_app", "id")
        is_ours = self.app.is_author(text_at(issue, "user", "login"), app_id)
        return is_ours and QUEUE_MARKER in (text_at(issue, "body") or "")

    async def attempt(
        self,
        subject: Subject,
        name: str,
        detail: str,
        delivery: str,
        write: Callable[[], Awaitable[object]],
        *,
        intent: Intent | None = None,
        missing_is_done: bool = False,
    ) -> object | None:
        """Make a write; returns GitHub's response, None if GitHub refuses it for good.

        A response without content, and that of a dry run, is an empty dictionary.

        Args:
            subject: What it concerns.
            name: One of `SINGLE_WRITE_NAMES`.
            detail: What is written, for the audit log.
            delivery: The delivery that led to it.
            write: Makes the request.
            intent: Given if the write must not happen twice. The caller fulfils it once it has
                stored what was created.
            missing_is_done: Whether it is fine if what is changed does not exist.

        Raises:
            TryLater: It may succeed later, or it is unknown whether it happened.
        """
        status, response = WriteStatus.RECORDED, None
        if not self.dry_run:
            status = WriteStatus.WRITTEN
            if intent is not None:
                await self.store.intend(subject, intent)
            await self.throttle.of(subject.repository.installation).acquire()
            try:
                response = await write()
            except TryLater:
                raise
            except GitHubFailure as failure:
                if not (missing_is_done and isinstance(failure, Gone)):
                    log.warning(
                        "write not allowed" if isinstance(failure, NotAllowed) else "write refused",
                        write=name,
                        needs=PERMISSION_FOR_SINGLE_WRITE[name],
                        reason=str(failure),
                    )
                    self._on_write(name, WriteStatus.REFUSED.value)
                    return None
        self._on_write(name, status.value)
        record = WriteRecord(self._clock(), subject, delivery, name, detail, self.dry_run)
        await self.store.record_write(record)
        return {} if response is None else response
