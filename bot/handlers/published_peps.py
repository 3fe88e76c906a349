"""Keeps the register of published PEPs up to date, reading only texts that changed.

Where many were never read, as in a new repository, all files are read at once, as one archive. What
is missing then is read text by text, over several rounds, so that it takes no quota from reviews.
Each text is stored at once, so a restart loses nothing. Newer PEPs come first, since few of the old
ones have anything left to do.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from bot.app import App
from bot.concurrency import give_back_memory, offload, run_together
from bot.github.client.client import Client, GitHubFailure, TryLater
from bot.github.read.base_branch import BaseBranch
from bot.github.read.base_branch_reader import peps_in_archive, read_archive
from bot.github.read.changed_texts import read_blob
from bot.handlers.event_models import PushEvent
from bot.handlers.handle import Work
from bot.handlers.payload import Event
from bot.logs import get_logger
from bot.peps.change import Unreadable
from bot.peps.codeowners import CodeOwners, parse_codeowners
from bot.peps.number import NumberLedger, PepNumber, pep_path
from bot.peps.status import Status
from bot.review.published_peps import (
    ADDED,
    RELEASE,
    Published,
    Pushed,
    Register,
    published_from_text,
)
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository
from bot.rules.engine.context import Context
from bot.rules.engine.eligibility import core_developer
from bot.store.documents import POLICY_TEXT, Document

MOST_TEXTS = 60
"""How many texts one round reads. If more were never read, an archive is."""

_AT_ONCE = 40
"""So many PEPs of an archive are parsed and stored before anything else has its turn."""

_CONCURRENT_READS = 6
_SAME_PUSH = timedelta(minutes=10)
"""How far the time of a merge may be from that of its push."""

_UNDECIDED = frozenset({Status.DRAFT, Status.PROVISIONAL, Status.DEFERRED})
_DECIDED = frozenset(
    {Status.ACCEPTED, Status.PROVISIONAL, Status.REJECTED, Status.FINAL, Status.ACTIVE}
)
_log = get_logger()


async def update_register(app: App, _work: Work[Event], repository: Repository) -> None:
    """Read what changed; a second run finds nothing to do.

    Raises:
        GitHubFailure: GitHub cannot be read now; what was read until then is kept.
    """
    await read_changes(app, repository)


async def read_changes(
    app: App,
    repository: Repository,
    branch: str | None = None,
    pushed: Collection[PepNumber] = frozenset(),
) -> Register:
    """Read what changed, at most `MOST_TEXTS` texts; returns the register as it was before.

    Args:
        app: The app.
        repository: The repository of the PEPs.
        branch: The default branch, if something was pushed to it; then the first fill is left to
            the scheduled rounds.
        pushed: The PEPs that the push changed, as far as it says.

    Raises:
        GitHubFailure: GitHub cannot be read now; what was read until then is kept.
    """
    client, default_branch, base_branch = await tip_of(app, repository, branch)
    await _store_policy(app, repository, base_branch)
    known = await app.register.register(repository)
    if base_branch.is_complete and (deleted := known.keys() - base_branch.blobs.keys()):
        await app.register.strike(repository, deleted)
    unread = dict(base_branch.blobs)
    if branch is None and len(unread.keys() - known.keys()) > MOST_TEXTS:
        for number in await _fill(app, client, repository, default_branch, base_branch, known):
            del unread[number]
    # Known PEPs that changed come before those never read; each group newest first.
    stale = sorted(
        (number for number, sha in unread.items() if _is_stale(number, sha, known)),
        key=lambda number: (number not in known and number not in pushed, -number),
    )
    unknown = sum(number not in known for number in stale)
    if branch is not None and unknown >= len(known):
        stale = [number for number in stale if number in known or number in pushed]
    now, later = stale[:MOST_TEXTS], stale[MOST_TEXTS:]
    for start in range(0, len(now), _CONCURRENT_READS):
        numbers = now[start : start + _CONCURRENT_READS]
        await _read(app, client, repository, base_branch, known, numbers)
    if stale:
        _log.info("published PEPs read", read=len(now), left=len(later))
    return known


async def note_push(
    app: App, work: Work[PushEvent], repository: Repository, branch: str, before: Register
) -> None:
    """Note which PEPs a push added or decided, unless a pull request was merged with it.

    That may become known later, when `settle_push` takes the note back. What earlier pushes left
    out may have been added by this one, so it is worked out again.

    Args:
        app: The app.
        work: The push.
        repository: The repository of the PEPs.
        branch: Its default branch, to which was pushed.
        before: The register before the push.

    Raises:
        GitHubFailure: GitHub cannot be read now.
    """
    event = work.event
    noted = {number for number, one in before.items() if one.pushed is not None}
    if not (event.peps or noted):
        return
    register = await app.register.entries(repository, event.peps | noted)
    at = event.pushed_at or work.last.received_at
    found = {
        number: Pushed(at, what, event.after or "", event.url or "", branch)
        for number in event.peps
        if (pep := register.get(number)) is not None
        and (what := _what_was_pushed(pep, before.get(number), event.added_peps))
    }
    pushes = {number: one.pushed for number, one in register.items() if one.pushed} | found
    if not pushes:
        return
    client, _, base_branch = await tip_of(app, repository, branch)
    people = await app.people.core_team(client, repository, base_branch.policy)
    context = Context(
        today=at.date(),
        policy=base_branch.policy,
        numbers=NumberLedger(frozenset()),
        core_team=people.team,
    )
    owners = parse_codeowners(base_branch.default_codeowners or "")
    await app.register.enter(
        repository,
        [_noted(register[number], push, context, owners) for number, push in pushes.items()],
    )
    if found:
        for memory in (await app.store.reviewed(repository)).values():
            await settle_push(app, repository, memory)


async def settle_push(app: App, repository: Repository, memory: Memory) -> None:
    """Take back what was noted of a push that merged this pull request."""
    merged_at = memory.merged_at
    if merged_at is None or memory.state is not PullRequestState.MERGED:
        return
    entries = await app.register.entries(repository, memory.touches)
    merged = [
        replace(one, pushed=None)
        for one in entries.values()
        if one.pushed is not None and abs(one.pushed.at - merged_at) <= _SAME_PUSH
    ]
    if merged:
        await app.register.enter(repository, merged)


def _what_was_pushed(
    pep: Published, before: Published | None, added: Collection[PepNumber]
) -> str | None:
    """What a push did to a PEP that a pull request should have: added it, or set a status."""
    if RELEASE in pep.preamble.topics:
        return None
    if before is None:
        return ADDED if pep.number in added else None
    status, earlier = pep.preamble.status, before.preamble.status
    if status == earlier or status not in _DECIDED or earlier not in _UNDECIDED:
        return None
    return status


def _noted(pep: Published, push: Pushed, context: Context, owners: CodeOwners) -> Published:
    """The entry with a push, and with what the PEP lacks now."""
    header, missing = pep.preamble, []
    if push.what != ADDED:
        missing += [] if header.value("Resolution") else ["`Resolution`"]
    else:
        is_by_core = any(core_developer(one.name, context) for one in header.authors)
        if not header.sponsors and not is_by_core and context.core_team is not None:
            missing.append("sponsor")
        needs_line = pep.number not in context.policy.numbers.elections
        if needs_line and owners.line_for(pep_path(pep.number)) is None:
            missing.append("CODEOWNERS line")
    return replace(pep, pushed=replace(push, missing=tuple(missing)))


async def _fill(
    app: App,
    client: Client,
    repository: Repository,
    branch: str,
    base_branch: BaseBranch,
    known: Register,
) -> set[PepNumber]:
    """Enter the PEPs that were never read, from an archive of the branch if GitHub gives one.

    Returns their numbers.
    """
    try:
        archive = await read_archive(client, repository, branch)
    except TryLater:
        raise
    except GitHubFailure as failure:
        _log.info("archive not read", reason=str(failure))
        return set()
    now = app.clock()
    new = (
        published_from_text(number, sha, text, now)
        for number, sha, text in peps_in_archive(archive)
        if number not in known and base_branch.blobs.get(number) == sha
    )
    entered: set[PepNumber] = set()
    # Unpacking and parsing takes a second or two.
    while entries := await asyncio.to_thread(lambda: list(islice(new, _AT_ONCE))):
        await app.register.enter(repository, entries)
        entered.update(one.number for one in entries)
    give_back_memory()
    return entered


async def _read(
    app: App,
    client: Client,
    repository: Repository,
    base_branch: BaseBranch,
    known: Register,
    numbers: Sequence[PepNumber],
) -> None:
    async with run_together() as group:
        readings = {
            number: group.create_task(read_blob(client, repository, base_branch.blobs[number]))
            for number in numbers
        }
    entries = [
        await _read_entry(
            app, number, base_branch.blobs[number], reading.result(), known.get(number)
        )
        for number, reading in readings.items()
        # What GitHub did not return now is requested again in the next round.
        if reading.result() is not Unreadable.DELETED
    ]
    await app.register.enter(repository, entries)


async def _read_entry(
    app: App, number: PepNumber, blob: str, read: str | Unreadable, before: Published | None
) -> Published:
    text = "" if isinstance(read, Unreadable) else read
    now = app.clock()
    return await offload(len(text), lambda: published_from_text(number, blob, text, now, before))


async def _store_policy(app: App, repository: Repository, base_branch: BaseBranch) -> None:
    """Store the policy for the command line, which does not ask GitHub."""
    name = POLICY_TEXT.of(repository)
    stored = await app.store.document(name)
    if stored is None or stored.text != base_branch.policy_text:
        await app.store.keep_document(name, Document(base_branch.policy_text, app.clock()))


def _is_stale(number: PepNumber, sha: str, known: Register) -> bool:
    return number not in known or known[number].blob != sha


async def tip_of(
    app: App, repository: Repository, branch: str | None = None
) -> tuple[Client, str, BaseBranch]:
    """A client for a repository, the name of its default branch, and that branch at its tip.

    Raises:
        GitHubFailure: GitHub cannot be read now.
    """
    client = await app.clients.for_repository(repository.full_name, repository.installation)
    if branch is None:
        branch = await app.base_branch.default_branch(client, repository)
    return client, branch, await app.base_branch.at(client, repository, default=branch)
