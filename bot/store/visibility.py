"""Stores which repositories are public, since only these have pages.

A repository counts as public only if GitHub said so recently in answer to a request. A webhook can
end that at once but never begin it, since deliveries come late, twice, and out of order.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Text, exists, func, literal, select

from bot.store import schema
from bot.store.documents import VISIBILITY
from bot.store.store import Document, Store

PUBLIC_FOR = timedelta(hours=24)
"""How long an answer counts; it is renewed with each sweep, every six hours."""

_PUBLIC = "public"
_PRIVATE = "private"


class Visibility:
    """Remembers which repositories are public."""

    def __init__(self, documents: Store, clock: Callable[[], datetime]) -> None:
        self._documents = documents
        self._clock = clock

    async def hide(self, full_name: str) -> None:
        """Something told that the repository is private, or may be another by now."""
        await self._documents.keep_document(_name(full_name), Document(_PRIVATE, self._clock()))

    async def answered(self, full_name: str, *, is_private: bool, asked_at: datetime) -> None:
        """GitHub answered a question; what was told since it was asked counts for more."""
        if is_private:
            await self.hide(full_name)
            return
        known = await self._documents.document(_name(full_name))
        if known is not None and known.text == _PRIVATE and known.read_at >= asked_at:
            return
        await self._documents.keep_document(_name(full_name), Document(_PUBLIC, asked_at))

    async def is_public(self, full_name: str) -> bool:
        """Whether everybody may read it; False as long as that is not known for sure."""
        known = await self._documents.document(_name(full_name))
        return (
            known is not None
            and known.text == _PUBLIC
            and self._clock() - known.read_at < PUBLIC_FOR
        )


def is_public_by(repository: ColumnElement[str], now: datetime) -> ColumnElement[bool]:
    """The same as a condition of a query.

    Args:
        repository: The present name of a repository in lower case.
        now: The present time.
    """
    document = schema.document
    return exists().where(
        document.c.name == literal(VISIBILITY.prefix, Text).concat(repository),
        document.c.text == _PUBLIC,
        document.c.read_at > (now - PUBLIC_FOR).timestamp(),
    )


def public_repositories(now: datetime) -> Select[tuple[str]]:
    """The query for the names of all that everybody may read."""
    known = schema.repository
    shown = is_public_by(func.lower(known.c.full_name), now)
    return select(known.c.full_name).where(shown).order_by(known.c.repository)


def _name(full_name: str) -> str:
    return VISIBILITY.of(None, full_name.lower())
