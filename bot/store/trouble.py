"""What SQLite's errors mean to whoever runs the bot, and what to do about each."""

import sqlite3

MEND = "the file is damaged: stop the bot, put the file aside, and start with a backup or anew"
"""What to do about a damaged file."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_ADVICE = {
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "its disk is full, failing or gone: make room, or mend it",
    sqlite3.SQLITE_CANTOPEN: "let the bot's account read and write the file and its folder",
    sqlite3.SQLITE_PERM: "let the bot's account read and write the file and its folder",
    sqlite3.SQLITE_READONLY: "let the bot's account write the file and its folder",
    sqlite3.SQLITE_BUSY: "another program (a backup, a sqlite3 shell) holds it; let it end",
    sqlite3.SQLITE_PROTOCOL: "another program holds it; let it end",
    sqlite3.SQLITE_NOMEM: "give the bot more memory",
    sqlite3.SQLITE_CORRUPT: MEND,
    sqlite3.SQLITE_NOTADB: MEND,
}


def is_trouble(fault: BaseException) -> bool:
    """Whether the file or its disk is the cause, and not the statement or its values."""
    return _primary(fault) in _ADVICE


def is_damage(fault: BaseException) -> bool:
    """Whether the file itself is broken, so that waiting mends nothing and writing may harm."""
    return _primary(fault) in _DAMAGED


def told(fault: BaseException) -> str:
    """SQLite's words, and what to do where that is known."""
    advice = _ADVICE.get(_primary(fault))
    return f"{fault}; {advice}" if advice else str(fault)


def _primary(fault: BaseException) -> int:
    # The low byte is the kind of error, the rest its detail (SQLite, "Result and Error Codes").
    return int(getattr(fault, "sqlite_errorcode", 0)) & 0xFF
