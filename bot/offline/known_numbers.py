"""What a running bot knows of PEP numbers: claims of open pull requests, and what was put aside."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.offline.failure import CannotRun
from bot.peps.number import PepNumber
from bot.review.orders import Reservation
from bot.review.subject import Repository
from bot.store.commands import SqlCommandStore
from bot.store.database import open_database
from bot.store.failure import StoreUnavailable, StoreUnusable
from bot.store.names import SqlRepositoryNames
from bot.store.sql import SqlStore


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """What is known.

    Attributes:
        claims: The numbers open pull requests claim; None if nobody knows.
        put_aside: Numbers that editors put aside, with what there is to say of each.
    """

    claims: frozenset[PepNumber] | None = None
    put_aside: Mapping[PepNumber, str] = field(default_factory=dict)


def known_numbers(url: str, name: str | None) -> KnownNumbers:
    """Read a store, be a server running on it or not.

    Args:
        url: Its `DATABASE_URL`.
        name: The repository; None if the store has only one.

    Raises:
        CannotRun: There is no such store or repository, or it cannot be read.
    """
    try:
        return asyncio.run(_read(url, name))
    except (StoreUnusable, StoreUnavailable) as error:
        raise CannotRun(str(error)) from error


async def _read(url: str, name: str | None) -> KnownNumbers:
    database = await open_database(url, serving=False)
    try:
        store, commands = SqlStore(database), SqlCommandStore(database)
        repository = await _chosen(store, SqlRepositoryNames(database), name)
        claims, complete = await store.claims(repository)
        reservations = await commands.reservations(repository)
    finally:
        await database.close()
    return KnownNumbers(
        frozenset(claim.number for claim in claims) if complete else None,
        {one.number: _told(one) for one in reservations},
    )


async def _chosen(store: SqlStore, names: SqlRepositoryNames, name: str | None) -> Repository:
    repositories = await store.repositories()
    if name is None and len(repositories) == 1:
        return repositories[0]
    if name is not None and (called := await names.called(name)) is not None:
        return called
    known = ", ".join(repository.full_name for repository in repositories) or "none"
    raise CannotRun(f"Say which repository with --repository; the store has: {known}.")


def _told(one: Reservation) -> str:
    whom = f" for #{one.pull_request}" if one.pull_request is not None else ""
    return f"Put aside{whom} by an editor{f': {one.reason}' if one.reason else ''}"
