"""What the editors should see once, among themselves, and nobody in public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, select

from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.database import Database
from bot.store.rows import here, matching, moment, parameters, put

_SINCE = select(schema.digest_item.c.at).where(
    here(schema.digest_item), matching(schema.digest_item, "number", "reason")
)
_ITEMS = (
    select(schema.digest_item, schema.repository.c.full_name)
    .outerjoin(schema.repository, schema.repository.c.repository == schema.digest_item.c.repository)
    .order_by(schema.digest_item.c.at, schema.digest_item.c.repository, schema.digest_item.c.number)
)
_ITEMS_HERE = _ITEMS.where(here(schema.digest_item))


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One thing for the editors.

    Attributes:
        repository: Where, `owner/name` in lower case.
        number: The issue or pull request.
        reason: Why it is here, a few words.
        title: Its title as a stranger wrote it.
        at: When it was noted.
    """

    repository: str
    number: int
    reason: str
    title: str
    at: datetime


class DigestStore(Protocol):
    """Durable memory of the digest. Every method is one transaction."""

    async def note(self, subject: Subject, reason: str, title: str, at: datetime) -> None:
        """Note something; the same again changes nothing but the title."""

    async def items(self, repository: Repository | None = None) -> Sequence[DigestItem]:
        """What was noted, in one repository or in all, oldest first."""


class SqlDigestStore:
    """`DigestStore` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, subject: Subject, reason: str, title: str, at: datetime) -> None:
        """Note something; the same again changes nothing but the title."""
        repository, key = subject.repository, {"number": subject.number, "reason": reason}

        def work(connection: Connection) -> None:
            known = connection.execute(_SINCE, parameters(repository, **key)).scalar()
            row = {"title": title, "at": at.timestamp() if known is None else known}
            put(connection, schema.digest_item, repository, key, row)

        await self._database.write(work)

    async def items(self, repository: Repository | None = None) -> Sequence[DigestItem]:
        """What was noted, in one repository or in all, oldest first."""
        query = _ITEMS if repository is None else _ITEMS_HERE
        rows = await self._database.read(
            lambda connection: connection.execute(query, parameters(repository)).mappings().all()
        )
        return [
            DigestItem(
                repository=(row["full_name"] or row["repository"]).lower(),
                number=row["number"],
                reason=row["reason"],
                title=row["title"],
                at=moment(row["at"]),
            )
            for row in rows
        ]
