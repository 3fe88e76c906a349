"""Stores the issues that submit PEPs, by tracker, and the bot's comment on each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select, update

from bot.policy.bodies import BodyRole
from bot.policy.in_office import trackers
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.database import Database
from bot.store.documents import is_public, public_now
from bot.store.rows import add, fetch, here, in_some, matching, parameters, remove

_TABLE, _INSTALLED = schema.submission, schema.repository
_FIELDS = [_TABLE.c[field.name] for field in fields(Submission)]
_ONE = here(_TABLE) & matching(_TABLE, "number")
_SUBMISSION = select(*_FIELDS).where(_ONE)
_POSTED_COMMENT = select(
    _TABLE.c.comment,
    _TABLE.c.comment_digest.label("digest"),
    _TABLE.c.comment_blob.label("blob"),
).where(_ONE)
_CHANGE = update(_TABLE).where(_ONE)
_FIRST_SEEN = _CHANGE.where(_TABLE.c.blob.is_(None))

# Nothing asks GitHub here, which could refuse; so what it would refuse is left out.
_TRACKER_NAME = (
    select(func.lower(_INSTALLED.c.full_name))
    .where(_INSTALLED.c.repository == _TABLE.c.repository)
    .scalar_subquery()
)
_IS_KNOWN = or_(
    _TABLE.c.repository.in_(
        select(_INSTALLED.c.repository).where(matching(_INSTALLED, "installation"))
    ),
    is_public(_TRACKER_NAME),
)
_SORTED = select(*_FIELDS).order_by(_TABLE.c.opened_at, _TABLE.c.repository, _TABLE.c.number)
_IN_TRACKERS = _SORTED.where(in_some(_TABLE))
_KNOWN_IN_TRACKERS = _IN_TRACKERS.where(_IS_KNOWN)
_OF_PEPS = _SORTED.where(_TABLE.c.pep.in_(bindparam("where_peps", expanding=True)), _IS_KNOWN)
_READERS = (
    select(_INSTALLED.c.full_name, _INSTALLED.c.installation)
    .where(
        or_(
            matching(_INSTALLED, "installation"),
            is_public(bindparam("where_tracker", type_=schema.Words)),
        ),
        ~here(_INSTALLED),
    )
    .order_by(_INSTALLED.c.repository)
)


@dataclass(frozen=True, slots=True)
class SubmissionComment:
    """The bot's comment on a submission.

    Attributes:
        comment: Its id; None if none is known.
        digest: The digest of its text; empty before there was one.
        blob: The SHA of the PEP's text that it was written for.
    """

    comment: int | None = None
    digest: str = ""
    blob: str | None = None


class SubmissionStore:
    """Stores submissions. Every method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """Keep them in a database; the clock (UTC) tells whether a tracker is still public."""
        self._database = database
        self._clock = clock

    async def submissions(self, trackers: Iterable[str]) -> Sequence[Submission]:
        """Those in some trackers, by the day they were opened; names in any case."""
        names = sorted({name.lower() for name in trackers})
        values = parameters(repositories=names)
        return await self._database.fetch(Submission, _IN_TRACKERS, values)

    async def for_deciders(self, policy: Policy, reader: Repository) -> Sequence[Submission]:
        """Those in the trackers of the bodies that decide, by the day they were opened.

        Args:
            policy: Names the trackers.
            reader: The repository whose policy that is. It sees nothing of a tracker that is
                neither of its own installation nor public.
        """
        names = sorted(trackers_of_deciders(policy))
        values = self._known_to(reader) | parameters(repositories=names)
        return await self._database.fetch(Submission, _KNOWN_IN_TRACKERS, values)

    async def of(self, peps: Iterable[int], reader: Repository) -> Sequence[Submission]:
        """Those of some PEPs in all trackers that `reader` may know of, by the day of opening."""
        values = self._known_to(reader) | parameters(peps=sorted(set(peps)))
        return await self._database.fetch(Submission, _OF_PEPS, values)

    async def readers(self, tracker: Repository) -> Sequence[Repository]:
        """The repositories that may know what is in a tracker, but itself."""
        values = self._known_to(tracker) | parameters(tracker, tracker=tracker.full_name.lower())
        return await self._database.fetch(Repository, _READERS, values)

    def _known_to(self, reader: Repository) -> dict[str, object]:
        return parameters(installation=reader.installation) | public_now(self._clock())

    async def on(self, issue: Subject) -> Submission | None:
        """What an issue submits; None if it submits nothing."""
        return await self._database.read(lambda connection: _known(connection, _key(issue)))

    async def keep(self, submission: Submission) -> bool:
        """Store a submission, unless a newer state is known; returns whether anything changed.

        The PEP's text at the time of the submission stays what it was, as long as it is the same
        PEP.
        """
        tracker, number = submission.tracker, submission.number
        key = parameters(tracker, number=number)

        def work(connection: Connection) -> bool:
            known = _known(connection, key)
            if known is None:
                add(connection, _TABLE, tracker, asdict(submission))
                return True
            if _is_older(submission.updated_at, known.updated_at):
                return False
            kept = submission
            if known.pep == submission.pep:
                kept = replace(submission, blob=known.blob, blob_at=known.blob_at)
            connection.execute(_CHANGE, {**key, **asdict(kept)})
            return replace(kept, updated_at=None) != replace(known, updated_at=None)

        return await self._database.write(work)

    async def first_seen(self, issue: Subject, blob: str, at: datetime) -> None:
        """Remember the PEP's text at the time of the submission, unless one is known."""
        row = {**_key(issue), "blob": blob, "blob_at": at}
        await self._database.write(lambda connection: connection.execute(_FIRST_SEEN, row))

    async def forget(self, issue: Subject, as_of: datetime | None = None) -> bool:
        """Delete a submission, unless a newer state is known; returns whether it was known."""

        def work(connection: Connection) -> bool:
            known = _known(connection, _key(issue))
            if known is None or _is_older(as_of, known.updated_at):
                return False
            return remove(connection, _TABLE, issue.repository, number=issue.number)

        return await self._database.write(work)

    async def posted_comment(self, issue: Subject) -> SubmissionComment:
        """The bot's comment on a submission."""
        found = await self._database.fetch(SubmissionComment, _POSTED_COMMENT, _key(issue))
        return found[0] if found else SubmissionComment()

    async def record_comment(self, issue: Subject, posted_comment: SubmissionComment) -> None:
        """Record the bot's comment on a submission."""
        row = {
            "comment": posted_comment.comment,
            "comment_digest": posted_comment.digest,
            "comment_blob": posted_comment.blob,
        }
        await self._database.write(
            lambda connection: connection.execute(_CHANGE, {**_key(issue), **row})
        )


def trackers_of_deciders(policy: Policy) -> frozenset[str]:
    """The trackers of the bodies that decide, in lower case."""
    return frozenset(
        name.lower() for name, body in trackers(policy).items() if body.part is BodyRole.DECIDES
    )


def _key(issue: Subject) -> dict[str, object]:
    return parameters(issue.repository, number=issue.number)


def _known(connection: Connection, key: dict[str, object]) -> Submission | None:
    found = fetch(connection, Submission, _SUBMISSION, key)
    return found[0] if found else None


def _is_older(reported_at: datetime | None, known: datetime | None) -> bool:
    """Whether events came in another order than they happened."""
    return reported_at is not None and known is not None and reported_at < known
