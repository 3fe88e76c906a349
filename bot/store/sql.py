"""The store on SQLAlchemy Core: each method is one transaction of a few portable statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from bot.peps.number import Claim, PepNumber
from bot.peps.people import Login
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.rules.context import Act, ActKind
from bot.store import schema
from bot.store.codec import decode_memory
from bot.store.database import Database
from bot.store.documents import drop_of_installation, put_document
from bot.store.listings import listings_in
from bot.store.names import forget_repository
from bot.store.protocol import Document, Intent, WriteRecord
from bot.store.rows import (
    about,
    first_memory,
    folded,
    key_of,
    matching,
    moment,
    put,
    read_memory,
    replace_numbers,
    write_memory,
)


class SqlStore:
    """`bot.store.protocol.Store` in a database; what each method promises stands there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, subject: Subject) -> Memory:
        """What is remembered about a pull request; an empty `Memory` if nothing is."""
        return await self._database.read(lambda connection: read_memory(connection, subject))

    async def remember(self, subject: Subject, memory: Memory) -> None:
        """Replace what is remembered about a pull request."""
        await self._database.write(lambda connection: write_memory(connection, subject, memory))

    async def remember_if_unknown(self, subject: Subject, memory: Memory) -> None:
        """Remember this about a pull request, unless anything is remembered about it already."""
        await self._database.write(lambda connection: first_memory(connection, subject, memory))

    async def forget_conversation(self, subject: Subject) -> None:
        """Have the conversation of a pull request read again at its next review."""

        def work(connection: Connection) -> None:
            memory = read_memory(connection, subject)
            if memory.conversation is not None:
                write_memory(connection, subject, replace(memory, conversation=None))

        await self._database.write(work)

    async def reviewed(self, repository: Repository) -> Mapping[int, Memory]:
        """Every remembered pull request of a repository by number."""
        table = schema.pull_request
        query = select(table.c.number, table.c.memory).where(
            table.c.repository == folded(repository)
        )

        def work(connection: Connection) -> dict[int, Memory]:
            return {number: decode_memory(text) for number, text in connection.execute(query)}

        # On the store's thread: thousands of pull requests take a while to decode.
        return await self._database.read(work)

    async def listings(
        self, repository: Repository, *, since: datetime | None = None
    ) -> Mapping[int, Memory]:
        """What lists tell of open pull requests, of those that added PEPs, and of recent ones."""
        # On the store's thread: thousands of pull requests take a while to decode.
        return await self._database.read(
            lambda connection: listings_in(connection, repository, since=since)
        )

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on, by name."""
        table = schema.repository
        query = select(table.c.full_name, table.c.installation).order_by(table.c.repository)
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [Repository(full_name, installation) for full_name, installation in rows]

    async def add_repository(self, repository: Repository) -> None:
        """Know a repository (again), with its present installation."""
        row = {"full_name": repository.full_name, "installation": repository.installation}
        key = {"repository": folded(repository)}
        former = select(schema.repository.c.installation).where(matching(schema.repository, key))

        def work(connection: Connection) -> None:
            before = connection.execute(former).scalar()
            put(connection, schema.repository, key, row)
            if before is not None:
                drop_of_installation(connection, before)

        await self._database.write(work)

    async def remove_repository(self, full_name: str) -> None:
        """Forget a repository and everything about it."""
        await self._database.write(lambda connection: forget_repository(connection, full_name))

    async def claims(self, repository: Repository) -> tuple[tuple[Claim, ...], bool]:
        """The numbers open pull requests claim, ascending, and whether all were looked at."""
        table, coverage = schema.claim, schema.claim_coverage
        claimed = (
            select(table.c.pep, table.c.pull_request)
            .where(table.c.repository == folded(repository))
            .order_by(table.c.pep, table.c.pull_request)
        )
        covered = select(coverage.c.complete).where(coverage.c.repository == folded(repository))

        def work(connection: Connection) -> tuple[tuple[Claim, ...], bool]:
            rows = connection.execute(claimed).all()
            complete = connection.execute(covered).scalar() is True
            return tuple(Claim(PepNumber(pep), number) for pep, number in rows), complete

        return await self._database.read(work)

    async def set_claims(self, subject: Subject, numbers: Iterable[PepNumber]) -> frozenset[int]:
        """Replace what a pull request claims; returns the numbers that came or went."""
        wanted = frozenset(int(number) for number in numbers)
        mine = about(schema.claim, subject)

        def work(connection: Connection) -> frozenset[int]:
            rows = connection.execute(select(schema.claim.c.pep).where(mine)).scalars()
            changed = wanted ^ frozenset(rows)
            if changed:
                replace_numbers(connection, schema.claim, subject, wanted)
            return changed

        return await self._database.write(work)

    async def complete_claims(self, repository: Repository, complete: bool) -> None:
        """Say whether every open pull request has been looked at."""
        key = {"repository": folded(repository)}
        await self._database.write(
            lambda connection: put(connection, schema.claim_coverage, key, {"complete": complete})
        )

    async def numbered(self, repository: Repository) -> Mapping[int, Memory]:
        """The open pull requests that set PEP numbers, ascending, and what is remembered."""
        table, numbers = schema.pull_request, schema.dependency
        setting = select(numbers.c.pull_request).where(numbers.c.repository == folded(repository))
        query = (
            select(table.c.number, table.c.memory)
            .where(table.c.repository == folded(repository), table.c.number.in_(setting))
            .order_by(table.c.number)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {number: decode_memory(text) for number, text in rows}

    async def expect(self, subject: Subject, outlook: str, *, known: str) -> None:
        """Remember by what the next review will go, unless one went by another since."""

        def work(connection: Connection) -> None:
            memory = read_memory(connection, subject)
            if memory != Memory() and memory.outlook == known:
                write_memory(connection, subject, replace(memory, outlook=outlook))

        await self._database.write(work)

    async def add_act(self, subject: Subject, act: Act, source: str) -> None:
        """Remember an act read from an event; the same `source` again changes nothing."""
        known = select(schema.act.c.id).where(
            about(schema.act, subject), schema.act.c.source == source
        )
        row = key_of(subject) | {
            "source": source,
            "login": act.login,
            "kind": act.kind.value,
            "at": act.at.timestamp(),
            "url": act.url,
            "account": act.account,
        }

        def work(connection: Connection) -> None:
            if connection.execute(known).first() is None:
                connection.execute(insert(schema.act).values(row))

        await self._database.write(work)

    async def acts(self, subject: Subject) -> Sequence[Act]:
        """The acts remembered from events, oldest first."""
        table = schema.act
        query = (
            select(table.c.login, table.c.kind, table.c.at, table.c.url, table.c.account)
            .where(about(table, subject))
            .order_by(table.c.at, table.c.id)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [
            Act(Login(login), ActKind(kind), moment(at), url, account)
            for login, kind, at, url, account in rows
        ]

    async def set_labeler(self, subject: Subject, label: str, login: str | None) -> None:
        """Remember who set an instruction label; None once it was taken off."""
        table = schema.labeler
        key = key_of(subject) | {"folded": label.casefold()}

        def work(connection: Connection) -> None:
            if login is None:
                connection.execute(delete(table).where(matching(table, key)))
            else:
                put(connection, table, key, {"label": label, "login": login})

        await self._database.write(work)

    async def labelers(self, subject: Subject) -> Mapping[str, str]:
        """Who set the instruction labels that were seen being set, by the label's name."""
        table = schema.labeler
        query = select(table.c.label, table.c.login).where(about(table, subject))
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return {row.label: row.login for row in rows}

    async def known_labels(self, repository: Repository) -> frozenset[str]:
        """Label names known to exist in the repository."""
        table = schema.known_label
        query = select(table.c.label).where(table.c.repository == folded(repository))
        return await self._database.read(
            lambda connection: frozenset(connection.execute(query).scalars())
        )

    async def add_known_labels(self, repository: Repository, names: Iterable[str]) -> None:
        """Remember that labels exist."""
        labels = {name.casefold(): name for name in names}

        def work(connection: Connection) -> None:
            for label, name in labels.items():
                key = {"repository": folded(repository), "folded": label}
                put(connection, schema.known_label, key, {"label": name})

        await self._database.write(work)

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""
        table = schema.document
        query = select(table.c.text, table.c.read_at).where(table.c.name == name)
        row = await self._database.read(lambda connection: connection.execute(query).first())
        return None if row is None else Document(text=row[0], read_at=moment(row[1]))

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""
        text, read_at = document.text, document.read_at.timestamp()
        await self._database.write(lambda connection: put_document(connection, name, text, read_at))

    async def intend(self, subject: Subject, intent: Intent) -> None:
        """Commit that a create is about to be requested."""
        key = key_of(subject) | {"kind": intent.kind, "detail": intent.detail}
        await self._database.write(lambda connection: put(connection, schema.intent, key, {}))

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        """The create is done and recorded, or is known not to have happened."""
        key = key_of(subject) | {"kind": intent.kind, "detail": intent.detail}
        statement = delete(schema.intent).where(matching(schema.intent, key))
        await self._database.write(lambda connection: connection.execute(statement))

    async def intents(self, subject: Subject) -> Sequence[Intent]:
        """Creates that were begun and whose end is unknown."""
        table = schema.intent
        query = (
            select(table.c.kind, table.c.detail)
            .where(about(table, subject))
            .order_by(table.c.kind, table.c.detail)
        )
        rows = await self._database.read(lambda connection: connection.execute(query).all())
        return [Intent(kind, detail) for kind, detail in rows]

    async def record_write(self, record: WriteRecord) -> None:
        """Add a line to the audit."""
        row = key_of(record.subject) | {
            "at": record.at.timestamp(),
            "full_name": record.subject.repository.full_name,
            "installation": record.subject.repository.installation,
            "delivery": record.delivery,
            "write": record.write,
            "detail": record.detail,
            "dry_run": record.dry_run,
        }
        await self._database.write(
            lambda connection: connection.execute(insert(schema.written).values(row))
        )

    async def forget_writes(self, before: datetime, at_once: int = 1_000) -> int:
        """Take the lines from before a moment out of the audit; returns how many."""
        table, total = schema.written, 0
        # Only the day has no index, and lines are added in its order.
        oldest = select(table.c.id).order_by(table.c.id).limit(at_once)
        old = delete(table).where(table.c.id.in_(oldest), table.c.at < before.timestamp())
        while gone := await self._database.write(
            lambda connection: connection.execute(old).rowcount
        ):
            total += gone
        return total

    async def writes(
        self, subject: Subject | None = None, limit: int = 100
    ) -> Sequence[WriteRecord]:
        """The audit's latest lines, newest first, of one pull request or of all."""
        table = schema.written
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if subject is not None:
            query = query.where(about(table, subject))
        rows = await self._database.read(
            lambda connection: connection.execute(query).mappings().all()
        )
        return [
            WriteRecord(
                at=moment(row["at"]),
                subject=Subject(
                    Repository(row["full_name"], row["installation"]), row["pull_request"]
                ),
                delivery=row["delivery"],
                write=row["write"],
                detail=row["detail"],
                dry_run=row["dry_run"],
            )
            for row in rows
        ]

    async def close(self) -> None:
        """Let the database go."""
        await self._database.close()
