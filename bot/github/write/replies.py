"""Writes the answers to texts with commands (one reaction and one reply each), and reminders.

The reply to a text is one comment, recognized by its marker. Both may be requested twice. Adding a
reaction again does no harm. Before a comment is created an intent is committed, so that after a
crash we look first whether it exists.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from bot.commands.log import CommandComment
from bot.commands.reply import reply_to
from bot.commands.text import Place
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client
from bot.github.client.response import number_at, variables
from bot.github.read.conversation_reader import own_comments
from bot.github.write.single_write import SingleWrites
from bot.review.reconcile import digest_of
from bot.review.render.queue import REMINDER
from bot.review.subject import Subject
from bot.store.protocol import Intent

_REPO = "/repos/{owner}/{repo}"
_REACTIONS: Mapping[Place, str] = {
    Place.DESCRIPTION: _REPO + "/issues/{id}/reactions",
    Place.COMMENT: _REPO + "/issues/comments/{id}/reactions",
    Place.REVIEW_COMMENT: _REPO + "/pulls/comments/{id}/reactions",
}


class ReplyWriter:
    """Writes reactions and replies."""

    def __init__(self, writes: SingleWrites, app: AppIdentity) -> None:
        """Write with `writes`, as this app."""
        self._writes = writes
        self._app = app

    async def existing(self, client: Client, subject: Subject) -> dict[str, int]:
        """Our comments on an issue by marker, to find one whose creation was not recorded.

        Raises:
            GitHubFailure: They cannot be read.
        """
        comments = await own_comments(client, subject, self._app)
        return {comment.marker: comment.id for comment in comments}

    async def answer(
        self,
        client: Client,
        subject: Subject,
        processed: CommandComment,
        own: Mapping[str, int],
        delivery: str,
    ) -> CommandComment:
        """Update reaction and reply; returns what to remember of the text.

        Args:
            client: Writes to the subject's repository.
            subject: The issue or pull request.
            processed: The text.
            own: The ids of our existing comments by marker.
            delivery: The delivery that led to it.

        Raises:
            TryLater: GitHub cannot be written to now.
        """
        if processed.has_reactions and processed.desired_reaction != processed.reaction:
            processed = await self._react(client, subject, processed, delivery)
        return await self._reply(client, subject, processed, own, delivery)

    async def _react(
        self, client: Client, subject: Subject, processed: CommandComment, delivery: str
    ) -> CommandComment:
        url = _REACTIONS[processed.place]
        place = variables(subject.repository, id=processed.id)
        if processed.reaction and processed.reaction_id is not None:
            where = {**place, "reaction": processed.reaction_id}
            await self._writes.attempt(
                subject,
                "take reaction back",
                processed.reaction,
                delivery,
                lambda: client.delete(url + "/{reaction}", where),
                missing_is_done=True,
            )
        made: dict[str, Any] = {}
        if processed.desired_reaction:

            async def react() -> None:
                made.update(await client.post(url, place, {"content": processed.desired_reaction}))

            await self._writes.attempt(
                subject, "react", processed.desired_reaction, delivery, react
            )
        # If GitHub refuses for good (a text that is gone), it is not tried again.
        return replace(
            processed, reaction=processed.desired_reaction, reaction_id=number_at(made, "id")
        )

    async def _reply(
        self,
        client: Client,
        subject: Subject,
        processed: CommandComment,
        own: Mapping[str, int],
        delivery: str,
    ) -> CommandComment:
        body = reply_to(processed)
        known = processed.reply_id if processed.reply_id is not None else own.get(processed.marker)
        digest = digest_of(body) if body else ""
        if digest == processed.reply_digest:
            return processed
        comment = _REPO + "/issues/comments/{id}"
        if known is not None:
            where = variables(subject.repository, id=known)
            if body:
                changed = await self._writes.attempt(
                    subject,
                    "change reply",
                    processed.marker,
                    delivery,
                    lambda: client.patch(comment, where, {"body": body}),
                )
                if changed:
                    return replace(processed, reply_id=known, reply_digest=digest)
                # Somebody deleted the reply; since the text needs a new one, post it again.
                return await self._create_reply(client, subject, processed, body, delivery)
            await self._writes.attempt(
                subject,
                "delete reply",
                processed.marker,
                delivery,
                lambda: client.delete(comment, where),
                missing_is_done=True,
            )
            return replace(processed, reply_id=None, reply_digest="")
        return await self._create_reply(client, subject, processed, body, delivery)

    async def _create_reply(
        self, client: Client, subject: Subject, processed: CommandComment, body: str, delivery: str
    ) -> CommandComment:
        made: dict[str, Any] = {}

        async def create() -> None:
            made.update(
                await client.post(
                    _REPO + "/issues/{number}/comments",
                    variables(subject.repository, number=subject.number),
                    {"body": body},
                )
            )

        intent = Intent("comment", processed.marker)
        await self._writes.create_once(subject, intent, "reply", processed.marker, delivery, create)
        return replace(processed, reply_id=number_at(made, "id"), reply_digest=digest_of(body))


_COMMENTS = "/repos/{owner}/{repo}/issues/{number}/comments"


class ReminderWriter:
    """Writes reminders."""

    def __init__(self, writes: SingleWrites, app: AppIdentity) -> None:
        """Write with `writes`, as this app."""
        self._writes = writes
        self._app = app

    async def remind(
        self, client: Client, subject: Subject, mark: str, body: str, delivery: str
    ) -> bool:
        """Post the comment unless it exists; False in a dry run, which posts nothing.

        If GitHub refuses for good (a locked conversation), it is not tried again.

        Args:
            client: Writes to the repository.
            subject: The pull request.
            mark: The marker of the reminder.
            body: The comment, including the marker.
            delivery: The delivery that led to it.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        if any(one.marker == mark for one in await own_comments(client, subject, self._app)):
            return True
        place = variables(subject.repository, number=subject.number)
        await self._writes.create_once(
            subject,
            Intent("comment", mark),
            "remind",
            mark,
            delivery,
            lambda: client.post(_COMMENTS, place, {"body": body}),
        )
        return not self._writes.dry_run

    async def settle(self, subject: Subject, due: Collection[str] = ()) -> None:
        """Mark reminders that were begun as done, except those that are still due.

        Args:
            subject: The pull request.
            due: The markers of reminders that are still due.
        """
        for intent in await self._writes.store.intents(subject):
            is_ours = intent.kind == "comment" and intent.detail.startswith(f"{REMINDER} ")
            if is_ours and intent.detail not in due:
                await self._writes.store.fulfil(subject, intent)
