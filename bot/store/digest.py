"""What the editors should see once, among themselves, and nobody in public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, select

from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.database import Database
from bot.store.rows import folded, matching, moment, put


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
        table = schema.digest_item
        key: dict[str, object] = {
            "repository": folded(subject.repository),
            "number": subject.number,
            "reason": reason,
        }

        def work(connection: Connection) -> None:
            known = connection.execute(select(table.c.at).where(matching(table, key))).scalar()
            seconds = at.timestamp() if known is None else known
            put(connection, table, key, {"title": title, "at": seconds})

        await self._database.write(work)

    async def items(self, repository: Repository | None = None) -> Sequence[DigestItem]:
        """What was noted, in one repository or in all, oldest first."""
        table, present = schema.digest_item, schema.repository
        query = (
            select(table, present.c.full_name)
            .outerjoin(present, present.c.repository == table.c.repository)
            .order_by(table.c.at, table.c.repository, table.c.number)
        )
        if repository is not None:
            query = query.where(table.c.repository == folded(repository))
        rows = await self._database.read(
            lambda connection: connection.execute(query).mappings().all()
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
