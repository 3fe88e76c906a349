"""Rows of the store: how they are addressed, replaced, and read as what they stand for."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
)

from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.codec import decode_memory, encode_listing, encode_memory

Values = Mapping[str, object]


def folded(repository: Repository) -> ColumnElement[str]:
    """A repository as the tables name it, by whatever name it is called here."""
    return key_by_name(repository.full_name)


def key_by_name(full_name: str) -> ColumnElement[str]:
    """The name that the rows of a repository carry, by one that it has or had.

    It is looked up by the statement that it becomes a part of, so that no process can be behind.
    GitHub's names differ in case without being different.
    """
    name, names, ids = full_name.lower(), schema.repository_name, schema.repository_id
    known = (
        select(ids.c.key)
        .join_from(names, ids, names.c.github_id == ids.c.github_id)
        .where(names.c.name == name)
        .scalar_subquery()
    )
    return func.coalesce(known, literal(name, schema.Words))


def key_of(subject: Subject) -> dict[str, object]:
    """The columns that say which pull request a row is about."""
    return {"repository": folded(subject.repository), "pull_request": subject.number}


def matching(table: Table, key: Values) -> ColumnElement[bool]:
    """The condition that rows carry these values."""
    return and_(*(table.c[name] == value for name, value in key.items()))


def about(table: Table, subject: Subject) -> ColumnElement[bool]:
    """The condition that rows are about a pull request."""
    return matching(table, key_of(subject))


def put(connection: Connection, table: Table, key: Values, values: Values) -> None:
    """Make the row of this key carry these values, whether it was there or not.

    Two plain statements, because "insert or else update" is spelt differently by every database.
    """
    connection.execute(delete(table).where(matching(table, key)))
    connection.execute(insert(table).values({**key, **values}))


def replace_numbers(
    connection: Connection, table: Table, subject: Subject, numbers: Iterable[int]
) -> None:
    """Make these the PEP numbers that a table of such numbers has for a pull request."""
    wanted = frozenset(numbers)
    mine = about(table, subject)
    if wanted == frozenset(connection.execute(select(table.c.pep).where(mine)).scalars()):
        return
    connection.execute(delete(table).where(mine))
    rows = [key_of(subject) | {"pep": number} for number in sorted(wanted)]
    if rows:
        # One statement: as several, psycopg would send them ahead and log when the first fails.
        connection.execute(insert(table).values(rows))


def read_memory(connection: Connection, subject: Subject) -> Memory:
    """What is remembered about a pull request; an empty `Memory` if nothing is."""
    query = select(schema.pull_request.c.memory).where(_memory_of(subject))
    text = connection.execute(query).scalar()
    return Memory() if text is None else decode_memory(text)


def write_memory(connection: Connection, subject: Subject, memory: Memory) -> None:
    """Replace what is remembered, and keep in step by what it is found."""
    key = {"repository": folded(subject.repository), "number": subject.number}
    put(connection, schema.pull_request, key, columns_of(memory))
    is_open = memory.state is PullRequestState.OPEN
    replace_numbers(connection, schema.dependency, subject, memory.numbers if is_open else ())
    replace_numbers(connection, schema.touched_pep, subject, concerned_peps(memory))


def columns_of(memory: Memory) -> Values:
    """What a row of `pull_request` says of a pull request."""
    return {
        "memory": encode_memory(memory),
        "state": memory.state or "",
        "since": None if memory.listed is None else memory.listed.since.timestamp(),
        "listing": encode_listing(memory),
    }


def concerned_peps(memory: Memory) -> frozenset[int]:
    """The PEPs whose pages tell of a pull request: of an open one, or of the one that added it."""
    if memory.state is PullRequestState.OPEN:
        return (memory.touches | memory.numbers) - {0}
    return memory.adds if memory.state is PullRequestState.MERGED else frozenset()


def first_memory(connection: Connection, subject: Subject, memory: Memory) -> None:
    """Remember this, unless anything is remembered already."""
    if read_memory(connection, subject) == Memory():
        write_memory(connection, subject, memory)


def moment(seconds: float) -> datetime:
    """A moment as the tables keep it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def _memory_of(subject: Subject) -> ColumnElement[bool]:
    table = schema.pull_request
    return matching(table, {"repository": folded(subject.repository), "number": subject.number})
