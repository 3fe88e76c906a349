"""What was read is kept in the store, so that every process says the same of a post, and again."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.peps.forum import PostRead, PostRef
from bot.store.documents import FORUM_POST, FORUM_TOPIC
from bot.store.protocol import Document


class Documents(Protocol):
    """What is asked of the store."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


class Kept:
    """Posts and titles that were read before, and when."""

    def __init__(self, documents: Documents, clock: Callable[[], datetime]) -> None:
        self._documents = documents
        self._clock = clock

    async def post(self, ref: PostRef) -> tuple[PostRead, datetime] | None:
        """A post as it was read, and when."""
        document = await self._documents.document(_post_name(ref))
        if document is None:
            return None
        at, username, name = json.loads(document.text)
        return PostRead(datetime.fromisoformat(at), username, name), document.read_at

    async def keep_post(self, ref: PostRef, post: PostRead) -> None:
        """Keep a post as it was read just now."""
        await self._keep(_post_name(ref), [post.at.isoformat(), post.username, post.name])

    async def title(self, topic: int) -> tuple[str, datetime] | None:
        """The title of a topic as it was read, and when."""
        document = await self._documents.document(_topic_name(topic))
        return None if document is None else (json.loads(document.text), document.read_at)

    async def keep_title(self, topic: int, title: str) -> None:
        """Keep a title as it was read just now."""
        await self._keep(_topic_name(topic), title)

    async def _keep(self, name: str, value: object) -> None:
        await self._documents.keep_document(name, Document(json.dumps(value), self._clock()))


def _post_name(ref: PostRef) -> str:
    return FORUM_POST.of(None, f"{ref.topic}/{ref.post}")


def _topic_name(topic: int) -> str:
    return FORUM_TOPIC.of(None, str(topic))
