"""Which account was first seen under which login, for each repository."""

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import Connection, select

from bot.review.subject import Repository
from bot.store import schema
from bot.store.database import Database
from bot.store.rows import here, parameters, put

_KNOWN = select(schema.account.c.login, schema.account.c.github_id).where(here(schema.account))


class AccountStore(Protocol):
    """Durable memory of accounts. Every method is one transaction."""

    async def known(self, repository: Repository) -> Mapping[str, int]:
        """The account meant by each login in lower case, by GitHub's ids."""

    async def first_seen(
        self, repository: Repository, ids: Mapping[str, int], *, instead: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Remember accounts; returns all that are known then.

        Args:
            repository: Where.
            ids: Accounts that acted, by login in lower case; where one is known it stays.
            instead: Accounts that are meant whatever was known.
        """


class SqlAccountStore:
    """`AccountStore` in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, repository: Repository) -> Mapping[str, int]:
        """The account meant by each login in lower case, by GitHub's ids."""
        return await self._database.read(lambda connection: _known(connection, repository))

    async def first_seen(
        self, repository: Repository, ids: Mapping[str, int], *, instead: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Remember accounts; returns all that are known then."""

        def work(connection: Connection) -> Mapping[str, int]:
            known = _known(connection, repository)
            new = {**{login: ids[login] for login in ids.keys() - known.keys()}, **instead}
            for login, account in sorted(new.items()):
                key, row = {"login": login}, {"github_id": account}
                put(connection, schema.account, repository, key, row)
            return {**known, **new}

        return await self._database.write(work)


def _known(connection: Connection, repository: Repository) -> Mapping[str, int]:
    rows = connection.execute(_KNOWN, parameters(repository))
    return {login: account for login, account in rows}  # noqa: C416 - rows
