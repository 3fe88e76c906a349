"""Documents that were read elsewhere; one tells of a repository whether it is public.

Strangers can cause documents, since policies, branches and links name what is read. So if an owner
may have several documents of a kind, only the newest are kept. A document is deleted with its
repository, or with the last repository of its installation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    update,
)

from bot.review.subject import CheckResult, Repository
from bot.store import schema
from bot.store.codec import JsonText
from bot.store.rows import add, matching, parameters


@dataclass(frozen=True, slots=True)
class Document:
    """The last good copy of a document read from elsewhere, such as the core-team list."""

    text: str
    read_at: datetime


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
"""All who were ever editors, or did their tasks as collaborators, in lower case, one a line."""

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
"""When a tracker's issues were last looked through."""

SOURCES = DocumentKind("sources of ", Owner.REPOSITORY)
"""What was last read of the files that a policy's data were taken from."""

CHECK_RESULTS = DocumentKind("checks on ", Owner.REPOSITORY, most=500, moves=True)
"""The results of other programs' checks on a commit."""

CORE_TEAM = DocumentKind("core-team:", Owner.INSTALLATION, most=32)
"""The last good copy of a core-team list, and the copy that was last announced."""

TEAM_ACCOUNTS = DocumentKind("team-accounts:", Owner.INSTALLATION, most=100)
"""Who is on a team."""

# Outlasts the repository: a late answer of GitHub must not make it public again.
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
    SOURCES,
    CHECK_RESULTS,
    CORE_TEAM,
    TEAM_ACCOUNTS,
    VISIBILITY,
    FORUM_POST,
    FORUM_TOPIC,
)
"""Every kind; beside them there are single documents about the app itself."""


@dataclass(frozen=True, slots=True)
class CheckResults:
    """What `CHECK_RESULTS` has of a commit; the store's form."""

    results: tuple[CheckResult, ...] = ()


RESULTS_TEXT = JsonText(CheckResults)

_TABLE, _INSTALLED = schema.document, schema.repository
# A range, for which the table's key is an index.
_FAMILY = and_(_TABLE.c.name >= bindparam("where_from"), _TABLE.c.name < bindparam("where_behind"))
_READ = select(_TABLE.c.name).where(matching(_TABLE, "name"))
_CHANGE = update(_TABLE).where(matching(_TABLE, "name"))
_DROP = delete(_TABLE).where(matching(_TABLE, "name"))
_DROP_FAMILY = delete(_TABLE).where(_FAMILY)
_DROP_OLD = delete(_TABLE).where(
    _TABLE.c.name.in_(
        select(_TABLE.c.name)
        .where(_FAMILY, _TABLE.c.name != bindparam("where_name"))
        .order_by(_TABLE.c.read_at.desc(), _TABLE.c.name)
        .offset(bindparam("where_most"))
    )
)
_IS_INSTALLED = select(_INSTALLED.c.repository).where(matching(_INSTALLED, "installation"))


def put_document(
    connection: Connection, name: str, document: Document, kinds: Iterable[DocumentKind] = KINDS
) -> None:
    """Make this the document of a name; if it is a new name, the oldest of too many go."""
    values = {"text": document.text, "read_at": document.read_at}
    if connection.execute(_CHANGE, {**parameters(name=name), **values}).rowcount:
        return
    add(connection, _TABLE, None, {"name": name, **values})
    for kind in kinds:
        if kind.most > 1 and name.startswith(kind.prefix):
            family = _family(kind.family(name))
            connection.execute(_DROP_OLD, family | parameters(name=name, most=kind.most - 1))


def drop_documents(connection: Connection, repository: Repository) -> None:
    """Delete what goes with a repository, and with its installation if it was the last of that."""
    _drop(connection, Owner.REPOSITORY, repository)
    drop_of_installation(connection, repository.installation)


def drop_of_installation(connection: Connection, installation: int) -> None:
    """Delete what is an installation's own, unless it has repositories."""
    there = connection.execute(_IS_INSTALLED, parameters(installation=installation))
    if there.first() is None:
        _drop(connection, Owner.INSTALLATION, installation)


def rename_documents(connection: Connection, before: Repository, now: Repository) -> None:
    """Take along with a new name what cannot be read again, and delete the rest."""
    for kind in KINDS:
        if kind.moves and connection.execute(_READ, parameters(name=kind.of(before))).first():
            connection.execute(_DROP, parameters(name=kind.of(now)))
            connection.execute(_CHANGE, {**parameters(name=kind.of(before)), "name": kind.of(now)})
    drop_documents(connection, before)


def _drop(connection: Connection, owner: Owner, whose: Repository | int) -> None:
    for kind in KINDS:
        if kind.owner is owner:
            name = kind.of(whose)
            connection.execute(_DROP, parameters(name=name))
            connection.execute(_DROP_FAMILY, _family(f"{name}:"))


def _family(prefix: str) -> dict[str, object]:
    behind = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return {"where_from": prefix, "where_behind": behind}


PUBLIC_FOR = timedelta(hours=24)
"""How long an answer counts; it is renewed with each sweep, every six hours."""

_PUBLIC = "public"
_PRIVATE = "private"


class Documents(Protocol):
    """The part of the store that keeps documents, each under a name."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


class Visibility:
    """Remembers which repositories are public.

    A repository counts as public only if GitHub said so recently in answer to a request. A webhook
    can end that at once but never begin it, since deliveries come late, twice, and out of order.
    """

    def __init__(self, documents: Documents, clock: Callable[[], datetime]) -> None:
        self._documents = documents
        self._clock = clock

    async def hide(self, full_name: str) -> None:
        """Record that the repository is private, or may be another one by now."""
        await self._documents.keep_document(_name(full_name), Document(_PRIVATE, self._clock()))

    async def answered(self, full_name: str, *, is_private: bool, asked_at: datetime) -> None:
        """Record GitHub's answer to a request; news since the request counts more."""
        if is_private:
            await self.hide(full_name)
            return
        known = await self._documents.document(_name(full_name))
        if known is not None and known.text == _PRIVATE and known.read_at >= asked_at:
            return
        await self._documents.keep_document(_name(full_name), Document(_PUBLIC, asked_at))

    async def is_public(self, full_name: str) -> bool:
        """Whether everybody may read it; False as long as that is not known for sure."""
        known = await self._documents.document(_name(full_name))
        return (
            known is not None
            and known.text == _PUBLIC
            and self._clock() - known.read_at < PUBLIC_FOR
        )


def is_public(repository: ColumnElement[str]) -> ColumnElement[bool]:
    """The same as a condition of a query, with the values of `public_now`.

    Args:
        repository: The present name of a repository in lower case.
    """
    return exists().where(
        _TABLE.c.name == literal(VISIBILITY.prefix, Text).concat(repository),
        _TABLE.c.text == _PUBLIC,
        _TABLE.c.read_at > bindparam("where_public_since"),
    )


def public_now(now: datetime) -> dict[str, object]:
    """The values that `is_public` asks for."""
    return {"where_public_since": now - PUBLIC_FOR}


PUBLIC_REPOSITORIES = (
    select(_INSTALLED.c.full_name)
    .where(is_public(func.lower(_INSTALLED.c.full_name)))
    .order_by(_INSTALLED.c.repository)
)
"""The query for the names of all that everybody may read, with the values of `public_now`."""


def _name(full_name: str) -> str:
    return VISIBILITY.of(None, full_name.lower())
