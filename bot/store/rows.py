"""Statements about rows: conditions, adding and replacing rows, and reading them as objects.

Statements are built once and get their values when they run: building one takes several times as
long as running it. The value for a condition on a column is named `where_` and the column's name,
since the plain name is that of a new value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Executable,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from bot.review.subject import Repository, Subject
from bot.store import schema

T = TypeVar("T")

Values = Mapping[str, object]
About = Subject | Repository | str | None
"""A pull request, or a repository, also by its full name; None for rows about neither."""

_NAMES, _IDS = schema.repository_name, schema.repository_id
_KEYS = select(_IDS.c.key).join_from(_NAMES, _IDS, _NAMES.c.github_id == _IDS.c.github_id)
_NAME = bindparam("where_repository", type_=schema.Words)
_SOME_NAMES = bindparam("where_repositories", type_=schema.Words, expanding=True)

REPOSITORY = func.coalesce(_KEYS.where(_NAMES.c.name == _NAME).scalar_subquery(), _NAME)
"""The name in the rows of a repository, given a name that it has or had.

It is a part of each statement, so that no process can use an outdated name.
"""


def parameters(subject: About = None, **values: object) -> dict[str, object]:
    """The values that conditions ask for, by the names that they ask for them."""
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


def in_some(table: Table) -> ColumnElement[bool]:
    """The condition that rows are about one of the `repositories`, by lower-case names."""
    unknown = table.c.repository.not_in(select(_NAMES.c.name))
    return or_(
        table.c.repository.in_(_KEYS.where(_NAMES.c.name.in_(_SOME_NAMES))),
        table.c.repository.in_(_SOME_NAMES) & unknown,
    )


def every_column(table: Table) -> Select[Any]:
    """The query for whole rows, in which columns are called as in the code."""
    return select(*(column.label(column.key) for column in table.c))


def fetch(
    connection: Connection, kind: type[T], statement: Executable, values: Values | None = None
) -> list[T]:
    """The rows that a statement finds as objects; its columns are called as their fields."""
    rows = connection.execute(statement, values or {}).mappings()
    return objects(kind, [dict(row) for row in rows])


def objects(kind: type[T], rows: Iterable[Values]) -> list[T]:
    """Objects made of rows by the names of their fields; other columns are ignored."""
    made: list[T] = _adapter(kind).validate_python(list(rows))  # type: ignore[arg-type]
    return made


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(list[kind])


def put(connection: Connection, table: Table, subject: About, key: Values, values: Values) -> None:
    """Make the row of this key carry these values, whether it was there or not.

    At most two plain statements, because "insert or else update" is spelt differently by every
    database.

    Args:
        connection: Where to write.
        table: Which table.
        subject: What the row is about, in a table of what is about repositories or pull requests.
        key: The other columns that tell the row from others.
        values: All other columns.
    """
    if values:
        statement = _change(table, subject is not None, _key_names(subject, key))
        if connection.execute(statement, {**parameters(subject, **key), **values}).rowcount:
            return
    else:
        remove(connection, table, subject, **key)
    add(connection, table, subject, {**key, **values})


def add(connection: Connection, table: Table, subject: About, values: Values) -> None:
    """Add a row."""
    row = {**parameters(subject), **values}
    if isinstance(subject, Subject):
        row["pull_request"] = subject.number
    connection.execute(_insertion(table, subject is not None), row)


def remove(connection: Connection, table: Table, subject: About, **key: object) -> bool:
    """Delete the rows of this key; returns whether there were any."""
    statement = _deletion(table, subject is not None, _key_names(subject, key))
    return bool(connection.execute(statement, parameters(subject, **key)).rowcount)


def _key_names(subject: About, key: Values) -> tuple[str, ...]:
    return ("pull_request", *key) if isinstance(subject, Subject) else tuple(key)


@cache
def _insertion(table: Table, is_in_a_repository: bool) -> Insert:
    insertion = insert(table).inline()  # nobody asks which key the row got
    return insertion.values(repository=REPOSITORY) if is_in_a_repository else insertion


@cache
def _deletion(table: Table, is_in_a_repository: bool, names: tuple[str, ...]) -> Delete:
    return delete(table).where(_place(table, is_in_a_repository, names))


@cache
def _change(table: Table, is_in_a_repository: bool, names: tuple[str, ...]) -> Update:
    return update(table).where(_place(table, is_in_a_repository, names))


def _place(table: Table, is_in_a_repository: bool, names: tuple[str, ...]) -> ColumnElement[bool]:
    key = matching(table, *names)
    return here(table) & key if is_in_a_repository else key


def replace_numbers(
    connection: Connection, table: Table, subject: Subject, numbers: Iterable[int]
) -> frozenset[int]:
    """Make these the PEP numbers that a table of such numbers has for a pull request.

    Returns:
        The numbers that came or went.
    """
    wanted = frozenset(numbers)
    known = numbers_of(connection, table, subject)
    if known == wanted:
        return frozenset()
    remove(connection, table, subject)
    for number in sorted(wanted):
        add(connection, table, subject, {"pep": number})
    return known ^ wanted


def numbers_of(connection: Connection, table: Table, subject: Subject) -> frozenset[int]:
    """The PEP numbers that a table of such numbers has for a pull request."""
    return frozenset(connection.execute(_numbers(table), parameters(subject)).scalars())


@cache
def _numbers(table: Table) -> Select[int]:
    return select(table.c.pep).where(about(table))


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

    def columns(self) -> Values:
        """The columns of its row, but the subject's."""
        return {
            "at": self.at,
            "full_name": self.subject.repository.full_name,
            "installation": self.subject.repository.installation,
            "delivery": self.delivery,
            "write": self.write,
            "detail": self.detail,
            "dry_run": self.dry_run,
        }
