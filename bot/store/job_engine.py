"""Makes and migrates the tables of Procrastinate, the job engine on PostgreSQL.

It keeps no record of the migrations that a database has had, so the bot does (decision 22).
"""

from collections.abc import Collection, Sequence
from importlib.util import find_spec
from itertools import dropwhile
from pathlib import Path

import psycopg


def folder() -> Path:
    """Where Procrastinate keeps its SQL; found without importing it, which takes 0.4 s."""
    spec = find_spec("procrastinate")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("procrastinate")
    return Path(spec.submodule_search_locations[0]) / "sql"


def had(connection: psycopg.Connection) -> frozenset[str]:
    """The names of the migrations that a database has had."""
    return frozenset(name for (name,) in connection.execute("SELECT name FROM engine_migration"))


def due(had: Collection[str], folder: Path) -> Sequence[str]:
    """The names of the migrations to run now, in order; none in a database yet to be filled."""
    if not had:
        return []
    missing = [name for name in _packaged(folder) if name not in had]
    return list(reversed(list(dropwhile(_is_post, reversed(missing)))))


def update(connection: psycopg.Connection, folder: Path) -> None:
    """Make the engine's tables, or run what is due, in the caller's transaction."""
    if before := had(connection):
        names = due(before, folder)
        files = [folder / "migrations" / name for name in names]
    else:
        # The schema is what all of them lead to.
        names, files = _packaged(folder), [folder / "schema.sql"]
    for file in files:
        # Bytes without parameters: taken as they are, percent signs and several statements too.
        connection.execute(file.read_bytes())
    connection.cursor().executemany(
        "INSERT INTO engine_migration (name) VALUES (%s)", [(name,) for name in names]
    )


def _packaged(folder: Path) -> Sequence[str]:
    return sorted(file.name for file in (folder / "migrations").glob("*.sql"))


def _is_post(name: str) -> bool:
    return "_post_" in name
