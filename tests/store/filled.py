"""Rows for every table there is, made from the columns it has."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
    text,
)

Contents = Mapping[str, list[Mapping[str, object]]]

_STATES = ("queued", "running", "done", "dead")
_NOT_MEMORY = frozenset({"alembic_version", "compatibility", "engine_migration", "pace"})


_remembering: dict[tuple[str, str], list[Table]] = {}


def remembering(connection: Connection) -> list[Table]:
    """The tables that hold what is remembered, as they are in a database, in order of reference.

    They are looked up once for each version and kind of database: that takes half a second.
    """
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    version = connection.dialect.name, revision
    if version not in _remembering:
        found = MetaData()
        found.reflect(connection, only=lambda name, _: _is_memory(name))
        _remembering[version] = found.sorted_tables
    return _remembering[version]


def _is_memory(name: str) -> bool:
    return name not in _NOT_MEMORY and not name.startswith("procrastinate_")


def fill(connection: Connection, numbers: Iterable[int], but: Collection[str] = ()) -> None:
    """Put a row of each number into each table but these."""
    rows = list(numbers)
    for table in remembering(connection):
        if table.name not in but:
            connection.execute(insert(table), [_row(table, number) for number in rows])


def contents(
    connection: Connection, columns: Mapping[str, Iterable[str]] | None = None
) -> Contents:
    """All rows of all tables in order, with these columns only."""
    return {
        table.name: [
            row if columns is None else {name: row[name] for name in columns[table.name]}
            for row in map(
                dict, connection.execute(select(table).order_by(*table.primary_key)).mappings()
            )
        ]
        for table in remembering(connection)
        if columns is None or table.name in columns
    }


def _row(table: Table, number: int) -> dict[str, object]:
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Column[object], number: int) -> object:
    kind = column.type
    if column.name == "kind" and column.table.name == "delivery":
        return "act"
    if column.name == "state":
        return _STATES[number % len(_STATES)]
    if column.name == "finished_at" and number % len(_STATES) < 2:
        return None
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, Float):
        return 1_750_000_000 + number + 0.123456
    if isinstance(kind, LargeBinary):
        return bytes(range(256)) * number
    if column.name in {"repository", "full_name"}:
        return f"python/peps-{number}"
    return f"{column.name} {number} \N{SNAKE}"
