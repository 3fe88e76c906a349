"""Stores the issues that submit PEPs, by tracker, and the bot's comment on each."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Table,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.peps.number import PepNumber
from bot.policy.bodies import BodyRole
from bot.policy.in_office import trackers
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.database import Database
from bot.store.rows import add, here, key_by_name, matching, moment, parameters
from bot.store.visibility import is_public_by

_TABLE: Table = schema.submission
_ONE = here(_TABLE) & matching(_TABLE, "number")
_SUBMISSION = select(_TABLE).where(_ONE)
_POSTED_COMMENT = select(_TABLE.c.comment, _TABLE.c.comment_digest, _TABLE.c.comment_blob).where(
    _ONE
)
_CHANGE = update(_TABLE).where(_ONE)
_FIRST_SEEN = _CHANGE.where(_TABLE.c.blob.is_(None))
_FORGET = delete(_TABLE).where(_ONE)


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
        keys = [key_by_name(name) for name in names]
        return await self._found(_TABLE.c.repository.in_(keys)) if keys else []

    async def for_deciders(self, policy: Policy, reader: Repository) -> Sequence[Submission]:
        """Those in the trackers of the bodies that decide, by the day they were opened.

        Args:
            policy: Names the trackers.
            reader: The repository whose policy that is. Of a tracker that is neither its own
                installation's nor public it is told nothing.
        """
        names = sorted(trackers_of_deciders(policy))
        known = self._is_known_to(reader)
        keys = [key_by_name(name) for name in names]
        return await self._found(_TABLE.c.repository.in_(keys), known) if keys else []

    async def of(self, peps: Iterable[int], reader: Repository) -> Sequence[Submission]:
        """Those of some PEPs in all trackers that `reader` may know of, by the day of opening."""
        numbers = sorted(set(peps))
        known = self._is_known_to(reader)
        return await self._found(_TABLE.c.pep.in_(numbers), known) if numbers else []

    async def readers(self, tracker: Repository) -> Sequence[Repository]:
        """The repositories that may know what is in a tracker, but itself."""
        there = schema.repository
        name = literal(tracker.full_name.lower(), schema.Words)
        known = or_(
            there.c.installation == tracker.installation,
            select(is_public_by(name, self._clock())).scalar_subquery(),
        )
        query = select(there).where(known, ~here(there)).order_by(there.c.repository)
        rows = await self._database.read(
            lambda connection: connection.execute(query, parameters(tracker)).all()
        )
        return [Repository(row.full_name, row.installation) for row in rows]

    def _is_known_to(self, reader: Repository) -> ColumnElement[bool]:
        """Nothing asks GitHub here, which could refuse; so what it would refuse is left out."""
        there = schema.repository
        own = select(there.c.repository).where(there.c.installation == reader.installation)
        name = (
            select(func.lower(there.c.full_name))
            .where(there.c.repository == _TABLE.c.repository)
            .scalar_subquery()
        )
        return or_(_TABLE.c.repository.in_(own), is_public_by(name, self._clock()))

    async def _found(self, *conditions: ColumnElement[bool]) -> Sequence[Submission]:
        query = (
            select(_TABLE)
            .where(*conditions)
            .order_by(_TABLE.c.opened_at, _TABLE.c.repository, _TABLE.c.number)
        )
        rows = await self._database.read(
            lambda connection: connection.execute(query).mappings().all()
        )
        return [_submission(row) for row in rows]

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
                add(connection, _TABLE, tracker, {"number": number, **_values(submission)})
                return True
            if _is_older(submission.updated_at, known.updated_at):
                return False
            kept = submission
            if known.pep == submission.pep:
                kept = replace(submission, blob=known.blob, blob_at=known.blob_at)
            connection.execute(_CHANGE, {**key, **_values(kept)})
            return replace(kept, updated_at=None) != replace(known, updated_at=None)

        return await self._database.write(work)

    async def first_seen(self, issue: Subject, blob: str, at: datetime) -> None:
        """Remember the PEP's text at the time of the submission, unless one is known."""
        row = {**_key(issue), "blob": blob, "blob_at": at.timestamp()}
        await self._database.write(lambda connection: connection.execute(_FIRST_SEEN, row))

    async def forget(self, issue: Subject, as_of: datetime | None = None) -> bool:
        """Delete a submission, unless a newer state is known; returns whether it was known."""

        def work(connection: Connection) -> bool:
            known = _known(connection, _key(issue))
            if known is None or _is_older(as_of, known.updated_at):
                return False
            connection.execute(_FORGET, _key(issue))
            return True

        return await self._database.write(work)

    async def posted_comment(self, issue: Subject) -> SubmissionComment:
        """The bot's comment on a submission."""
        row = await self._database.read(
            lambda connection: connection.execute(_POSTED_COMMENT, _key(issue)).first()
        )
        return SubmissionComment() if row is None else SubmissionComment(*row)

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
    row = connection.execute(_SUBMISSION, key).mappings().first()
    return None if row is None else _submission(row)


def _is_older(reported_at: datetime | None, known: datetime | None) -> bool:
    """Whether events came in another order than they happened."""
    return reported_at is not None and known is not None and reported_at < known


def _submission(row: RowMapping) -> Submission:
    return Submission(
        tracker=row["tracker"],
        number=row["number"],
        pep=PepNumber(row["pep"]),
        title=row["title"],
        url=row["url"],
        is_open=row["is_open"],
        opened_at=moment(row["opened_at"]),
        closed_at=_moment(row["closed_at"]),
        updated_at=_moment(row["updated_at"]),
        blob=row["blob"],
        blob_at=_moment(row["blob_at"]),
    )


def _values(submission: Submission) -> dict[str, object]:
    return {
        "tracker": submission.tracker,
        "pep": submission.pep,
        "title": submission.title,
        "url": submission.url,
        "is_open": submission.is_open,
        "opened_at": submission.opened_at.timestamp(),
        "closed_at": _seconds(submission.closed_at),
        "updated_at": _seconds(submission.updated_at),
        "blob": submission.blob,
        "blob_at": _seconds(submission.blob_at),
    }


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else moment(seconds)


def _seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
