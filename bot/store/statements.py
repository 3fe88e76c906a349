"""Statements, each compiled once, and run without what SQLAlchemy does at every run.

A review runs dozens. SQLAlchemy takes eighty function calls for each: it looks for the compiled
statement, and prepares for any kind of statement and of result. The store needs neither.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update


class StoreConnection(Connection):
    """A connection on which a statement takes a sixth of the steps that SQLAlchemy takes."""

    def execute(self, statement: Any, parameters: Any = None, **options: Any) -> Any:
        """Run a statement; its result has the methods that the store uses."""
        given: Any = {} if parameters is None else parameters
        compiled: _Compiled | None = None
        if isinstance(statement, Select | Delete):
            compiled = _compiled(statement, self.dialect)
        elif isinstance(statement, Insert | Update) and isinstance(given, dict):
            # Which columns it sets depends on the values that are given.
            compiled = _compiled(statement, self.dialect, tuple(given))
        if compiled is None or compiled.varies:
            return super().execute(statement, parameters, **options)
        raw: Any = self.connection.dbapi_connection
        return Result(raw.execute(compiled.sql, compiled.values(given)), compiled)


class _Compiled:
    """A compiled statement."""

    def __init__(self, statement: Any, dialect: Dialect, given: tuple[str, ...] = ()) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(given) or None)
        self._dialect = dialect
        self._columns = tuple(statement.selected_columns) if isinstance(statement, Select) else ()
        self._row_of: Callable[[Any], Any] | None = None
        self._binds = [
            (
                name,
                bind.key if bind.required else None,
                bind.effective_value,
                _implemented(bind, dialect).bind_processor(dialect),
            )
            for bind, name in compiled.bind_names.items()
        ]
        # The names in the order of the text; None if it has the names themselves.
        self._order = compiled.positiontup if compiled.positional else None
        self.sql = str(compiled)
        # Its text depends on how long a list is, or a column's value on Python.
        self.varies = any(bind.expanding for bind in compiled.bind_names) or bool(
            compiled.insert_prefetch or compiled.update_prefetch
        )

    def values(self, given: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        found = {}
        for name, key, constant, process in self._binds:
            value = constant if key is None else given[key]
            found[name] = process(value) if process else value
        return found if self._order is None else [found[name] for name in self._order]

    def row_of(self, cursor: Any) -> Callable[[Any], Any]:
        """What makes a row of one of the driver's; the same for every run."""
        if self._row_of is None:
            names = [str(column.key) for column in self._columns]
            row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
            make = row._make
            processors = [
                _implemented(column, self._dialect).result_processor(self._dialect, described[1])
                for column, described in zip(self._columns, cursor.description, strict=True)
            ]
            self._row_of = make
            if any(processors):
                self._row_of = lambda raw: make(
                    [
                        process(value) if process else value
                        for process, value in zip(processors, raw, strict=True)
                    ]
                )
        return self._row_of


def _implemented(column: Any, dialect: Dialect) -> Any:
    return column.type.dialect_impl(dialect)


_compiled = lru_cache(512)(_Compiled)  # statements are built once, at the top of their modules


class Result:
    """The result of a statement."""

    def __init__(self, cursor: Any, compiled: _Compiled) -> None:
        self._cursor = cursor
        self._compiled = compiled

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        return int(self._cursor.rowcount)

    def __iter__(self) -> Iterator[Any]:
        return map(self._compiled.row_of(self._cursor), self._cursor)

    def all(self) -> list[Any]:
        """All rows."""
        return list(self)

    def first(self) -> Any:
        """The first row; None without any."""
        row_of, row = self._compiled.row_of(self._cursor), self._cursor.fetchone()
        self._cursor.close()
        return None if row is None else row_of(row)

    def one(self) -> Any:
        """The only row."""
        (row,) = self
        return row

    def scalar(self) -> Any:
        """The first value of the first row; None without any."""
        row = self.first()
        return None if row is None else row[0]

    def scalar_one(self) -> Any:
        """The first value of the only row."""
        return self.one()[0]

    def scalars(self) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self]

    def mappings(self) -> list[dict[str, Any]]:
        """Each row by the names of its columns."""
        return [row._asdict() for row in self]
