"""The SQLite inbox's file: a lock that lets in one server at a time, and a check for free space."""

import fcntl
import os
import tempfile
from pathlib import Path
from typing import IO

from bot.inbox.delivery import InboxUnavailable
from bot.store.location import SqliteFile
from bot.store.migrate import migrate_store, require_known
from bot.store.sqlite import make_private
from bot.store.version import StoreUnusable


class SoleOwner:
    """Holds the lock `<file>.lock`, which only its owner may delete."""

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            StoreUnusable: Another process (or this one, elsewhere) has it, or it cannot be made.
        """
        self._lock = lock = path.with_name(path.name + ".lock")
        self._made_it = not lock.exists()
        try:
            make_private(lock)
            self._file: IO[bytes] = lock.open("ab")
        except OSError as fault:
            raise StoreUnusable(
                f"cannot write {lock}: {fault.strerror}; let the bot's account write its folder"
            ) from fault
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it may have deleted the file meanwhile, and another made a new one.
            if not os.path.samestat(os.fstat(self._file.fileno()), lock.stat()):
                raise BlockingIOError
        except OSError as fault:
            self._file.close()
            raise StoreUnusable(
                f"another process is serving {path} already; stop it, "
                "or give this one a DATABASE_URL of its own"
            ) from fault

    def release(self) -> None:
        """Let the next owner in."""
        self._file.close()

    def discard(self) -> None:
        """Let the next owner in, and leave no lock file behind that was not there before."""
        if self._made_it:
            self._lock.unlink(missing_ok=True)
        self.release()


ROOM = 256 * 1024
"""Bytes: a delivery as large as they usually come, with what SQLite writes around it."""


def require_room(store: Path) -> None:
    """Write a passing file of `ROOM` bytes beside the store.

    SQLite can find place for a page in what it has already where it finds none for a delivery.

    Raises:
        InboxUnavailable: There is no room, or the folder cannot be written.
    """
    try:
        with tempfile.TemporaryFile(dir=store.parent) as file:
            file.write(bytes(ROOM))
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise InboxUnavailable(
            f"the store {store} cannot be used now: {fault.strerror}; make room on its disk"
        ) from fault


def owned(path: Path) -> SoleOwner:
    """Create or migrate a file as needed, and become its owner.

    Raises:
        StoreUnusable: It cannot be used; the message says why and names the file.
    """
    file = SqliteFile(path)
    # Asked before the lock is made, so that nothing is put beside a file that is not ours.
    require_known(file)
    owner = SoleOwner(path)
    try:
        migrate_store(file)
    except BaseException:
        owner.release()
        raise
    return owner
