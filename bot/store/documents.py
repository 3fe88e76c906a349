"""The kinds of stored documents: their names, their owners, and how many are kept.

Strangers can cause documents, since policies, branches and links name what is read. So if an owner
may have several documents of a kind, only the newest are kept. A document is deleted with its
repository, or with the last repository of its installation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from bot.review.subject import Repository
from bot.store import schema
from bot.store.rows import add, matching, parameters


class Owner(Enum):
    """What a document belongs to, and is deleted with."""

    REPOSITORY = auto()
    INSTALLATION = auto()
    NOBODY = auto()
    """Belongs to nothing: it is deleted only to make room for newer ones."""


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document.

    Attributes:
        prefix: How the names of such documents begin, before their owner.
        owner: What they belong to.
        most: How many are kept per owner; those that were read last.
        moves: Whether they are renamed with their repository, since they cannot be read again
            from elsewhere.
    """

    prefix: str
    owner: Owner
    most: int = 1
    moves: bool = False

    def of(self, owner: Repository | int | None, what: str = "") -> str:
        """The name of a document.

        Args:
            owner: The repository, or the installation's number.
            what: Which, where an owner may have several.
        """
        whose = owner.full_name.lower() if isinstance(owner, Repository) else str(owner or "")
        return f"{self.prefix}{':'.join(part for part in (whose, what) if part)}"

    def family(self, name: str) -> str:
        """What the names of this kind begin with that have the same owner as this one."""
        whose, colon, _ = name.removeprefix(self.prefix).partition(":")
        return self.prefix if self.owner is Owner.NOBODY else f"{self.prefix}{whose}{colon}"


ALL_EDITORS = DocumentKind("all editors of ", Owner.REPOSITORY, moves=True)
"""All who were ever seen to be editors, in lower case, one a line."""

QUEUE_ISSUE = DocumentKind("queue issue of ", Owner.REPOSITORY, moves=True)
"""The number of the issue that shows the queue."""

POLICY_TEXT = DocumentKind("policy at the tip of ", Owner.REPOSITORY)
"""The policy as text; empty for the defaults."""

JUDGED_BY = DocumentKind("policy:", Owner.REPOSITORY, most=100)
"""What pull requests for a branch were last judged by."""

EDITORS_SEEN = DocumentKind("editors:", Owner.REPOSITORY)
"""The editors when open pull requests were last looked at for their sake."""

TIP_MARK = DocumentKind("tip:", Owner.REPOSITORY)
"""Changes whenever the repository has to be read again."""

LAST_CHECKED = DocumentKind("looked at ", Owner.REPOSITORY)
"""When a tracker's issues were looked through last."""

CORE_TEAM = DocumentKind("core-team:", Owner.INSTALLATION, most=32)
"""The last good copy of a core-team list, and what was told of it."""

TEAM_ACCOUNTS = DocumentKind("team-accounts:", Owner.INSTALLATION, most=100)
"""Who is on a team."""

# Outlasts the repository: an answer of GitHub's that comes late must not make it public again.
VISIBILITY = DocumentKind("visibility of ", Owner.NOBODY, most=10_000)
"""Whether everybody may read a repository."""

FORUM_POST = DocumentKind("discourse post ", Owner.NOBODY, most=1_000)
FORUM_TOPIC = DocumentKind("discourse topic ", Owner.NOBODY, most=1_000)

KINDS = (
    ALL_EDITORS,
    QUEUE_ISSUE,
    POLICY_TEXT,
    JUDGED_BY,
    EDITORS_SEEN,
    TIP_MARK,
    LAST_CHECKED,
    CORE_TEAM,
    TEAM_ACCOUNTS,
    VISIBILITY,
    FORUM_POST,
    FORUM_TOPIC,
)
"""Every kind; beside them there are single documents about the app itself."""

_TABLE = schema.document
_CHANGE = update(_TABLE).where(matching(_TABLE, "name"))


def put_document(
    connection: Connection,
    name: str,
    text: str,
    read_at: float,
    kinds: Iterable[DocumentKind] = KINDS,
) -> None:
    """Make this the document of a name; if it is a new name, the oldest of too many go."""
    values = {"text": text, "read_at": read_at}
    if connection.execute(_CHANGE, {**parameters(name=name), **values}).rowcount:
        return
    add(connection, _TABLE, None, {"name": name, **values})
    for kind in kinds:
        if kind.most > 1 and name.startswith(kind.prefix):
            others = and_(_begins_with(kind.family(name)), _TABLE.c.name != name)
            newest = (_TABLE.c.read_at.desc(), _TABLE.c.name)
            old = select(_TABLE.c.name).where(others).order_by(*newest).offset(kind.most - 1)
            connection.execute(delete(_TABLE).where(_TABLE.c.name.in_(old)))


def drop_documents(connection: Connection, repository: Repository) -> None:
    """Delete what goes with a repository, and with its installation if it was the last of that."""
    gone = [_of_repository(kind, repository) for kind in KINDS if kind.owner is Owner.REPOSITORY]
    connection.execute(delete(_TABLE).where(or_(*gone)))
    drop_of_installation(connection, repository.installation)


def drop_of_installation(connection: Connection, installation: int) -> None:
    """Delete what is an installation's own, unless it has repositories."""
    there = schema.repository.c.installation == installation
    if connection.execute(select(schema.repository.c.repository).where(there)).first() is None:
        kinds = [kind for kind in KINDS if kind.owner is Owner.INSTALLATION]
        gone = [_begins_with(f"{kind.of(installation)}:") for kind in kinds]
        connection.execute(delete(_TABLE).where(or_(*gone)))


def rename_documents(connection: Connection, before: Repository, now: Repository) -> None:
    """Take along with a new name what cannot be read again, and delete the rest."""
    for kind in KINDS:
        there = _TABLE.c.name == kind.of(before)
        if kind.moves and connection.execute(select(_TABLE.c.name).where(there)).first():
            name = kind.of(now)
            connection.execute(delete(_TABLE).where(_TABLE.c.name == name))
            connection.execute(update(_TABLE).where(there).values(name=name))
    drop_documents(connection, before)


def _of_repository(kind: DocumentKind, repository: Repository) -> ColumnElement[bool]:
    name = kind.of(repository)
    return _TABLE.c.name == name if kind.most == 1 else _begins_with(f"{name}:")


def _begins_with(prefix: str) -> ColumnElement[bool]:
    """As a range, for which the table's key is an index."""
    behind = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return and_(_TABLE.c.name >= prefix, _TABLE.c.name < behind)
