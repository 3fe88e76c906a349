"""Where the store is: the one reading of `DATABASE_URL` (contract, "Environment")."""

from pathlib import Path

from bot.store.failure import StoreUnusable

_SQLITE = "sqlite:///"


def sqlite_path(url: str) -> Path:
    """The file that a `DATABASE_URL` names.

    `sqlite:///name` is relative to the working directory, `sqlite:////name` absolute, the way
    SQLAlchemy reads its URLs.

    Raises:
        StoreUnusable: The URL names no SQLite file.
    """
    if url.startswith(_SQLITE):
        name = url.removeprefix(_SQLITE)
        if not name or name == ":memory:" or name.startswith("file:") or "?" in name:
            raise StoreUnusable(
                "DATABASE_URL has to name a file and nothing else, "
                "such as sqlite:///pep-bot.sqlite3 or sqlite:////var/lib/pep-bot/bot.sqlite3"
            )
        return Path(name)
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme in {"postgres", "postgresql"}:
        raise StoreUnusable("PostgreSQL is not supported yet; use sqlite:///…")
    raise StoreUnusable(
        "DATABASE_URL is not understood; it has to begin with sqlite:/// "
        "(relative to the working directory) or sqlite://// (absolute)"
    )
