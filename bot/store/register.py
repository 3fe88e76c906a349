"""Stores the register of published PEPs, and which reminders were posted."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Text,
    bindparam,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)

from bot.peps.dates import FeatureRelease
from bot.peps.number import PepNumber
from bot.policy.in_office import trackers
from bot.policy.load import PolicyInvalid, default_policy, parse_policy
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.published_peps import (
    KnownPeps,
    Published,
    Pushed,
    Register,
    collect_known_peps,
    preamble_of,
)
from bot.review.queue.follow_up import FollowUpKey
from bot.review.queue.sources import SourceReadings, changed_sources
from bot.review.snapshot import Memory
from bot.review.subject import Repository
from bot.rules.engine.registry import rule_ids
from bot.store import schema
from bot.store.codec import JsonText
from bot.store.commands import CommandStore
from bot.store.database import Database
from bot.store.documents import (
    POLICY_TEXT,
    PUBLIC_REPOSITORIES,
    SOURCES,
    public_now,
)
from bot.store.rows import here, parameters, put
from bot.store.store import Store

_AT_ONCE = 500
"""So many rows are deleted by one statement."""

_PEPS = schema.published_pep
_SCHEDULE = '"releases":[{'
"""What `encode_entry` writes of a release schedule and of no other PEP."""

_REGISTER = (
    select(_PEPS.c.pep, _PEPS.c.blob, _PEPS.c.entry).where(here(_PEPS)).order_by(_PEPS.c.pep)
)
_NAMED = _PEPS.c.pep.in_(bindparam("where_peps", expanding=True))
_ENTRIES = _REGISTER.where(_NAMED)
# Some twenty among hundreds: looking for a few characters is far quicker than decoding.
_SCHEDULES = _REGISTER.where(_PEPS.c.entry.contains(_SCHEDULE))
_STRIKE = delete(_PEPS).where(here(_PEPS), _NAMED)
_REMINDED = select(schema.reminder.c.kind, schema.reminder.c.pep, schema.reminder.c.cause).where(
    here(schema.reminder)
)

_INSTALLED = schema.repository
_LOWER_NAME = func.lower(_INSTALLED.c.full_name)
_POLICY_TEXT = exists().where(
    literal(POLICY_TEXT.prefix, Text).concat(_LOWER_NAME) == schema.document.c.name
)
_KEEPS_PEPS = or_(
    exists().where(_PEPS.c.repository == _INSTALLED.c.repository),
    exists().where(schema.touched_pep.c.repository == _INSTALLED.c.repository),
    _POLICY_TEXT.where(schema.document.c.text != ""),
    # Not read yet: then it is one, unless it is known to be a tracker.
    ~_POLICY_TEXT & _LOWER_NAME.not_in(bindparam("where_trackers", expanding=True)),
)
_IS_PEP_REPOSITORY = select(_INSTALLED.c.repository).where(here(_INSTALLED), _KEEPS_PEPS)
_PUBLIC_PEP_REPOSITORIES = PUBLIC_REPOSITORIES.where(_KEEPS_PEPS)


class RegisterStore:
    """Stores the published PEPs. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keeps_peps(self, repository: Repository) -> bool:
        """Whether a repository has PEPs or a policy; the bot only listens to any other."""
        values = parameters(repository, trackers=_known_trackers())
        return await self._database.read(
            lambda connection: connection.execute(_IS_PEP_REPOSITORY, values).first() is not None
        )

    async def public_pep_repositories(self, now: datetime) -> Sequence[str]:
        """The names of the public repositories that have PEPs."""
        values = public_now(now) | parameters(trackers=_known_trackers())
        return await self._database.read(
            lambda connection: list(connection.scalars(_PUBLIC_PEP_REPOSITORIES, values))
        )

    async def register(self, repository: Repository) -> Register:
        """The published PEPs of a repository, as far as they were read."""
        return await self._found(_REGISTER, parameters(repository))

    async def entries(self, repository: Repository, numbers: Iterable[int]) -> Register:
        """Those of these PEPs that are published, as far as they were read."""
        return await self._found(_ENTRIES, parameters(repository, peps=sorted(set(numbers))))

    async def schedules(self, repository: Repository) -> Register:
        """The release schedules among the published PEPs."""
        return await self._found(_SCHEDULES, parameters(repository))

    async def _found(self, query: Select[Any], values: Mapping[str, object]) -> Register:
        def work(connection: Connection) -> Register:
            rows = connection.execute(query, values)
            found = (decode_entry(PepNumber(pep), blob, entry) for pep, blob, entry in rows)
            return {one.number: one for one in found if one is not None}

        # On the store's thread: hundreds of entries take a while to decode.
        return await self._database.read(work, many=True)

    async def enter(self, repository: Repository, peps: Iterable[Published]) -> None:
        """Add or replace entries."""
        entries = tuple(peps)

        def work(connection: Connection) -> None:
            for one in entries:
                key, values = {"pep": one.number}, {"blob": one.blob, "entry": encode_entry(one)}
                put(connection, _PEPS, repository, key, values)

        await self._database.write(work)

    async def strike(self, repository: Repository, numbers: Iterable[PepNumber]) -> None:
        """Delete the entries of PEPs that do not exist any more."""
        gone = sorted(numbers)

        def work(connection: Connection) -> None:
            for start in range(0, len(gone), _AT_ONCE):
                some = gone[start : start + _AT_ONCE]
                connection.execute(_STRIKE, parameters(repository, peps=some))

        await self._database.write(work)

    async def reminded(self, repository: Repository) -> frozenset[FollowUpKey]:
        """The reminders that were posted in a comment."""
        return frozenset(await self._database.fetch(FollowUpKey, _REMINDED, parameters(repository)))

    async def note_reminder(
        self, repository: Repository, key: FollowUpKey, pull_request: int, at: datetime
    ) -> None:
        """Record that a reminder was posted; recording it again changes nothing that matters."""
        values = {"pull_request": pull_request, "at": at}
        await self._database.put(schema.reminder, repository, key._asdict(), values)


def _known_trackers() -> list[str]:
    return sorted(trackers(default_policy()))


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is stored of a PEP; number and blob stand beside it."""

    headers: Mapping[str, str]
    releases: tuple[FeatureRelease, ...]
    read_at: datetime
    is_linked: bool = False
    changed_at: datetime | None = None
    status_since: datetime | None = None
    pushed: Pushed | None = None


_ENTRY = JsonText(_Entry)


def encode_entry(one: Published) -> str:
    """The text that `decode_entry` reads back."""
    return _ENTRY.dump(
        _Entry(
            {header.name: header.value for header in one.preamble.headers},
            one.releases,
            one.read_at,
            one.is_linked,
            one.changed_at,
            one.status_since,
            one.pushed,
        )
    )


def decode_entry(number: PepNumber, blob: str, text: str) -> Published | None:
    """The entry; None if it is not what this version writes: then the PEP is read again."""
    entry = _ENTRY.load(text)
    if entry is None:
        return None
    return Published(
        number=number,
        blob=blob,
        preamble=preamble_of(entry.headers),
        is_linked=entry.is_linked,
        releases=entry.releases,
        read_at=entry.read_at,
        changed_at=entry.changed_at,
        status_since=entry.status_since,
        pushed=entry.pushed,
    )


READINGS_TEXT = JsonText(SourceReadings)
"""The form of `SOURCES`."""

SubmissionSource = Callable[[Policy, Repository], Awaitable[Sequence[Submission]]]
"""Where the issues come from that submit PEPs to the bodies of a repository's policy."""


class PepIndex:
    """Reads what is known of a repository's published PEPs."""

    def __init__(
        self,
        store: Store,
        register: RegisterStore,
        commands: CommandStore,
        submissions: SubmissionSource,
    ) -> None:
        """Read from these."""
        self._store = store
        self._register = register
        self._commands = commands
        self._submissions = submissions

    async def known(
        self, repository: Repository, policy: Policy, listings: Mapping[int, Memory] | None = None
    ) -> KnownPeps:
        """What is known of the published PEPs of a repository with this policy.

        Args:
            repository: The repository.
            policy: Its policy.
            listings: What lists show of its pull requests, if that was read already.
        """
        known = collect_known_peps(
            await self._register.register(repository),
            await self._store.listings(repository) if listings is None else listings,
            await self._submissions(policy, repository),
            await self._commands.not_yet(repository),
            await self._commands.delegations(repository),
        )
        readings = await source_readings(self._store, repository)
        return replace(known, sources=changed_sources(policy, readings, known.not_yet.get(None)))


async def source_readings(store: Store, repository: Repository) -> SourceReadings:
    """What was last read of the sources of a repository's policy."""
    stored = await store.document(SOURCES.of(repository))
    return (READINGS_TEXT.load(stored.text) if stored is not None else None) or SourceReadings()


async def stored_policy(store: Store, repository: Repository) -> Policy:
    """The policy at the tip of the default branch as seen last; the defaults if it never was."""
    stored = await store.document(POLICY_TEXT.of(repository))
    if stored is None or not stored.text:
        return default_policy()
    try:
        return parse_policy(stored.text, rules=rule_ids())
    except PolicyInvalid:
        return default_policy()
