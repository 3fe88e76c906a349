"""Reads what lists show of pull requests: rows found by key, without the rest of the memory.

A page that a stranger requests must not cost more because more is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, select, union

from bot.peps.number import PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository
from bot.store import schema
from bot.store.codec import decode_listing, decode_memory
from bot.store.rows import concerned_peps, here, matching, parameters

_OPEN = ("", PullRequestState.OPEN.value)
"""Those that nobody looked at yet may be open."""

_OVER = (PullRequestState.CLOSED.value, PullRequestState.MERGED.value)


_PULLS, _TOUCHED = schema.pull_request, schema.touched_pep
# A row that a version before 0007 wrote has no listing; `_UNLISTED` reads it.
_LISTED = select(_PULLS.c.number, _PULLS.c.listing).where(
    here(_PULLS), _PULLS.c.listing.is_not(None)
)
_UNLISTED = select(_PULLS.c.number, _PULLS.c.memory).where(here(_PULLS), _PULLS.c.state.is_(None))
_NUMBERS = select(_PULLS.c.number).where(here(_PULLS))
# Apart, so that each uses the index.
_WANTED = (
    _NUMBERS.where(_PULLS.c.state.in_(_OPEN)),
    select(_TOUCHED.c.pull_request).where(here(_TOUCHED)),
)
_ENDED = tuple(
    _NUMBERS.where(_PULLS.c.state == state, _PULLS.c.since >= bindparam("where_since"))
    for state in _OVER
)
_OPEN_OR_LINKED = _LISTED.where(_PULLS.c.number.in_(union(*_WANTED)))
_RECENT = _LISTED.where(_PULLS.c.number.in_(union(*_WANTED, *_ENDED)))
_THESE = _LISTED.where(_PULLS.c.number.in_(bindparam("where_numbers", expanding=True)))
_STATES = select(_PULLS.c.number, _PULLS.c.state).where(
    here(_PULLS),
    _PULLS.c.number.in_(
        select(_TOUCHED.c.pull_request).where(here(_TOUCHED), matching(_TOUCHED, "pep"))
    ),
)


@dataclass(frozen=True, slots=True)
class PepPulls:
    """The pull requests that a PEP's page shows.

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
    """See `bot.store.store.Store.listings`."""
    values = parameters(repository)
    if since is None:
        query = _OPEN_OR_LINKED
    else:
        query, values["where_since"] = _RECENT, since.timestamp()
    return _decoded(connection, query, values) | _unlisted(connection, repository)


def pulls_of(connection: Connection, repository: Repository, pep: PepNumber, most: int) -> PepPulls:
    """What lists tell of a PEP's pull requests.

    Args:
        connection: Where to read.
        repository: Which repository.
        pep: Which PEP.
        most: How many open ones are wanted; the oldest are told, whoever opens more.
    """
    unlisted = {
        number: memory
        for number, memory in _unlisted(connection, repository).items()
        if pep in concerned_peps(memory)
    }
    states: dict[int, str | None] = {
        number: state
        for number, state in connection.execute(_STATES, parameters(repository, pep=pep))
        if state is not None
    }
    states |= {number: memory.state for number, memory in unlisted.items()}
    pulls = sorted(number for number, state in states.items() if state == PullRequestState.OPEN)
    merged = [number for number, state in states.items() if state == PullRequestState.MERGED]
    wanted = [*pulls[:most], *sorted(merged)[-1:]]
    found = _decoded(connection, _THESE, parameters(repository, numbers=wanted)) | unlisted
    return PepPulls(
        open={number: found[number] for number in pulls[:most]},
        open_count=len(pulls),
        adding={number: found[number] for number in sorted(merged)[-1:]},
    )


def _decoded(
    connection: Connection, query: Select[int, str], values: Mapping[str, object]
) -> dict[int, Memory]:
    return {number: decode_listing(text) for number, text in connection.execute(query, values)}


def _unlisted(connection: Connection, repository: Repository) -> dict[int, Memory]:
    """Those that a version before 0007 wrote last, while processes are brought to this one."""
    rows = connection.execute(_UNLISTED, parameters(repository))
    return {number: decode_memory(text) for number, text in rows}


"""Where the issues come from that submit PEPs to the bodies of a repository's policy."""
