"""The bot's comment under an issue that submits a PEP: one an issue, edited in place.

Before it is made an intent is committed, and where it is not known which it is, it is looked for by
its marker and its author: neither a crash nor a lost store leads to a second one. One that a person
deleted is not made again.
"""

from typing import Any

from bot.github.app_identity import AppIdentity
from bot.github.client import Client
from bot.github.conversation_reader import own_comments
from bot.github.json_fields import number_at
from bot.github.repository_url import variables
from bot.github.single_write import SingleWrites
from bot.review.subject import Subject
from bot.review.submission_told import LINE
from bot.store.protocol import Intent

_REPO = "/repos/{owner}/{repo}"
_BEGUN = Intent("comment", LINE)


class SubmissionLineWriter:
    """Writes the comment."""

    def __init__(self, writes: SingleWrites, app: AppIdentity) -> None:
        """Write by these means, as this app."""
        self._writes = writes
        self._app = app

    @property
    def is_rehearsing(self) -> bool:
        """Whether nothing is sent, so that what was written does not stand anywhere."""
        return self._writes.dry_run

    async def write(
        self, client: Client, issue: Subject, body: str, known: int | None, delivery: str
    ) -> int | None:
        """Make the comment say this; returns its id, None if there is none.

        Args:
            client: Writes to the tracker.
            issue: The issue.
            body: What the comment is to say.
            known: Its id, if it is remembered.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        comment = known
        if comment is None:
            comment = await self._standing(client, issue)
        if comment is None:
            return await self._create(client, issue, body, delivery)
        where = variables(issue.repository, id=comment)
        await self._writes.attempt(
            issue,
            "edit submission line",
            LINE,
            delivery,
            lambda: client.patch(_REPO + "/issues/comments/{id}", where, {"body": body}),
        )
        return comment

    async def written(self, issue: Subject) -> None:
        """It is remembered which comment it is."""
        if _BEGUN in await self._writes.store.intents(issue):
            await self._writes.store.fulfil(issue, _BEGUN)

    async def _standing(self, client: Client, issue: Subject) -> int | None:
        found = await own_comments(client, issue, self._app)
        return next((one.id for one in found if one.marker == LINE), None)

    async def _create(self, client: Client, issue: Subject, body: str, delivery: str) -> int | None:
        made: dict[str, Any] = {}

        async def create() -> None:
            place = variables(issue.repository, number=issue.number)
            made.update(
                await client.post(_REPO + "/issues/{number}/comments", place, {"body": body})
            )

        await self._writes.intended(issue, _BEGUN, "post submission line", LINE, delivery, create)
        return number_at(made, "id")
