"""Writes the answers to texts with commands: one reaction and one reply each.

The reply to a text is one comment, recognized by its marker. Both may be requested twice. Adding a
reaction again does no harm.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.commands.log import CommandComment
from bot.commands.reply import reply_to
from bot.commands.text import Place
from bot.github.client.client import Client
from bot.github.client.response import number_at, variables
from bot.github.read.conversation_reader import own_comments
from bot.github.write.outbox import COMMENT_URL, REPLY, Outbox
from bot.review.reconcile import digest_of
from bot.review.subject import Subject

_REPO = "/repos/{owner}/{repo}"
_REACTIONS: Mapping[Place, str] = {
    Place.DESCRIPTION: _REPO + "/issues/{id}/reactions",
    Place.COMMENT: _REPO + "/issues/comments/{id}/reactions",
    Place.REVIEW_COMMENT: _REPO + "/pulls/comments/{id}/reactions",
}


class ReplyWriter:
    """Writes reactions and replies."""

    def __init__(self, outbox: Outbox) -> None:
        """Write with `outbox`."""
        self._outbox = outbox

    async def begun(
        self, client: Client, subject: Subject, markers: Collection[str]
    ) -> Mapping[str, int]:
        """Our comments by marker, read only if one of these was begun and not recorded.

        Raises:
            GitHubFailure: They cannot be read.
        """
        begun = {intent.detail for intent in await self._outbox.store.intents(subject)}
        if begun.isdisjoint(markers):
            return {}
        comments = await own_comments(client, subject, self._outbox.app)
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
            await self._outbox.attempt(
                subject,
                "take reaction back",
                processed.reaction,
                delivery,
                lambda: client.delete(url + "/{reaction}", where),
                missing_is_done=True,
            )
        made: object = None
        if processed.desired_reaction:
            made = await self._outbox.attempt(
                subject,
                "react",
                processed.desired_reaction,
                delivery,
                lambda: client.post(url, place, {"content": processed.desired_reaction}),
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
        body, marker = reply_to(processed), processed.marker
        known = processed.reply_id if processed.reply_id is not None else own.get(marker)
        if processed.reply_digest == (digest_of(body) if body else ""):
            return processed
        if not body:
            # There is none to delete if GitHub refused it for good.
            if known is not None:
                where = variables(subject.repository, id=known)
                await self._outbox.attempt(
                    subject,
                    "delete reply",
                    marker,
                    delivery,
                    lambda: client.delete(COMMENT_URL, where),
                    missing_is_done=True,
                )
            return replace(processed, reply_id=None, reply_digest="")
        reply_id = await self._outbox.ensure_comment(
            client, subject, REPLY, marker, body, delivery, known=known, own=own
        )
        return replace(processed, reply_id=reply_id, reply_digest=digest_of(body))
