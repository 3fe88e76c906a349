"""The store on SQLAlchemy Core: each method is one transaction of a few portable statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.peps.number import Claim, PepNumber
from bot.peps.people import Login
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act, ActKind
from bot.store import schema
from bot.store.codec import decode_memory
from bot.store.database import Database
from bot.store.documents import drop_of_installation, put_document
from bot.store.listings import listings_in
from bot.store.names import forget_repository
from bot.store.rows import (
    about,
    add,
    first_memory,
    here,
    matching,
    moment,
    numbers_of,
    parameters,
    put,
    read_memory,
    replace_numbers,
    write_memory,
)


@dataclass(frozen=True, slots=True)
class Document:
    """The last good copy of a document read from elsewhere, such as the core-team list."""

    text: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """An unfinished step: committed before it begins, fulfilled after it ends.

    `kind` is `check_run` or `comment` for a create on GitHub, with the head's SHA or the comment's
    marker as `detail`; or `claims`, if the pull request's claims changed and others depend on them.
    """

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """A line of the audit: what was written to GitHub (in a dry run: would have been), and why."""

    at: datetime
    subject: Subject
    delivery: str
    write: str
    detail: str
    dry_run: bool


_REPOSITORIES = select(schema.repository.c.full_name, schema.repository.c.installation).order_by(
    schema.repository.c.repository
)
_INSTALLATION = select(schema.repository.c.installation).where(here(schema.repository))
_REVIEWED = select(schema.pull_request.c.number, schema.pull_request.c.memory).where(
    here(schema.pull_request)
)
_CLAIMED = (
    select(schema.claim.c.pep, schema.claim.c.pull_request)
    .where(here(schema.claim))
    .order_by(schema.claim.c.pep, schema.claim.c.pull_request)
)
_ARE_ALL_CLAIMED = select(schema.claim_coverage.c.complete).where(here(schema.claim_coverage))
_NUMBERED = _REVIEWED.where(
    schema.pull_request.c.number.in_(
        select(schema.dependency.c.pull_request).where(here(schema.dependency))
    )
).order_by(schema.pull_request.c.number)
_IS_ACT_KNOWN = select(schema.act.c.id).where(about(schema.act), matching(schema.act, "source"))
_ACTS = (
    select(
        schema.act.c.login,
        schema.act.c.kind,
        schema.act.c.at,
        schema.act.c.url,
        schema.act.c.account,
    )
    .where(about(schema.act))
    .order_by(schema.act.c.at, schema.act.c.id)
)
_FORGET_LABELER = delete(schema.labeler).where(
    about(schema.labeler), matching(schema.labeler, "folded")
)
_LABELERS = select(schema.labeler.c.label, schema.labeler.c.login).where(about(schema.labeler))
_KNOWN_LABELS = select(schema.known_label.c.label).where(here(schema.known_label))
_DOCUMENT = select(schema.document.c.text, schema.document.c.read_at).where(
    matching(schema.document, "name")
)
_FULFIL = delete(schema.intent).where(
    about(schema.intent), matching(schema.intent, "kind", "detail")
)
_INTENTS = (
    select(schema.intent.c.kind, schema.intent.c.detail)
    .where(about(schema.intent))
    .order_by(schema.intent.c.kind, schema.intent.c.detail)
)
_WRITES = select(schema.written).order_by(schema.written.c.id.desc()).limit(bindparam("where_most"))


class Store:
    """Stores what the bot remembers. Every method is one transaction."""

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
        """Forget a pull request's conversation, so that its next review reads it again."""

        def work(connection: Connection) -> None:
            memory = read_memory(connection, subject)
            if memory.conversation is not None:
                write_memory(connection, subject, replace(memory, conversation=None))

        await self._database.write(work)

    async def reviewed(self, repository: Repository) -> Mapping[int, Memory]:
        """Every remembered pull request of a repository by number."""

        def work(connection: Connection) -> dict[int, Memory]:
            rows = connection.execute(_REVIEWED, parameters(repository))
            return {number: decode_memory(text) for number, text in rows}

        # On the store's thread: thousands of pull requests take a while to decode.
        return await self._database.read(work)

    async def listings(
        self, repository: Repository, *, since: datetime | None = None
    ) -> Mapping[int, Memory]:
        """What lists show of pull requests, by number: state, PEPs, and the queue entry.

        They include all open ones and all merged ones that added a PEP.

        Args:
            repository: The repository.
            since: Also include those that were closed or merged since then.
        """
        # On the store's thread: thousands of pull requests take a while to decode.
        return await self._database.read(
            lambda connection: listings_in(connection, repository, since=since)
        )

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on."""
        rows = await self._database.read(lambda connection: connection.execute(_REPOSITORIES).all())
        return [Repository(full_name, installation) for full_name, installation in rows]

    async def add_repository(self, repository: Repository) -> None:
        """Add a repository (again), with its present installation."""
        row = {"full_name": repository.full_name, "installation": repository.installation}

        def work(connection: Connection) -> None:
            before = connection.execute(_INSTALLATION, parameters(repository)).scalar()
            put(connection, schema.repository, repository, {}, row)
            if before is not None:
                drop_of_installation(connection, before)

        await self._database.write(work)

    async def remove_repository(self, full_name: str) -> None:
        """Forget a repository and everything about it."""
        await self._database.write(lambda connection: forget_repository(connection, full_name))

    async def claims(self, repository: Repository) -> tuple[tuple[Claim, ...], bool]:
        """The numbers open pull requests claim, and whether all of them have been looked at."""

        def work(connection: Connection) -> tuple[tuple[Claim, ...], bool]:
            rows = connection.execute(_CLAIMED, parameters(repository)).all()
            complete = connection.execute(_ARE_ALL_CLAIMED, parameters(repository)).scalar() is True
            return tuple(Claim(PepNumber(pep), number) for pep, number in rows), complete

        return await self._database.read(work)

    async def set_claims(self, subject: Subject, numbers: Iterable[PepNumber]) -> frozenset[int]:
        """Replace what a pull request claims; returns the numbers that came or went."""
        wanted = frozenset(int(number) for number in numbers)

        def work(connection: Connection) -> frozenset[int]:
            changed = wanted ^ numbers_of(connection, schema.claim, subject)
            if changed:
                replace_numbers(connection, schema.claim, subject, wanted)
            return changed

        return await self._database.write(work)

    async def complete_claims(self, repository: Repository, complete: bool) -> None:
        """Say whether every open pull request has been looked at."""
        row = {"complete": complete}
        await self._database.write(
            lambda connection: put(connection, schema.claim_coverage, repository, {}, row)
        )

    async def numbered(self, repository: Repository) -> Mapping[int, Memory]:
        """The open pull requests that set PEP numbers, ascending, and what is remembered."""
        rows = await self._database.read(
            lambda connection: connection.execute(_NUMBERED, parameters(repository)).all()
        )
        return {number: decode_memory(text) for number, text in rows}

    async def set_number_inputs(self, subject: Subject, number_inputs: str, *, known: str) -> None:
        """Store the number inputs that the next review of a pull request will use.

        Nothing changes if a review has replaced `known` since: another worker may finish the
        review before this one has recorded that it will be done.
        """

        def work(connection: Connection) -> None:
            memory = read_memory(connection, subject)
            if memory != Memory() and memory.number_inputs == known:
                write_memory(connection, subject, replace(memory, number_inputs=number_inputs))

        await self._database.write(work)

    async def add_act(self, subject: Subject, act: Act, source: str) -> None:
        """Store an act that an event reported; `source` (a node id and version) makes it unique."""
        row = {
            "source": source,
            "login": act.login,
            "kind": act.kind.value,
            "at": act.at.timestamp(),
            "url": act.url,
            "account": act.account,
        }

        def work(connection: Connection) -> None:
            if (
                connection.execute(_IS_ACT_KNOWN, parameters(subject, source=source)).first()
                is None
            ):
                add(connection, schema.act, subject, row)

        await self._database.write(work)

    async def acts(self, subject: Subject) -> Sequence[Act]:
        """The acts remembered from events, oldest first."""
        rows = await self._database.read(
            lambda connection: connection.execute(_ACTS, parameters(subject)).all()
        )
        return [
            Act(Login(login), ActKind(kind), moment(at), url, account)
            for login, kind, at, url, account in rows
        ]

    async def set_labeler(self, subject: Subject, label: str, login: str | None) -> None:
        """Remember who set an instruction label; None once it was taken off."""
        key = {"folded": label.casefold()}

        def work(connection: Connection) -> None:
            if login is None:
                connection.execute(_FORGET_LABELER, parameters(subject, **key))
            else:
                put(connection, schema.labeler, subject, key, {"label": label, "login": login})

        await self._database.write(work)

    async def labelers(self, subject: Subject) -> Mapping[str, str]:
        """Who set the instruction labels that were seen being set."""
        rows = await self._database.read(
            lambda connection: connection.execute(_LABELERS, parameters(subject)).all()
        )
        return {row.label: row.login for row in rows}

    async def known_labels(self, repository: Repository) -> frozenset[str]:
        """Label names known to exist in the repository."""
        return await self._database.read(
            lambda connection: frozenset(
                connection.execute(_KNOWN_LABELS, parameters(repository)).scalars()
            )
        )

    async def add_known_labels(self, repository: Repository, names: Iterable[str]) -> None:
        """Remember that labels exist."""
        labels = {name.casefold(): name for name in names}

        def work(connection: Connection) -> None:
            for label, name in labels.items():
                put(connection, schema.known_label, repository, {"folded": label}, {"label": name})

        await self._database.write(work)

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""
        row = await self._database.read(
            lambda connection: connection.execute(_DOCUMENT, parameters(name=name)).first()
        )
        return None if row is None else Document(text=row[0], read_at=moment(row[1]))

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""
        text, read_at = document.text, document.read_at.timestamp()
        await self._database.write(lambda connection: put_document(connection, name, text, read_at))

    async def intend(self, subject: Subject, intent: Intent) -> None:
        """Record that a create is about to be requested."""
        key = {"kind": intent.kind, "detail": intent.detail}
        await self._database.write(
            lambda connection: put(connection, schema.intent, subject, key, {})
        )

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        """Record that the create is done and recorded, or is known not to have happened."""
        key = parameters(subject, kind=intent.kind, detail=intent.detail)
        await self._database.write(lambda connection: connection.execute(_FULFIL, key))

    async def intents(self, subject: Subject) -> Sequence[Intent]:
        """Creates that were begun and whose end is unknown."""
        rows = await self._database.read(
            lambda connection: connection.execute(_INTENTS, parameters(subject)).all()
        )
        return [Intent(kind, detail) for kind, detail in rows]

    async def record_write(self, record: WriteRecord) -> None:
        """Add a line to the audit."""
        row = {
            "at": record.at.timestamp(),
            "full_name": record.subject.repository.full_name,
            "installation": record.subject.repository.installation,
            "delivery": record.delivery,
            "write": record.write,
            "detail": record.detail,
            "dry_run": record.dry_run,
        }
        await self._database.write(
            lambda connection: add(connection, schema.written, record.subject, row)
        )

    async def forget_writes(self, before: datetime, at_once: int = 1_000) -> int:
        """Delete audit lines from before a moment; returns how many."""
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
        query = _WRITES if subject is None else _WRITES.where(about(schema.written))
        rows = await self._database.read(
            lambda connection: (
                connection.execute(query, parameters(subject, most=limit)).mappings().all()
            )
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
        """Close the database."""
        await self._database.close()
