"""What lists tell of pull requests: rows found by key, decoded without the rest of the memory.

A page that a stranger asks for must not cost more because more is remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, union

from bot.peps.number import PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository
from bot.store import schema
from bot.store.codec import decode_listing, decode_memory
from bot.store.rows import concerned_peps, folded

_OPEN = ("", PullRequestState.OPEN.value)
"""Those that nobody looked at yet may be open."""

_OVER = (PullRequestState.CLOSED.value, PullRequestState.MERGED.value)


@dataclass(frozen=True, slots=True)
class PepPulls:
    """The pull requests that a PEP's page tells of.

    Attributes:
        open: The first of the open ones that touch or set it, by number.
        open_count: How many of them there are.
        adding: The merged one that added it, by number; empty if that was never seen.
    """

    open: Mapping[int, Memory]
    open_count: int
    adding: Mapping[int, Memory]


def listings_in(
    connection: Connection, repository: Repository, *, since: datetime | None = None
) -> dict[int, Memory]:
    """See `bot.store.protocol.Store.listings`."""
    table, touched = schema.pull_request, schema.touched_pep
    here = table.c.repository == folded(repository)
    # Apart, so that each uses the index.
    wanted = [
        select(table.c.number).where(here, table.c.state.in_(_OPEN)),
        select(touched.c.pull_request).where(touched.c.repository == folded(repository)),
    ]
    if since is not None:
        wanted += [
            select(table.c.number).where(
                here, table.c.state == state, table.c.since >= since.timestamp()
            )
            for state in _OVER
        ]
    found = _decoded(connection, here & table.c.number.in_(union(*wanted)))
    return found | _unlisted(connection, repository)


def pulls_of(connection: Connection, repository: Repository, pep: PepNumber, most: int) -> PepPulls:
    """What lists tell of a PEP's pull requests.

    Args:
        connection: Where to read.
        repository: Which repository.
        pep: Which PEP.
        most: How many open ones are wanted; the oldest are told, whoever opens more.
    """
    table, touched = schema.pull_request, schema.touched_pep
    here = table.c.repository == folded(repository)
    touching = select(touched.c.pull_request).where(
        touched.c.repository == folded(repository), touched.c.pep == pep
    )
    query = select(table.c.number, table.c.state).where(here, table.c.number.in_(touching))
    unlisted = {
        number: memory
        for number, memory in _unlisted(connection, repository).items()
        if pep in concerned_peps(memory)
    }
    states: dict[int, str | None] = {
        number: state for number, state in connection.execute(query) if state is not None
    }
    states |= {number: memory.state for number, memory in unlisted.items()}
    pulls = sorted(number for number, state in states.items() if state == PullRequestState.OPEN)
    merged = [number for number, state in states.items() if state == PullRequestState.MERGED]
    wanted = [*pulls[:most], *sorted(merged)[-1:]]
    found = _decoded(connection, here & table.c.number.in_(wanted)) | unlisted
    return PepPulls(
        open={number: found[number] for number in pulls[:most]},
        open_count=len(pulls),
        adding={number: found[number] for number in sorted(merged)[-1:]},
    )


def _decoded(connection: Connection, condition: ColumnElement[bool]) -> dict[int, Memory]:
    table = schema.pull_request
    # A row that a version before 0007 wrote has no listing; `_unlisted` reads it.
    query = select(table.c.number, table.c.listing).where(condition, table.c.listing.is_not(None))
    return {number: decode_listing(text) for number, text in connection.execute(query)}


def _unlisted(connection: Connection, repository: Repository) -> dict[int, Memory]:
    """Those that a version before 0007 wrote last, while processes are brought to this one."""
    table = schema.pull_request
    query = select(table.c.number, table.c.memory).where(
        table.c.repository == folded(repository), table.c.state.is_(None)
    )
    return {number: decode_memory(text) for number, text in connection.execute(query)}
