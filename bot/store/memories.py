"""What is remembered of pull requests, and what lists show of it.

Lists read a few columns beside the memory, by key: a page that a stranger requests must not cost
more because more is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, exists, select, union

from bot.commands.text import LoggedCommand
from bot.peps.number import Claim, PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store import schema
from bot.store.codec import JsonText
from bot.store.rows import Intent, Values, about, here, matching, parameters, put, replace_numbers

_TEXT = JsonText(
    Memory,
    names={
        "conversation_as_of": "heard_at",
        "last_findings": "said",
        "number_inputs": "outlook",
        "overridden": "despite",
        "queue_entry": "listed",
    },
    exclude={
        "conversation": {"acts": {"__all__": {"account"}}},
        # Neither fix nor columns, which fit only the very text that was judged.
        "last_findings": {"__all__": {"columns", "fix"}},
    },
    # An incomplete conversation would look like the whole: better read it again from GitHub.
    whole={"conversation": ("acts", "own_comments", "changes_requested", "approvals")},
    version=1,
)
_LISTED_FIELDS = ("state", "numbers", "touches", "adds", "queue_entry")
_NUMBERED_FIELDS = ("base", "numbers", "number_inputs")

_PULLS, _TOUCHED = schema.pull_request, schema.touched_pep
_NUMBER = _PULLS.c.pull_request
_MEMORY = select(_PULLS.c.memory).where(about(_PULLS))
_MEMORIES = select(_NUMBER, _PULLS.c.memory).where(here(_PULLS))
_NUMBERED = _MEMORIES.where(
    _NUMBER.in_(select(schema.dependency.c.pull_request).where(here(schema.dependency)))
).order_by(_NUMBER)
# A row that a version before 0007 wrote has no listing; `_UNLISTED` reads it.
_LISTED = select(_NUMBER, _PULLS.c.listing).where(here(_PULLS), _PULLS.c.listing.is_not(None))
_UNLISTED = _MEMORIES.where(_PULLS.c.state.is_(None))
_NUMBERS = select(_NUMBER).where(here(_PULLS))
# Apart, so that each uses the index. Those that nobody looked at yet may be open.
_WANTED = (
    _NUMBERS.where(_PULLS.c.state.in_(("", PullRequestState.OPEN.value))),
    select(_TOUCHED.c.pull_request).where(here(_TOUCHED)),
)
_ENDED = tuple(
    _NUMBERS.where(_PULLS.c.state == state.value, _PULLS.c.since >= bindparam("where_since"))
    for state in (PullRequestState.CLOSED, PullRequestState.MERGED)
)
_OPEN_OR_LINKED = _LISTED.where(_NUMBER.in_(union(*_WANTED)))
_RECENT = _LISTED.where(_NUMBER.in_(union(*_WANTED, *_ENDED)))
_THESE = _LISTED.where(_NUMBER.in_(bindparam("where_numbers", expanding=True)))
_CLAIMS = exists().where(
    here(schema.claim),
    matching(schema.claim, "pep"),
    schema.claim.c.pull_request == _NUMBER,
)
_STATES = select(_NUMBER, _PULLS.c.state, _CLAIMS).where(
    here(_PULLS),
    _NUMBER.in_(select(_TOUCHED.c.pull_request).where(here(_TOUCHED), matching(_TOUCHED, "pep"))),
)


def encode_memory(memory: Memory) -> str:
    """Encode a memory as the text that `decode_memory` reads."""
    return _TEXT.dump(memory)


def decode_memory(text: str) -> Memory:
    """Decode a memory, or what lists show of one; an empty `Memory` if the text is none."""
    return _TEXT.load(text) or Memory()


def read_memory(connection: Connection, subject: Subject) -> Memory:
    """What is remembered about a pull request; an empty `Memory` if nothing is."""
    text = connection.execute(_MEMORY, parameters(subject)).scalar()
    return Memory() if text is None else decode_memory(text)


def write_memory(connection: Connection, subject: Subject, memory: Memory) -> None:
    """Replace what is remembered, and keep in step by what it is found."""
    put(connection, _PULLS, subject, {}, columns_of(memory))
    is_open = memory.state is PullRequestState.OPEN
    replace_numbers(connection, schema.dependency, subject, memory.numbers if is_open else ())
    replace_numbers(connection, _TOUCHED, subject, concerned_peps(memory))


def columns_of(memory: Memory) -> Values:
    """The columns of a row of `pull_request`."""
    return {
        "memory": encode_memory(memory),
        "state": memory.state or "",
        "since": None if memory.queue_entry is None else memory.queue_entry.since,
        "listing": _TEXT.dump(memory, only=_LISTED_FIELDS),
    }


def concerned_peps(memory: Memory) -> frozenset[int]:
    """The PEPs whose pages show a pull request: an open one, or the one that added the PEP."""
    if memory.state is PullRequestState.OPEN:
        return (memory.touches | memory.numbers) - {0}
    return memory.adds if memory.state is PullRequestState.MERGED else frozenset()


def all_memories(connection: Connection, repository: Repository) -> Mapping[int, Memory]:
    """Every remembered pull request of a repository by number."""
    return _decoded(connection, _MEMORIES, parameters(repository))


def numbered_memories(connection: Connection, repository: Repository) -> Mapping[int, Memory]:
    """The open pull requests that set PEP numbers, ascending, with what their number depends on."""
    rows = connection.execute(_NUMBERED, parameters(repository))
    return {number: _TEXT.load(text, only=_NUMBERED_FIELDS) or Memory() for number, text in rows}


def listings_in(
    connection: Connection, repository: Repository, *, since: datetime | None = None
) -> Mapping[int, Memory]:
    """See `bot.store.store.Store.listings`."""
    query = _OPEN_OR_LINKED if since is None else _RECENT
    listed = _decoded(connection, query, parameters(repository, since=since))
    return listed | _unlisted(connection, repository)


@dataclass(frozen=True, slots=True)
class PepPulls:
    """The pull requests that the page of a published PEP shows.

    Attributes:
        open: The first of the open ones that touch it, by number. One that adds a PEP of the same
            number is about another PEP.
        open_count: How many of them there are.
        adding: The merged one that added it, by number; empty if that was never seen.
    """

    open: Mapping[int, Memory]
    open_count: int
    adding: Mapping[int, Memory]


def pulls_of(connection: Connection, repository: Repository, pep: PepNumber, most: int) -> PepPulls:
    """What lists show of a PEP's pull requests.

    Args:
        connection: Where to read.
        repository: The repository.
        pep: The PEP.
        most: How many open ones to read at most, the oldest first.
    """
    unlisted = {
        number: memory
        for number, memory in _unlisted(connection, repository).items()
        if pep in concerned_peps(memory) and not _is_rival(memory, pep)
    }
    states: dict[int, str | None] = {
        number: state
        for number, state, claims in connection.execute(_STATES, parameters(repository, pep=pep))
        if state is not None and not (claims and state == PullRequestState.OPEN)
    }
    states |= {number: memory.state for number, memory in unlisted.items()}
    pulls = sorted(number for number, state in states.items() if state == PullRequestState.OPEN)
    merged = sorted(number for number, state in states.items() if state == PullRequestState.MERGED)
    shown, adding = pulls[:most], merged[-1:]
    these = parameters(repository, numbers=[*shown, *adding])
    found = _decoded(connection, _THESE, these) | unlisted
    return PepPulls(
        open={number: found[number] for number in shown},
        open_count=len(pulls),
        adding={number: found[number] for number in adding},
    )


def _is_rival(memory: Memory, published: PepNumber) -> bool:
    """Whether it is open and adds a PEP of the same number as a published one."""
    return memory.state is PullRequestState.OPEN and published in memory.adds


def _decoded(
    connection: Connection, query: Select[int, str], values: Mapping[str, object]
) -> dict[int, Memory]:
    return {number: decode_memory(text) for number, text in connection.execute(query, values)}


def _unlisted(connection: Connection, repository: Repository) -> dict[int, Memory]:
    """Those that a version before 0007 wrote last, while processes are brought to this one."""
    return _decoded(connection, _UNLISTED, parameters(repository))


_CLAIM_ROWS, _COVERAGE_ROWS = schema.claim, schema.claim_coverage
_CLAIMED = (
    select(_CLAIM_ROWS.c.pep, _CLAIM_ROWS.c.pull_request)
    .where(here(_CLAIM_ROWS))
    .order_by(_CLAIM_ROWS.c.pep, _CLAIM_ROWS.c.pull_request)
)
_ARE_ALL_CLAIMED = select(_COVERAGE_ROWS.c.complete).where(here(_COVERAGE_ROWS))


def claims_in(connection: Connection, repository: Repository) -> tuple[tuple[Claim, ...], bool]:
    """The numbers open pull requests claim, and whether all of them have been looked at."""
    rows = connection.execute(_CLAIMED, parameters(repository)).all()
    claims = tuple(Claim(PepNumber(pep), pull_request) for pep, pull_request in rows)
    complete = connection.execute(_ARE_ALL_CLAIMED, parameters(repository)).scalar()
    return claims, complete is True


@dataclass(frozen=True, slots=True)
class BegunReview:
    """What is known of a pull request when its review begins.

    Attributes:
        memory: What is remembered about it.
        logged: The commands given on it.
        claimed: The PEP numbers that it claims.
        unfinished: What an earlier review left unfinished.
    """

    memory: Memory
    logged: Sequence[LoggedCommand]
    claimed: frozenset[int]
    unfinished: Sequence[Intent]
