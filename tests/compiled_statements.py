"""Compiled SQL statements that all databases of a test process share.

SQLAlchemy keeps them for each engine. The bot has one as long as it runs, but each test has its
own, and compiling every statement anew took a fifth of the end-to-end tests' CPU.
"""

from sqlalchemy import Dialect, Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_COMPILED = LRUCache(2_000)


class _Shared(Dialect):
    """A dialect that is part of a statement's key by its kind, since all are configured alike."""

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class SharedSqlite(_Shared, SQLiteDialect_pysqlite):
    """SQLite's."""

    supports_statement_cache = True


class SharedPostgres(_Shared, PGDialect_psycopg):
    """PostgreSQL's."""

    supports_statement_cache = True


def share_compiled_statements() -> None:
    """Have engines made from now on share what they compile."""
    registry.register("sqlite", __name__, "SharedSqlite")
    registry.register("postgresql.psycopg", __name__, "SharedPostgres")
