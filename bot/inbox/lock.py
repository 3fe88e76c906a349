"""One server for one inbox: a lock beside the file, let go by the system however a process ends."""

import fcntl
from pathlib import Path
from typing import IO

from bot.store.failure import StoreUnusable
from bot.store.migrate import make_private


class SoleOwner:
    """Holds `<file>.lock`; the file itself stays, since deleting it would let two owners in."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            StoreUnusable: Another process (or this one, elsewhere) has it, or it cannot be made.
        """
        lock = path.with_name(path.name + ".lock")
        try:
            make_private(lock)
            self._file: IO[bytes] = lock.open("ab")
        except OSError as fault:
            raise StoreUnusable(
                f"cannot write {lock}: {fault.strerror}; let the bot's account write its folder"
            ) from fault
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            self._file.close()
            raise StoreUnusable(
                f"another process is serving {path} already; stop it, "
                "or give this one a DATABASE_URL of its own"
            ) from fault

    def release(self) -> None:
        """Let the next owner in."""
        self._file.close()
