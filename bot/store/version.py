"""Whether this version of the bot can work on a store: one judgement for both kinds of store.

While several processes are brought to a new version one after another, the older ones find the
tables of the newer. They go on as long as the store says that they can (`compatibility`).
"""

from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from bot.store.failure import StoreUnusable
from bot.store.revision import REVISION

_VERSIONS = Path(__file__).with_name("migrations") / "versions"


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """What a store says of its tables.

    Attributes:
        revision: Their revision.
        oldest: The oldest version that can work on them; None in a store from before that was told.
    """

    revision: str
    oldest: str | None = None


class Standing(Enum):
    """How a store's tables stand to this version of the bot."""

    OLDER = auto()
    """They have to be migrated."""

    CURRENT = auto()
    """They are this version's."""

    NEWER = auto()
    """A newer version migrated them, and this one can work on them still."""


def standing(stored: StoredVersion, store: str) -> Standing:
    """How tables stand to this version.

    Args:
        stored: What the store says of them.
        store: What to call it in a message: `store at …`.

    Raises:
        StoreUnusable: This version can neither use nor migrate them.
    """
    if stored.revision == REVISION:
        return Standing.CURRENT
    # By their names, which begin with the revision: Alembic takes a third of a second to load.
    if stored.revision in {file.name.partition("_")[0] for file in _VERSIONS.glob("[0-9]*_*.py")}:
        return Standing.OLDER
    if stored.oldest is not None and stored.oldest <= REVISION:
        return Standing.NEWER
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
    if standing(stored, store) is Standing.OLDER:
        raise StoreUnusable(
            f"the {store} is of an older version ({stored.revision}, not {REVISION}); "
            "start `serve` once to bring it up to date, or use the version that runs"
        )
