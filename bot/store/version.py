"""Whether this version of the bot can work on a store, and the errors of a store."""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path


class StoreUnusable(Exception):
    """The configured store cannot be used; the message says why and what to do about it.

    It is raised only while opening, never contains the whole `DATABASE_URL` (which may hold a
    password), and the store was left as it was.
    """


class StoreUnavailable(Exception):
    """The open store cannot be read or written now: disk full, locked, damaged.

    Nothing was written. The message says what to do, and quotes neither statements nor values,
    which contain strangers' text.
    """


REVISION = "0008"
"""The newest revision in `migrations/versions`; a test keeps the two together."""

USABLE_SINCE = "0003"
"""The oldest version, by its revision, that can work on tables of `REVISION`.

During an upgrade, processes of the older version go on working on the migrated tables, and may be
started again. A migration that they cannot work with raises this.
"""


_VERSIONS = Path(__file__).with_name("migrations") / "versions"


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """The version that a store has recorded of its tables.

    Attributes:
        revision: Their revision.
        oldest: The oldest version that can work on them; None if the store predates this record.
        job_engine: The migrations that the job engine on PostgreSQL has had.
    """

    revision: str
    oldest: str | None = None
    job_engine: frozenset[str] = frozenset()


class SchemaState(Enum):
    """Whether a store's tables fit this version of the bot."""

    OLDER = auto()
    """They have to be migrated."""

    CURRENT = auto()
    """They are this version's."""

    NEWER = auto()
    """A newer version migrated them, and this one can still work on them."""


def schema_state(stored: StoredVersion, store: str) -> SchemaState:
    """Compare the tables' version with this one.

    Args:
        stored: The version that the store has recorded.
        store: What to call it in a message: `store at …`.

    Raises:
        StoreUnusable: This version can neither use nor migrate them.
    """
    if stored.revision == REVISION:
        return SchemaState.CURRENT
    # By their names, which begin with the revision: Alembic takes a third of a second to load.
    if stored.revision in {file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py")}:
        return SchemaState.OLDER
    if stored.oldest is not None and stored.oldest <= REVISION:
        return SchemaState.NEWER
    raise StoreUnusable(
        f"the {store} was written by a newer version of the bot (schema {stored.revision}; "
        f"this version knows {REVISION}); it was left as it is: run that version, or start with a "
        "backup from before it"
    )


def require_usable(stored: StoredVersion | None, store: str) -> None:
    """Check that a store can be worked on as it is, beside whoever serves it.

    Raises:
        StoreUnusable: There is none (`stored` is None), or its tables are of another version.
    """
    if stored is None:
        raise StoreUnusable(f"there is no {store} yet; it is made by `serve`")
    if schema_state(stored, store) is SchemaState.OLDER:
        raise StoreUnusable(
            f"the {store} is of an older version ({stored.revision}, not {REVISION}); "
            "start `serve` once to bring it up to date, or use the version that runs"
        )
