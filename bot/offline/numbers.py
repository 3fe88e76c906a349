"""Finds the next PEP number from the PEP files, and says why."""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bot.offline.local_change import number_ledger
from bot.offline.request import CannotRun
from bot.peps.number import PepNumber, free_numbers, highest_ordinary_number, next_number
from bot.policy.model import Policy
from bot.review.overrides import Reservation
from bot.review.subject import Repository
from bot.sanitize import for_terminal
from bot.store.database import open_database
from bot.store.location import StoreUnavailable, StoreUnusable
from bot.store.names import RepositoryNames
from bot.store.store import Store

NO_RESERVATIONS: Mapping[PepNumber, str] = MappingProxyType({})
"""No number is reserved."""


@dataclass(frozen=True, slots=True)
class NumbersReport:
    """Which numbers are free, reserved and claimed; all lists are in ascending order.

    Attributes:
        next: The number to take.
        highest_ordinary_number: The highest published number of the ordinary run.
        free: Unused numbers among the 40 below the frontier: listed, never suggested.
        reserved: Numbers nobody may take, with the reason.
        claimed: Numbers that open pull requests claim.
        claims_known: Whether those claims are known.
        outside: Published numbers that do not count for the run.
    """

    next: PepNumber
    highest_ordinary_number: PepNumber
    free: tuple[PepNumber, ...]
    reserved: tuple[tuple[PepNumber, str], ...]
    claimed: tuple[PepNumber, ...]
    claims_known: bool
    outside: tuple[PepNumber, ...]


def numbers_report(
    published: frozenset[PepNumber],
    policy: Policy,
    claimed: Collection[PepNumber] | None,
    reservations: Mapping[PepNumber, str] = NO_RESERVATIONS,
) -> NumbersReport:
    """Work out which numbers are free, reserved and claimed, and which is next.

    Args:
        published: The numbers of the PEP files.
        policy: The repository's policy.
        claimed: What open pull requests claim; None if unknown.
        reservations: Numbers that editors reserved, with a text on each.
    """
    reserved = {**policy.numbers.reserved, **reservations}
    ledger = replace(number_ledger(published, policy, claimed), reserved=reserved)
    return NumbersReport(
        next=next_number(ledger),
        highest_ordinary_number=highest_ordinary_number(ledger),
        free=free_numbers(ledger),
        reserved=tuple(sorted(reserved.items())),
        claimed=tuple(sorted(claimed or ())),
        claims_known=claimed is not None,
        outside=tuple(sorted(published & (ledger.special | ledger.taken_ahead))),
    )


def numbers_json(report: NumbersReport) -> str:
    """The report as one JSON object."""
    return json.dumps(
        {
            "next": report.next,
            "frontier": report.highest_ordinary_number,
            "free": list(report.free),
            "reserved": [number for number, _ in report.reserved],
            "claimed": list(report.claimed),
        }
    )


def numbers_text(report: NumbersReport) -> str:
    """The report as text for people."""
    lines = [
        f"The next PEP number is {report.next}.",
        "",
        f"{report.highest_ordinary_number} is the highest published number of the ordinary run"
        + (f"; {_join(report.outside)} do not count." if report.outside else "."),
    ]
    if skipped := _skipped(report):
        lines.append(f"Skipped: {skipped}.")
    if report.free:
        lines.append(
            f"Unused among the 40 below it: {_join(report.free)}. Somebody may hold them, so they "
            "are not suggested."
        )
    lines += [
        f"{number} is reserved: {for_terminal(reason).rstrip('.')}."
        for number, reason in report.reserved
    ]
    if report.claimed:
        lines.append(f"Claimed by open pull requests: {_join(report.claimed)}.")
    elif not report.claims_known:
        lines.append(
            "Without a server, the claims of open pull requests are unknown: list them with "
            "`--claimed`."
        )
    return "\n".join(lines)


def _skipped(report: NumbersReport) -> str:
    reserved = {number for number, _ in report.reserved}
    skipped = []
    for number in range(report.highest_ordinary_number + 1, report.next):
        if number in report.claimed:
            skipped.append(f"{number} (claimed)")
        else:
            skipped.append(f"{number} ({'reserved' if number in reserved else 'published'})")
    return ", ".join(skipped)


def _join(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


@dataclass(frozen=True, slots=True)
class KnownNumbers:
    """What a store knows about numbers.

    Attributes:
        claims: The numbers that open pull requests claim; None if unknown.
        reservations: Numbers that editors reserved, with a text on each.
    """

    claims: frozenset[PepNumber] | None = None
    reservations: Mapping[PepNumber, str] = field(default_factory=dict)


def known_numbers(url: str, name: str | None) -> KnownNumbers:
    """Read claims and reservations from a store, even while a server is running on it.

    Args:
        url: The `DATABASE_URL` of the store.
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
        store = Store(database)
        repository = await _find_repository(store, RepositoryNames(database), name)
        known = await store.stored_numbers(repository)
    finally:
        await database.close()
    return KnownNumbers(
        frozenset(claim.number for claim in known.claims) if known.claims_complete else None,
        {one.number: _reservation_text(one) for one in known.reservations},
    )


async def _find_repository(store: Store, names: RepositoryNames, name: str | None) -> Repository:
    repositories = await store.repositories()
    if name is None and len(repositories) == 1:
        return repositories[0]
    if (
        name is not None
        and (current_repository := await names.current_repository(name)) is not None
    ):
        return current_repository
    known = ", ".join(repository.full_name for repository in repositories) or "none"
    raise CannotRun(f"Choose one with --repository; the store has: {known}.")


def _reservation_text(one: Reservation) -> str:
    recipient = f", for #{one.pull_request}" if one.pull_request is not None else ""
    return f"By an editor{recipient}{f': {one.reason}' if one.reason else ''}"
