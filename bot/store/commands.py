"""Stores commands, the texts in which they were processed, and the digest for editors."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from bot.commands.log import CommandComment, overrides_of
from bot.commands.logged_command import CommandStatus, LoggedCommand
from bot.commands.text import Place
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.review.overrides import Reservation
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.database import Database
from bot.store.documents import ALL_EDITORS
from bot.store.rows import about, add, here, matching, moment, parameters, put

_LOGGED = select(schema.logged).where(about(schema.logged)).order_by(schema.logged.c.id)
_LOGGED_BY_VERB = (
    select(schema.logged)
    .where(here(schema.logged), matching(schema.logged, "verb"))
    .order_by(schema.logged.c.id)
)
_EDITORS = select(schema.document.c.text).where(matching(schema.document, "name"))
_PROCESSED = select(schema.processed.c["heard"]).where(
    about(schema.processed), matching(schema.processed, "source")
)
_ONE = here(schema.logged) & matching(schema.logged, "source", "proper", "ordinal")
_IS_LOGGED = select(schema.logged.c.id).where(_ONE)
_SET_TIME = update(schema.logged).where(_ONE)


class CommandStore:
    """Stores commands. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def logged(self, subject: Subject) -> Sequence[LoggedCommand]:
        """The commands given on a pull request or issue."""

        def work(connection: Connection) -> list[LoggedCommand]:
            return [
                _logged(row) for row in connection.execute(_LOGGED, parameters(subject)).mappings()
            ]

        return await self._database.read(work)

    async def _logged_by_verb(self, repository: Repository, verb: str) -> Sequence[LoggedCommand]:
        """The commands of one verb that editors gave anywhere in a repository.

        Whoever was an editor once counts: a reserved number does not come free because
        somebody leaves. Before anybody was seen to be one, nothing tells who is not.
        """
        seen = parameters(name=ALL_EDITORS.of(repository))

        def work(connection: Connection) -> list[LoggedCommand]:
            rows = connection.execute(_LOGGED_BY_VERB, parameters(repository, verb=verb)).mappings()
            found = [_logged(row) for row in rows]
            editors = connection.execute(_EDITORS, seen).scalar() if found else None
            if editors is None:
                return found
            known = frozenset(editors.split())
            return [one for one in found if one.login.casefold() in known]

        return await self._database.read(work)

    async def reservations(self, repository: Repository) -> tuple[Reservation, ...]:
        """The numbers that editors reserved in a repository."""
        return overrides_of(await self._logged_by_verb(repository, "number")).reservations

    async def not_yet(self, repository: Repository) -> Mapping[PepNumber, datetime]:
        """When an editor last said "not yet" to a PEP's follow-ups."""
        return overrides_of(await self._logged_by_verb(repository, "not-yet")).not_yet

    async def processed(self, subject: Subject, source: str) -> CommandComment | None:
        """What was processed in a text; None if nothing was."""
        text = await self._database.read(
            lambda connection: connection.execute(
                _PROCESSED, parameters(subject, source=source)
            ).scalar()
        )
        return None if text is None else _decoded(source, text)

    async def keep(
        self, subject: Subject, processed: CommandComment, logged: Iterable[LoggedCommand] = ()
    ) -> None:
        """Store a text and the commands in it; of a known command, only when it was given."""
        commands = tuple(logged)

        def work(connection: Connection) -> None:
            for one in commands:
                _put_logged(connection, subject, one)
            key, row = {"source": processed.source}, {"heard": _encoded(processed)}
            put(connection, schema.processed, subject, key, row)

        await self._database.write(work)


def _put_logged(connection: Connection, subject: Subject, one: LoggedCommand) -> None:
    key = parameters(subject, source=one.source, ordinal=one.ordinal, proper=one.canonical)
    if connection.execute(_IS_LOGGED, key).first() is not None:
        connection.execute(_SET_TIME, {**key, "at": one.at.timestamp()})
        return
    text_number, line = one.order
    row = {
        "source": one.source,
        "verb": one.canonical.partition(" ")[0],
        "proper": one.canonical,
        "ordinal": one.ordinal,
        "login": one.login,
        "at": one.at.timestamp(),
        "text_number": text_number,
        "line": line,
        "url": one.url,
        "fate": one.status.value,
        "note": one.note,
    }
    add(connection, schema.logged, subject, row)


def _logged(row: RowMapping) -> LoggedCommand:
    return LoggedCommand(
        source=row["source"],
        canonical=row["proper"],
        ordinal=row["ordinal"],
        subject=row["pull_request"],
        login=Login(row["login"]),
        at=moment(row["at"]),
        order=(row["text_number"], row["line"]),
        url=row["url"],
        status=CommandStatus(row["fate"]),
        note=row["note"],
    )


def _encoded(processed: CommandComment) -> str:
    return json.dumps(
        {
            "place": processed.place,
            "id": processed.id,
            "author": processed.author,
            "url": processed.url,
            "at": processed.at.isoformat(),
            "answers": processed.answers,
            "standing": processed.existing,
            "unseen": processed.unattributed,
            "is_gone": processed.is_deleted,
            "faults": processed.problems,
            "wants": processed.desired_reaction,
            "reaction": processed.reaction,
            "reaction_id": processed.reaction_id,
            "reply_id": processed.reply_id,
            "reply_digest": processed.reply_digest,
        }
    )


def _decoded(source: str, text: str) -> CommandComment:
    fields: Mapping[str, Any] = json.loads(text)
    return CommandComment(
        source=source,
        place=Place(fields["place"]),
        id=fields["id"],
        author=fields["author"],
        url=fields["url"],
        at=datetime.fromisoformat(fields["at"]),
        answers=tuple((key, answer) for key, answer in fields["answers"]),
        existing=tuple(fields["standing"]),
        unattributed=tuple(fields["unseen"]),
        is_deleted=fields["is_gone"],
        problems=tuple(fields["faults"]),
        desired_reaction=fields["wants"],
        reaction=fields["reaction"],
        reaction_id=fields["reaction_id"],
        reply_id=fields["reply_id"],
        reply_digest=fields["reply_digest"],
    )


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
            row = {"title": title, "at": at.timestamp() if known is None else known}
            put(connection, schema.digest_item, repository, key, row)

        await self._database.write(work)

    async def items(self, repository: Repository | None = None) -> Sequence[DigestItem]:
        """The entries of one repository or of all, oldest first."""
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
