"""Whether the disk has room for deliveries, found out by taking some and giving it back."""

import os
import tempfile
from pathlib import Path

from bot.inbox.protocol import InboxUnavailable

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
