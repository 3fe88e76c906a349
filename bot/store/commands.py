"""Stores commands, the texts in which they were processed, and the digest for editors."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select, update

from bot.commands.log import CommandComment, overrides_of
from bot.commands.text import LoggedCommand
from bot.peps.number import PepNumber
from bot.policy.in_office import Delegation
from bot.review.overrides import Reservation
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.codec import JsonText
from bot.store.database import Database
from bot.store.documents import ALL_EDITORS
from bot.store.rows import (
    Values,
    about,
    add,
    every_column,
    here,
    matching,
    objects,
    parameters,
    put,
)

_LOG, _PROCESSED, _DIGEST = schema.logged, schema.processed, schema.digest_item
_LOGGED = every_column(_LOG).where(about(_LOG)).order_by(_LOG.c.id)
_LOGGED_BY_VERB = every_column(_LOG).where(here(_LOG), matching(_LOG, "verb")).order_by(_LOG.c.id)
# Written out, since values of a list are put into a statement anew each time.
_ON_NUMBERS = _LOG.c.verb.in_([literal_column("'number'"), literal_column("'delegate'")])
_LOGGED_ON_NUMBERS = every_column(_LOG).where(here(_LOG), _ON_NUMBERS).order_by(_LOG.c.id)
_EDITORS = select(schema.document.c.text).where(matching(schema.document, "name"))
_TEXT = select(_PROCESSED.c.heard).where(about(_PROCESSED), matching(_PROCESSED, "source"))
_ONE = here(_LOG) & matching(_LOG, "source", "canonical", "ordinal")
_IS_LOGGED = select(_LOG.c.id).where(_ONE)
_SET_TIME = update(_LOG).where(_ONE)
_COMMENT = JsonText(
    CommandComment,
    names={
        "desired_reaction": "wants",
        "existing": "standing",
        "is_deleted": "is_gone",
        "problems": "faults",
        "unattributed": "unseen",
    },
    exclude={"source": True},
)


class CommandStore:
    """Stores commands. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def logged(self, subject: Subject) -> Sequence[LoggedCommand]:
        """The commands given on a pull request or issue."""
        return await self._database.read(lambda connection: read_logged(connection, subject))

    async def reservations(self, repository: Repository) -> tuple[Reservation, ...]:
        """The numbers that editors reserved in a repository."""
        read = await self._database.read(
            lambda connection: read_numbers_commands(connection, repository)
        )
        return read[0]

    async def not_yet(self, repository: Repository) -> Mapping[PepNumber | None, datetime]:
        """When an editor last said "not yet"; see `Overrides`."""

        def work(connection: Connection) -> list[LoggedCommand]:
            values = parameters(repository, verb="not-yet")
            return _by_editors(connection, repository, _logged(connection, _LOGGED_BY_VERB, values))

        return overrides_of(await self._database.read(work)).not_yet

    async def delegations(self, repository: Repository) -> tuple[Delegation, ...]:
        """Who was recorded in a repository as the delegate of a PEP, or offered to be."""
        read = await self._database.read(
            lambda connection: read_numbers_commands(connection, repository)
        )
        return read[1]

    async def processed(self, subject: Subject, source: str) -> CommandComment | None:
        """What was processed in a text; None if nothing was."""
        text = await self._database.read(
            lambda connection: connection.execute(
                _TEXT, parameters(subject, source=source)
            ).scalar()
        )
        return None if text is None else _COMMENT.load(text, source=source)

    async def keep(
        self, subject: Subject, processed: CommandComment, logged: Iterable[LoggedCommand] = ()
    ) -> None:
        """Store a text and the commands in it; of a known command, only when it was given."""
        commands = tuple(logged)

        def work(connection: Connection) -> None:
            for one in commands:
                _put_logged(connection, subject, one)
            key, row = {"source": processed.source}, {"heard": _COMMENT.dump(processed)}
            put(connection, _PROCESSED, subject, key, row)

        await self._database.write(work)


def _put_logged(connection: Connection, subject: Subject, one: LoggedCommand) -> None:
    key = parameters(subject, source=one.source, ordinal=one.ordinal, canonical=one.canonical)
    if connection.execute(_IS_LOGGED, key).first() is not None:
        connection.execute(_SET_TIME, {**key, "at": one.at})
        return
    row = {**asdict(one), "verb": one.verb}
    row["text_number"], row["line"] = row.pop("order")
    del row["subject"]
    add(connection, _LOG, subject, row)


def read_logged(connection: Connection, subject: Subject) -> list[LoggedCommand]:
    """The commands given on a pull request or issue."""
    return _logged(connection, _LOGGED, parameters(subject))


def read_numbers_commands(
    connection: Connection, repository: Repository
) -> tuple[tuple[Reservation, ...], tuple[Delegation, ...]]:
    """The numbers that editors reserved in a repository, and who delegates are or offered to be.

    Whoever recorded a delegate had the role when the command was run: the record stays if they
    lose it.
    """
    found = _logged(connection, _LOGGED_ON_NUMBERS, parameters(repository))
    reserving = [one for one in found if one.verb == "number"]
    delegating = [one for one in found if one.verb == "delegate"]
    by_editors = _by_editors(connection, repository, reserving)
    return overrides_of(by_editors).reservations, overrides_of(delegating).delegations


def _by_editors(
    connection: Connection, repository: Repository, found: list[LoggedCommand]
) -> list[LoggedCommand]:
    """Those that editors, or collaborators, gave.

    Whoever was one once counts: a reserved number does not come free because somebody leaves.
    Before anybody was seen to be one, nothing tells who is not.
    """
    seen = parameters(name=ALL_EDITORS.of(repository))
    editors = connection.execute(_EDITORS, seen).scalar() if found else None
    if editors is None:
        return found
    known = frozenset(editors.split())
    return [one for one in found if one.login.casefold() in known]


def _logged(connection: Connection, statement: Select[Any], values: Values) -> list[LoggedCommand]:
    rows = [dict(row) for row in connection.execute(statement, values).mappings()]
    if not rows:
        return []  # nearly always
    for row in rows:
        row |= {"subject": row["pull_request"], "order": (row["text_number"], row["line"])}
    return objects(LoggedCommand, rows)


_SINCE = select(_DIGEST.c.at).where(here(_DIGEST), matching(_DIGEST, "number", "reason"))
_ITEMS = (
    select(
        func.lower(func.coalesce(schema.repository.c.full_name, _DIGEST.c.repository)).label(
            "repository"
        ),
        _DIGEST.c.number,
        _DIGEST.c.reason,
        _DIGEST.c.title,
        _DIGEST.c.at,
    )
    .outerjoin(schema.repository, schema.repository.c.repository == _DIGEST.c.repository)
    .order_by(_DIGEST.c.at, _DIGEST.c.repository, _DIGEST.c.number)
)
_ITEMS_HERE = _ITEMS.where(here(_DIGEST))


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One entry of the editors' digest.

    Attributes:
        repository: The repository, `owner/name` in lower case.
        number: The issue or pull request.
        reason: Why it is in the digest, in a few words.
        title: Its title as a stranger wrote it.
        at: When it was noted.
    """

    repository: str
    number: int
    reason: str
    title: str
    at: datetime


class DigestStore:
    """Stores the digest. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, subject: Subject, reason: str, title: str, at: datetime) -> None:
        """Add an entry; adding the same again changes nothing but the title."""
        repository, key = subject.repository, {"number": subject.number, "reason": reason}

        def work(connection: Connection) -> None:
            known = connection.execute(_SINCE, parameters(repository, **key)).scalar()
            put(connection, _DIGEST, repository, key, {"title": title, "at": known or at})

        await self._database.write(work)

    async def items(self, repository: Repository | None = None) -> Sequence[DigestItem]:
        """The entries of one repository or of all, oldest first."""
        query = _ITEMS if repository is None else _ITEMS_HERE
        return await self._database.fetch(DigestItem, query, parameters(repository))
