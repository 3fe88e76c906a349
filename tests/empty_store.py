"""An empty store to copy, since creating its tables takes longer than most tests."""

import tempfile
from functools import cache
from pathlib import Path

from bot.store.location import SqliteFile
from bot.store.migrate import migrate_store


def put_empty_store(path: Path) -> None:
    """Create a store with empty tables at `path`, unless there is one."""
    if not path.exists():
        path.write_bytes(_empty_store())


@cache
def _empty_store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        migrate_store(SqliteFile(path))
        return path.read_bytes()
