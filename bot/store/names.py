"""Stores present and former names of repositories, and which account each login belongs to.

A repository's name may change, GitHub's id of it never does. Rows about a repository keep the name
under which it was first seen; any name that it ever had leads to that one
(`bot.store.rows.REPOSITORY`). So nothing has to be moved, and work under a former name finds the
same rows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from bot.review.subject import Repository
from bot.store import schema
from bot.store.database import Database
from bot.store.documents import drop_documents, drop_of_installation, rename_documents
from bot.store.rows import REPOSITORY, add, here, matching, parameters, put, remove

_INSTALLED, _IDS, _NAMES = schema.repository, schema.repository_id, schema.repository_name

_AT = select(_INSTALLED.c.full_name, _INSTALLED.c.installation).where(
    matching(_INSTALLED, "repository")
)
_KEY_BY_NAME = select(REPOSITORY)
_KEY_BY_ID = select(_IDS.c.key).where(matching(_IDS, "github_id"))
_IDS_OF_KEY = select(_IDS.c.github_id).where(matching(_IDS, "key"))
_OWNER = select(_NAMES.c.github_id).where(matching(_NAMES, "name"))
_NAMED = select(REPOSITORY).scalar_subquery()
_WITH_ID = _KEY_BY_ID.scalar_subquery()
_LOOK_UP = select(
    *(
        select(column).where(_INSTALLED.c.repository == key).scalar_subquery()
        for key in (_NAMED, _WITH_ID)
        for column in (_INSTALLED.c.full_name, _INSTALLED.c.installation)
    ),
    _OWNER.scalar_subquery(),
    _WITH_ID,
)
_DELETE_NAMES = delete(_NAMES).where(_NAMES.c.github_id == _IDS_OF_KEY.scalar_subquery())
_ABOUT_REPOSITORIES = [table for table in schema.metadata.sorted_tables if "repository" in table.c]


@dataclass(frozen=True, slots=True)
class NameLookup:
    """What is known of a name and an id that a webhook had together.

    Attributes:
        by_name: The repository that the name leads to, with its present name; None if unknown.
        owner: The id of the repository that the name leads to; None if unknown.
        is_known: Whether the id is known.
        by_id: The repository with the id, with its present name; None if unknown.
    """

    by_name: Repository | None
    owner: int | None
    is_known: bool
    by_id: Repository | None


class RepositoryNames:
    """Stores names of repositories. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current_repository(self, full_name: str) -> Repository | None:
        """The repository that has or had a name, as it is called now; None if none is known."""
        return await self._database.read(
            lambda connection: _at(connection, _key_by_name(connection, full_name))
        )

    async def look_up(self, full_name: str, github_id: int) -> NameLookup:
        """What is known of a name and an id that came together."""
        values = parameters(full_name, github_id=github_id, name=full_name.lower())
        row = await self._database.read(
            lambda connection: connection.execute(_LOOK_UP, values).one()
        )
        return NameLookup(
            by_name=None if row[0] is None else Repository(row[0], row[1]),
            by_id=None if row[2] is None else Repository(row[2], row[3]),
            owner=row[4],
            is_known=row[5] is not None,
        )

    async def set_name(self, repository: Repository, github_id: int) -> None:
        """Record a repository's present name; the repository may be new or have had another name.

        If another repository had that name, it must have a new one by now, which is unknown until
        an event has it.
        """
        name = repository.full_name.lower()

        def work(connection: Connection) -> None:
            owner, key = _owner(connection, name), _key_by_id(connection, github_id)
            before = None if key is None else _at(connection, key)
            if owner is not None and owner != github_id:
                _remove_current_name(connection, owner, name)
            if key is None:
                # Its own name, unless the rows of another carry that.
                key = f"{name}#{github_id}" if _is_key(connection, name) else name
                add(connection, _IDS, None, {"github_id": github_id, "key": key})
            elif key != name and not _is_key(connection, name):
                # Rows of a name without an id: of another repository that was called so long ago.
                _delete_rows(connection, name)
            put(connection, _NAMES, None, {"name": name}, {"github_id": github_id})
            put(connection, _INSTALLED, None, {"repository": key}, asdict(repository))
            if before is not None and before.full_name.lower() != name:
                rename_documents(connection, before, repository)
            elif before is not None:
                drop_of_installation(connection, before.installation)

        await self._database.write(work)


def forget_repository(connection: Connection, full_name: str) -> None:
    """Delete everything about a repository, its names included."""
    key = _key_by_name(connection, full_name)
    known = _at(connection, key)
    _delete_rows(connection, key)
    if known is not None:
        drop_documents(connection, known)
    connection.execute(_DELETE_NAMES, parameters(key=key))
    remove(connection, _IDS, None, key=key)


def _delete_rows(connection: Connection, key: str) -> None:
    for table in _ABOUT_REPOSITORIES:
        remove(connection, table, None, repository=key)


def _remove_current_name(connection: Connection, github_id: int, name: str) -> None:
    """Keep what is remembered of a repository, and not that it is called so."""
    key = _key_by_id(connection, github_id)
    known = None if key is None else _at(connection, key)
    if known is not None and known.full_name.lower() == name:
        remove(connection, _INSTALLED, None, repository=key)


def _at(connection: Connection, key: str) -> Repository | None:
    row = connection.execute(_AT, parameters(repository=key)).first()
    return None if row is None else Repository(*row)


def _key_by_name(connection: Connection, full_name: str) -> str:
    return str(connection.execute(_KEY_BY_NAME, parameters(full_name)).scalar_one())


def _key_by_id(connection: Connection, github_id: int) -> str | None:
    key: str | None = connection.execute(_KEY_BY_ID, parameters(github_id=github_id)).scalar()
    return key


def _is_key(connection: Connection, name: str) -> bool:
    return connection.execute(_IDS_OF_KEY, parameters(key=name)).first() is not None


def _owner(connection: Connection, name: str) -> int | None:
    github_id: int | None = connection.execute(_OWNER, parameters(name=name)).scalar()
    return github_id


_KNOWN = select(schema.account.c.login, schema.account.c.github_id).where(here(schema.account))


class AccountStore:
    """Stores which account a login belongs to. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, repository: Repository) -> Mapping[str, int]:
        """The account meant by each login in lower case, by GitHub's ids."""
        return await self._database.read(lambda connection: _known(connection, repository))

    async def first_seen(
        self, repository: Repository, ids: Mapping[str, int], *, instead: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Remember accounts; returns all that are known then.

        Args:
            repository: Where.
            ids: Accounts that acted, by login in lower case; where one is known it stays.
            instead: Accounts that are meant whatever was known.
        """

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
