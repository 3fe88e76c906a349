"""An empty store to copy: making its tables takes longer than what most tests do with it."""

import tempfile
from functools import cache
from pathlib import Path

from bot.store.migrate import migrate_file


def put_empty_store(path: Path) -> None:
    """Put a store with its tables, and nothing in it, where none is yet."""
    if not path.exists():
        path.write_bytes(_empty_store())


@cache
def _empty_store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        migrate_file(path)
        return path.read_bytes()
