"""Writes the issue with the editors' queue, and our comment below a submission.

A repository has one such issue, which is edited in place. Before it is opened an intent is
committed, and if its number is not known it is searched by its marker and author, so that a lost
store does not lead to a second one.
"""

from typing import Any

from bot.github.client.app import AppIdentity
from bot.github.client.client import Client, Gone
from bot.github.client.response import number_at, text_at, variables
from bot.github.read.conversation_reader import own_comments
from bot.github.write.single_write import SingleWrites
from bot.review.render.new_pep import SUBMISSION
from bot.review.render.queue import QUEUE_MARKER, QUEUE_TITLE
from bot.review.subject import Repository, Subject
from bot.store.protocol import Intent

_ISSUES = "/repos/{owner}/{repo}/issues"
_ISSUE_INTENT = Intent("issue", "queue")


class QueueIssueWriter:
    """Writes the issue with the queue."""

    def __init__(self, writes: SingleWrites, app: AppIdentity) -> None:
        """Write with `writes`, as this app."""
        self._writes = writes
        self._app = app

    async def write(
        self,
        client: Client,
        repository: Repository,
        body: str,
        known: int | None,
        delivery: str,
    ) -> int | None:
        """Open or update the issue; returns its number, None if there is none.

        Args:
            client: Writes to the repository.
            repository: The repository.
            body: The text the issue should have.
            known: Its number, if it is remembered.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        issue = await self._read_known(client, repository, known) or await self._find(
            client, repository
        )
        repository_subject = Subject(repository, 0)
        if issue is None:
            return await self._open(client, repository_subject, body, delivery)
        number = number_at(issue, "number")
        if number is None:
            return None
        if _ISSUE_INTENT in await self._writes.store.intents(repository_subject):
            await self._writes.store.fulfil(repository_subject, _ISSUE_INTENT)
        # If a person closed it, they do not want it now.
        is_open = text_at(issue, "state") == "open"
        current_body = (text_at(issue, "body") or "").replace("\r\n", "\n")
        if is_open and current_body.strip() != body.strip():
            place = variables(repository, number=number)
            await self._writes.attempt(
                Subject(repository, number),
                "edit queue issue",
                str(number),
                delivery,
                lambda: client.patch(_ISSUES + "/{number}", place, {"body": body}),
            )
        return number

    async def _open(
        self, client: Client, repository_subject: Subject, body: str, delivery: str
    ) -> int | None:
        made: dict[str, Any] = {}

        async def create() -> None:
            place = variables(repository_subject.repository)
            made.update(await client.post(_ISSUES, place, {"title": QUEUE_TITLE, "body": body}))

        await self._writes.create_once(
            repository_subject, _ISSUE_INTENT, "open queue issue", QUEUE_TITLE, delivery, create
        )
        return number_at(made, "number")

    async def _read_known(
        self, client: Client, repository: Repository, number: int | None
    ) -> object | None:
        if number is None:
            return None
        try:
            issue = await client.get(_ISSUES + "/{number}", variables(repository, number=number))
        except Gone:
            return None
        return issue if self._is_ours(issue) else None

    async def _find(self, client: Client, repository: Repository) -> object | None:
        """The oldest of our issues with the marker, open or closed."""
        url = _ISSUES + "{?creator,state}"
        place = variables(repository, creator=self._app.login, state="all")
        ours = [issue async for issue in client.pages(url, place) if self._is_ours(issue)]
        return min(ours, key=lambda issue: number_at(issue, "number") or 0, default=None)

    def _is_ours(self, issue: object) -> bool:
        writer = text_at(issue, "user", "login")
        made_by = number_at(issue, "performed_via_github_app", "id")
        return self._app.is_author(writer, made_by) and QUEUE_MARKER in (
            text_at(issue, "body") or ""
        )


_REPO = "/repos/{owner}/{repo}"
_COMMENT_INTENT = Intent("comment", SUBMISSION)


class SubmissionLineWriter:
    """Writes our comment below a submission."""

    def __init__(self, writes: SingleWrites, app: AppIdentity) -> None:
        """Write with `writes`, as this app."""
        self._writes = writes
        self._app = app

    @property
    def is_dry_run(self) -> bool:
        """Whether this is a dry run, which sends nothing to GitHub."""
        return self._writes.dry_run

    async def write(
        self, client: Client, issue: Subject, body: str, known: int | None, delivery: str
    ) -> int | None:
        """Create or edit the comment; returns its id, None if there is none.

        Args:
            client: Writes to the tracker.
            issue: The submission.
            body: The text the comment should have.
            known: Its id, if it is remembered.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        comment = known
        if comment is None:
            comment = await self._find_existing(client, issue)
        if comment is None:
            return await self._create(client, issue, body, delivery)
        where = variables(issue.repository, id=comment)
        await self._writes.attempt(
            issue,
            "edit submission line",
            SUBMISSION,
            delivery,
            lambda: client.patch(_REPO + "/issues/comments/{id}", where, {"body": body}),
        )
        return comment

    async def confirm(self, issue: Subject) -> None:
        """Note that the caller has stored the comment's id, so the intent is fulfilled."""
        if _COMMENT_INTENT in await self._writes.store.intents(issue):
            await self._writes.store.fulfil(issue, _COMMENT_INTENT)

    async def _find_existing(self, client: Client, issue: Subject) -> int | None:
        found = await own_comments(client, issue, self._app)
        return next((one.id for one in found if one.marker == SUBMISSION), None)

    async def _create(self, client: Client, issue: Subject, body: str, delivery: str) -> int | None:
        made: dict[str, Any] = {}

        async def create() -> None:
            place = variables(issue.repository, number=issue.number)
            made.update(
                await client.post(_REPO + "/issues/{number}/comments", place, {"body": body})
            )

        await self._writes.create_once(
            issue, _COMMENT_INTENT, "post submission line", SUBMISSION, delivery, create
        )
        return number_at(made, "id")
