"""Stores what the bot must remember, by one transaction of a few statements per method."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from bot.peps.number import PepNumber
from bot.review.number_inputs import StoredNumbers
from bot.review.snapshot import Memory
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act
from bot.store import schema
from bot.store.commands import read_logged, read_numbers_commands
from bot.store.database import Database
from bot.store.documents import Document, drop_of_installation, put_document
from bot.store.memories import (
    BegunReview,
    all_memories,
    claims_in,
    listings_in,
    numbered_memories,
    read_memory,
    write_memory,
)
from bot.store.names import forget_repository
from bot.store.rows import (
    Intent,
    WriteRecord,
    about,
    add,
    fetch,
    here,
    matching,
    numbers_of,
    parameters,
    put,
    remove,
    replace_numbers,
)

_INSTALLED, _CLAIMS, _COVERAGE = schema.repository, schema.claim, schema.claim_coverage
_ACTS, _LABELERS, _INTENTS = schema.act, schema.labeler, schema.intent
_DOCUMENTS, _AUDIT = schema.document, schema.written

_REPOSITORIES = select(_INSTALLED.c.full_name, _INSTALLED.c.installation).order_by(
    _INSTALLED.c.repository
)
_INSTALLATION = select(_INSTALLED.c.installation).where(here(_INSTALLED))
_IS_ACT_KNOWN = select(_ACTS.c.id).where(about(_ACTS), matching(_ACTS, "source"))
_ACTS_ON = select(_ACTS).where(about(_ACTS)).order_by(_ACTS.c.at, _ACTS.c.id)
_LABELED = select(_LABELERS.c.label, _LABELERS.c.login).where(about(_LABELERS))
_KNOWN_LABELS = select(schema.known_label.c.label).where(here(schema.known_label))
_DOCUMENT = select(_DOCUMENTS.c.text, _DOCUMENTS.c.read_at).where(matching(_DOCUMENTS, "name"))
_BEGUN = select(_INTENTS).where(about(_INTENTS)).order_by(_INTENTS.c.kind, _INTENTS.c.detail)
# Only the day has no index, and lines are added in its order.
_OLDEST = select(_AUDIT.c.id).order_by(_AUDIT.c.id).limit(bindparam("where_most"))
_FORGET = delete(_AUDIT).where(_AUDIT.c.id.in_(_OLDEST), _AUDIT.c.at < bindparam("where_before"))


class Store:
    """Stores what the bot remembers. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def recall(self, subject: Subject) -> Memory:
        """What is remembered about a pull request; an empty `Memory` if nothing is."""
        return await self._database.read(lambda connection: read_memory(connection, subject))

    async def begin_review(self, subject: Subject) -> BegunReview:
        """What a review of a pull request begins with."""

        def work(connection: Connection) -> BegunReview:
            return BegunReview(
                read_memory(connection, subject),
                read_logged(connection, subject),
                numbers_of(connection, _CLAIMS, subject),
                fetch(connection, Intent, _BEGUN, parameters(subject)),
            )

        return await self._database.read(work)

    async def end_review(self, subject: Subject, memory: Memory) -> None:
        """Replace what is remembered about a pull request, of which nothing is unfinished now."""

        def work(connection: Connection) -> None:
            write_memory(connection, subject, memory)
            remove(connection, _INTENTS, subject)

        await self._database.write(work)

    async def remember(self, subject: Subject, memory: Memory) -> None:
        """Replace what is remembered about a pull request."""
        await self._database.write(lambda connection: write_memory(connection, subject, memory))

    async def remember_if_unknown(self, subject: Subject, memory: Memory) -> None:
        """Remember this about a pull request, unless anything is remembered about it already."""
        await self._change(subject, lambda known: memory if known == Memory() else known)

    async def forget_conversation(self, subject: Subject) -> None:
        """Forget a pull request's conversation, so that its next review reads it again."""
        await self._change(subject, lambda known: replace(known, conversation=None))

    async def set_number_inputs(self, subject: Subject, number_inputs: str, *, known: str) -> None:
        """Store the number inputs that the next review of a pull request will use.

        Nothing changes if a review has replaced `known` since: another worker may finish the
        review before this one has recorded that it will be done.
        """

        def change(memory: Memory) -> Memory:
            is_same = memory != Memory() and memory.number_inputs == known
            return replace(memory, number_inputs=number_inputs) if is_same else memory

        await self._change(subject, change)

    async def _change(self, subject: Subject, change: Callable[[Memory], Memory]) -> None:
        def work(connection: Connection) -> None:
            known = read_memory(connection, subject)
            if (changed := change(known)) != known:
                write_memory(connection, subject, changed)

        await self._database.write(work)

    async def reviewed(self, repository: Repository) -> Mapping[int, Memory]:
        """Every remembered pull request of a repository by number."""
        return await self._database.read(lambda one: all_memories(one, repository), many=True)

    async def numbered(self, repository: Repository) -> Mapping[int, Memory]:
        """The open pull requests that set PEP numbers, ascending.

        Of what is remembered they have the base, the numbers, and their inputs.
        """
        return await self._database.read(lambda one: numbered_memories(one, repository), many=True)

    async def listings(
        self, repository: Repository, *, since: datetime | None = None
    ) -> Mapping[int, Memory]:
        """What lists show of pull requests, by number: state, PEPs, and the queue entry.

        They include all open ones, all merged ones that added a PEP, and those that were closed or
        merged since a moment.
        """
        return await self._database.read(
            lambda connection: listings_in(connection, repository, since=since), many=True
        )

    async def repositories(self) -> Sequence[Repository]:
        """The repositories the app is known to be installed on, by name."""
        return await self._database.fetch(Repository, _REPOSITORIES)

    async def add_repository(self, repository: Repository) -> None:
        """Add a repository (again), with its present installation."""

        def work(connection: Connection) -> None:
            before = connection.execute(_INSTALLATION, parameters(repository)).scalar()
            put(connection, _INSTALLED, repository, {}, asdict(repository))
            if before is not None:
                drop_of_installation(connection, before)

        await self._database.write(work)

    async def remove_repository(self, full_name: str) -> None:
        """Forget a repository and everything about it."""
        await self._database.write(lambda connection: forget_repository(connection, full_name))

    async def stored_numbers(self, repository: Repository) -> StoredNumbers:
        """What is stored about the numbers of a repository, as of one moment."""

        def work(connection: Connection) -> StoredNumbers:
            claimed = claims_in(connection, repository)
            return StoredNumbers(*claimed, *read_numbers_commands(connection, repository))

        return await self._database.read(work)

    async def set_claims(
        self, subject: Subject, numbers: Iterable[PepNumber], *, intent: Intent | None = None
    ) -> frozenset[int]:
        """Replace what a pull request claims; returns the numbers that came or went.

        The intent is recorded along with it: what has to be done after that.
        """
        wanted = frozenset(numbers)

        def work(connection: Connection) -> frozenset[int]:
            if intent is not None:
                put(connection, _INTENTS, subject, asdict(intent), {})
            return replace_numbers(connection, _CLAIMS, subject, wanted)

        return await self._database.write(work)

    async def complete_claims(self, repository: Repository, complete: bool) -> None:
        """Say whether every open pull request has been looked at."""
        await self._database.put(_COVERAGE, repository, {}, {"complete": complete})

    async def add_act(self, subject: Subject, act: Act, source: str) -> None:
        """Store an act that an event reported; `source` (a node id and version) makes it unique."""

        def work(connection: Connection) -> None:
            known = connection.execute(_IS_ACT_KNOWN, parameters(subject, source=source)).first()
            if known is None:
                add(connection, _ACTS, subject, {"source": source, **asdict(act)})

        await self._database.write(work)

    async def acts(self, subject: Subject) -> Sequence[Act]:
        """The acts remembered from events, oldest first."""
        return await self._database.fetch(Act, _ACTS_ON, parameters(subject))

    async def set_labeler(self, subject: Subject, label: str, login: str | None) -> None:
        """Remember who set an instruction label; None once it was taken off."""
        key = {"folded": label.casefold()}

        def work(connection: Connection) -> None:
            if login is None:
                remove(connection, _LABELERS, subject, **key)
            else:
                put(connection, _LABELERS, subject, key, {"label": label, "login": login})

        await self._database.write(work)

    async def labelers(self, subject: Subject) -> Mapping[str, str]:
        """Who set the instruction labels that were seen being set, by the label's name."""
        values = parameters(subject)
        rows = await self._database.read(lambda one: one.execute(_LABELED, values).all())
        return dict(rows)

    async def known_labels(self, repository: Repository) -> frozenset[str]:
        """Label names known to exist in the repository."""
        values = parameters(repository)
        return await self._database.read(lambda one: frozenset(one.scalars(_KNOWN_LABELS, values)))

    async def add_known_labels(self, repository: Repository, names: Iterable[str]) -> None:
        """Remember that labels exist."""
        labels = {name.casefold(): name for name in names}

        def work(connection: Connection) -> None:
            for label, name in labels.items():
                put(connection, schema.known_label, repository, {"folded": label}, {"label": name})

        await self._database.write(work)

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""
        values = parameters(name=name)
        row = await self._database.read(lambda one: one.execute(_DOCUMENT, values).first())
        return None if row is None else Document(*row)

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""
        await self._database.write(lambda connection: put_document(connection, name, document))

    async def intend(self, subject: Subject, intent: Intent) -> None:
        """Record that a create is about to be requested."""
        await self._database.put(_INTENTS, subject, asdict(intent), {})

    async def fulfil(self, subject: Subject, intent: Intent) -> None:
        """Record that the create is done and recorded, or is known not to have happened."""
        await self._database.write(
            lambda connection: remove(connection, _INTENTS, subject, **asdict(intent))
        )

    async def intents(self, subject: Subject) -> Sequence[Intent]:
        """Creates that were started and whose outcome is unknown."""
        return await self._database.fetch(Intent, _BEGUN, parameters(subject))

    async def record_write(
        self, record: WriteRecord, memory: Memory | None = None, done: Iterable[Intent] | None = ()
    ) -> None:
        """Add a line to the audit, with what is remembered now and the intents that are done.

        If that is None, all are: it was a review's last write.
        """
        subject = record.subject

        def work(connection: Connection) -> None:
            add(connection, _AUDIT, subject, record.columns())
            if memory is not None:
                write_memory(connection, subject, memory)
            for key in [{}] if done is None else map(asdict, done):
                remove(connection, _INTENTS, subject, **key)

        await self._database.write(work)

    async def forget_writes(self, before: datetime, at_once: int = 1_000) -> int:
        """Delete audit lines from before a moment; returns how many."""
        values, total = parameters(before=before, most=at_once), 0
        while gone := await self._database.write(
            lambda connection: connection.execute(_FORGET, values).rowcount
        ):
            total += gone
        return total

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()
