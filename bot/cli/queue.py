"""`queue`: prints the editors' queue from the store, while a server may be running on it.

Blank issues by newcomers are listed here, for editors, and nowhere in public.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from bot.cli import fail
from bot.inbox.delivery import Clock, utc_now
from bot.logs import show_errors_only
from bot.review.decision.status_change import Awaiting
from bot.review.queue.follow_up import FollowUp
from bot.review.queue.pages import queue_fields
from bot.review.queue.queue import WEEK, Queue, Waiting, open_points, queue_of
from bot.review.render.markdown import plural
from bot.review.render.queue import (
    TURN_HEADINGS,
    awaiting_fact,
    follow_up_fact,
    in_days,
    named_news,
    source_fact,
)
from bot.sanitize import for_terminal
from bot.settings import SettingsInvalid, read_settings
from bot.store.commands import CommandStore, DigestItem, DigestStore
from bot.store.database import Database, open_database
from bot.store.location import StoreUnavailable, StoreUnusable
from bot.store.register import PepIndex, RegisterStore, stored_policy
from bot.store.store import Store
from bot.store.submissions import SubmissionStore


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def queue(form: str) -> None:
    """List open pull requests by whose turn it is, and for how long."""
    show_errors_only()
    try:
        queues = asyncio.run(read_queues(read_settings().database_url))
    except (SettingsInvalid, StoreUnusable, StoreUnavailable) as error:
        fail(error)
    click.echo(queue_json(queues) if form == "json" else queue_text(queues))


_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class RepositoryQueue:
    """The queue of one repository, and what only its editors should see.

    Attributes:
        repository: The repository, `owner/name`.
        queue: Its queue.
        issues: Issues that editors should see once.
    """

    repository: str
    queue: Queue
    issues: tuple[DigestItem, ...]


async def read_queues(url: str, clock: Clock = utc_now) -> Sequence[RepositoryQueue]:
    """Read the queues of the repositories in a store that have PEPs, or issues to show.

    Args:
        url: The `DATABASE_URL` of the store.
        clock: The present time (UTC).

    Raises:
        StoreUnusable: The store cannot be opened.
        StoreUnavailable: The store cannot be read.
    """
    database = await open_database(url, serving=False)
    try:
        return await _read(database, clock())
    finally:
        await database.close()


async def _read(database: Database, now: datetime) -> Sequence[RepositoryQueue]:
    store, commands = Store(database), CommandStore(database)
    digest = DigestStore(database)
    submissions = SubmissionStore(database, lambda: now)
    register = RegisterStore(database)
    pep_index = PepIndex(store, register, commands, submissions.for_deciders)
    found = []
    for repository in await store.repositories():
        issues = tuple(await digest.items(repository))
        keeps_peps = await register.keeps_peps(repository)
        if not keeps_peps and not issues:
            continue
        numbers = await store.stored_numbers(repository)
        policy = await stored_policy(store, repository)
        listings = await store.listings(repository, since=now - WEEK)
        known = await pep_index.known(repository, policy, listings)
        queue = queue_of(
            listings,
            now,
            numbers=numbers,
            known=known,
            policy=policy if keeps_peps else None,
        )
        found.append(RepositoryQueue(repository.full_name, queue, issues))
    return found


def queue_text(queues: Sequence[RepositoryQueue]) -> str:
    """The queues for a terminal; strangers' text is made harmless."""
    if not queues:
        return "The app is not installed on a repository of PEPs yet."
    return "\n\n".join("\n".join(_lines(one)) for one in queues)


def queue_json(queues: Sequence[RepositoryQueue]) -> str:
    """The queues as JSON: one object per line, one for each repository."""
    return "\n".join(json.dumps(_object(one)) for one in queues)


def _lines(one: RepositoryQueue) -> Iterator[str]:
    queue = one.queue
    yield one.repository
    sections = [(TURN_HEADINGS[turn], waiting) for turn, waiting in queue.turns.items()]
    sections += [("Drafts", queue.drafts), ("Touches no PEP", queue.others)]
    for heading, waiting in sections:
        if waiting:
            yield f"\n{heading}: {len(waiting)}"
            yield from (f"  {_line(each)}" for each in waiting)
    if not any(waiting for _, waiting in sections):
        yield "\nNothing is waiting."
    if queue.not_reviewed:
        yield f"\nNot reviewed yet: {plural(queue.not_reviewed, 'pull request')}"
    if news := named_news(queue):
        yield "\nIn the last week"
    for what, numbers in news:
        yield f"  {what}: {', '.join(f'#{number}' for number in numbers)}"
    yield from _peps(queue)
    yield from _numbers(queue)
    if one.issues:
        yield "\nNew issues, for editors only"
        yield from (
            f"  #{item.number} {item.at:%Y-%m-%d} {item.reason}: "
            f"{for_terminal(item.title, _LONGEST_TITLE)}"
            for item in one.issues
        )


def _peps(queue: Queue) -> Iterator[str]:
    if queue.awaiting:
        yield "\nPEPs awaiting a decision"
    for awaiting in queue.awaiting:
        url = f" {for_terminal(awaiting.submission.url)}" if awaiting.submission else ""
        yield f"  {_pep(awaiting)}: {for_terminal(awaiting_fact(awaiting))}{url}"
    if queue.due:
        yield "\nFollow-ups due (`/pep not-yet N` sets them aside)"
    for due in queue.due:
        yield f"  {_pep(due)}: {for_terminal(follow_up_fact(due))}, since {due.since:%Y-%m-%d}"
    if queue.sources:
        yield "\nSources of the policy (`/pep not-yet sources` sets their changes aside)"
    for one in queue.sources:
        yield f"  {one.source.history} {source_fact(one)}"


def _pep(one: Awaiting | FollowUp) -> str:
    return f"PEP {one.pep.number} {for_terminal(one.pep.title, _LONGEST_TITLE)}"


def _numbers(queue: Queue) -> Iterator[str]:
    if queue.assigned or queue.reserved or queue.reserved_by_policy:
        yield "\nNumbers"
    for number, pulls in queue.assigned.items():
        yield f"  {number} claimed by {', '.join(f'#{pull}' for pull in pulls)}"
    for reservation in queue.reserved:
        recipient = (
            f" for #{reservation.pull_request}" if reservation.pull_request is not None else ""
        )
        why = f": {for_terminal(reservation.reason, _LONGEST_TITLE)}" if reservation.reason else ""
        yield f"  {reservation.number} reserved{recipient}{why}"
    for number, reason in queue.reserved_by_policy.items():
        yield f"  {number} reserved by the policy: {for_terminal(reason, _LONGEST_TITLE)}"
    if not queue.is_complete:
        yield "  The numbers of some open pull requests have not been read yet."


def _line(waiting: Waiting) -> str:
    queue_entry = waiting.queue_entry
    opener = for_terminal(queue_entry.opener) or "unknown"
    awaited = for_terminal(open_points(queue_entry))
    idle = f"idle for {in_days(waiting.idle)}" if waiting.is_idle else ""
    title = for_terminal(queue_entry.title, _LONGEST_TITLE)
    waited = ", ".join(filter(None, (in_days(waiting.waited), awaited, idle)))
    return f"#{waiting.number} for {waited}: {title} ({opener})"


def _object(one: RepositoryQueue) -> dict[str, object]:
    return {
        "repository": one.repository,
        **queue_fields(one.queue),
        "issues": [
            {
                "number": item.number,
                "reason": item.reason,
                "title": item.title,
                "at": item.at.isoformat(),
            }
            for item in one.issues
        ],
    }
