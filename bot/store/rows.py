"""Helpers for rows of the store: conditions, replacing rows, and converting them to objects.

Statements are built once and get their values when they run: building one takes several times as
long as running it. The value for a condition on a column is named `where_` and the column's name,
since the plain name is that of a new value.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Insert,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    true,
)

from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.codec import decode_memory, encode_listing, encode_memory

Values = Mapping[str, object]


def _key(name: ColumnElement[str]) -> ColumnElement[str]:
    names, ids = schema.repository_name, schema.repository_id
    known = (
        select(ids.c.key)
        .join_from(names, ids, names.c.github_id == ids.c.github_id)
        .where(names.c.name == name)
        .scalar_subquery()
    )
    return func.coalesce(known, name)


REPOSITORY = _key(bindparam("where_repository", type_=schema.Words))
"""The name in the rows of a repository, given a name that it has or had.

It is a part of each statement, so that no process can use an outdated name.
"""


@lru_cache(maxsize=256)
def key_by_name(full_name: str) -> ColumnElement[str]:
    """`REPOSITORY` for one name, where a statement needs several; GitHub's names have no case."""
    return _key(literal(full_name.lower(), schema.Words))


def parameters(
    subject: Subject | Repository | str | None = None, **values: object
) -> dict[str, object]:
    """The values that conditions ask for, by the names that they ask for them.

    Args:
        subject: The pull request or the repository, by itself or by its full name.
        values: Those of other columns.
    """
    found = {f"where_{name}": value for name, value in values.items()}
    if isinstance(subject, Subject):
        found["where_pull_request"] = subject.number
        subject = subject.repository
    if isinstance(subject, Repository):
        subject = subject.full_name
    if subject is not None:
        found["where_repository"] = subject.lower()
    return found


def matching(table: Table, *names: str) -> ColumnElement[bool]:
    """The condition that columns carry the values given for them."""
    return and_(true(), *(table.c[name] == bindparam(f"where_{name}") for name in names))


def here(table: Table) -> ColumnElement[bool]:
    """The condition that rows are about the repository."""
    return table.c.repository == REPOSITORY


def about(table: Table) -> ColumnElement[bool]:
    """The condition that rows are about the pull request."""
    return here(table) & matching(table, "pull_request")


def put(
    connection: Connection,
    table: Table,
    subject: Subject | Repository | str | None,
    key: Values,
    values: Values,
) -> None:
    """Make the row of this key carry these values, whether it was there or not.

    Two plain statements, because "insert or else update" is spelt differently by every database.

    Args:
        connection: Where to write.
        table: Which table.
        subject: What the row is about, in a table of what is about repositories or pull requests.
        key: The other columns that tell the row from others.
        values: All other columns.
    """
    names = ("pull_request", *key) if isinstance(subject, Subject) else tuple(key)
    connection.execute(_deletion(table, subject is not None, names), parameters(subject, **key))
    add(connection, table, subject, {**key, **values})


def add(
    connection: Connection, table: Table, subject: Subject | Repository | str | None, values: Values
) -> None:
    """Add a row."""
    row = {**parameters(subject), **values}
    if isinstance(subject, Subject):
        row["pull_request"] = subject.number
    connection.execute(_insertion(table, subject is not None), row)


@cache
def _deletion(table: Table, is_in_a_repository: bool, names: tuple[str, ...]) -> Delete:
    places = [here(table)] if is_in_a_repository else []
    return delete(table).where(*places, matching(table, *names))


@cache
def _insertion(table: Table, is_in_a_repository: bool) -> Insert:
    return insert(table).values(repository=REPOSITORY) if is_in_a_repository else insert(table)


def replace_numbers(
    connection: Connection, table: Table, subject: Subject, numbers: Iterable[int]
) -> None:
    """Make these the PEP numbers that a table of such numbers has for a pull request."""
    wanted = frozenset(numbers)
    if wanted == numbers_of(connection, table, subject):
        return
    connection.execute(_deletion(table, True, ("pull_request",)), parameters(subject))
    rows = [
        {"repository": REPOSITORY, "pull_request": subject.number, "pep": number}
        for number in sorted(wanted)
    ]
    if rows:
        # One statement: as several, psycopg would send them ahead and log when the first fails.
        connection.execute(insert(table).values(rows), parameters(subject))


def numbers_of(connection: Connection, table: Table, subject: Subject) -> frozenset[int]:
    """The PEP numbers that a table of such numbers has for a pull request."""
    return frozenset(connection.execute(_numbers(table), parameters(subject)).scalars())


@cache
def _numbers(table: Table) -> Select[int]:
    return select(table.c.pep).where(about(table))


def read_memory(connection: Connection, subject: Subject) -> Memory:
    """What is remembered about a pull request; an empty `Memory` if nothing is."""
    text = connection.execute(
        _MEMORY, parameters(subject.repository, number=subject.number)
    ).scalar()
    return Memory() if text is None else decode_memory(text)


_MEMORY = select(schema.pull_request.c.memory).where(
    here(schema.pull_request), matching(schema.pull_request, "number")
)


def write_memory(connection: Connection, subject: Subject, memory: Memory) -> None:
    """Replace what is remembered, and keep in step by what it is found."""
    key = {"number": subject.number}
    put(connection, schema.pull_request, subject.repository, key, columns_of(memory))
    is_open = memory.state is PullRequestState.OPEN
    replace_numbers(connection, schema.dependency, subject, memory.numbers if is_open else ())
    replace_numbers(connection, schema.touched_pep, subject, concerned_peps(memory))


def columns_of(memory: Memory) -> Values:
    """What a row of `pull_request` says of a pull request."""
    return {
        "memory": encode_memory(memory),
        "state": memory.state or "",
        "since": None if memory.queue_entry is None else memory.queue_entry.since.timestamp(),
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
