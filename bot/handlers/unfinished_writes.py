"""Finds out what became of writes that an earlier review began and did not record."""

from collections.abc import Sequence
from dataclasses import replace

from bot.app import App
from bot.github.client.client import Client, NotAllowed
from bot.github.write.check_runs import find_check_run
from bot.handlers.claims import CLAIMS
from bot.handlers.command_runner import RESERVATIONS_CHANGED
from bot.review.snapshot import CheckRunMemory, Memory, Snapshot
from bot.review.subject import Subject


async def settle_intents(
    app: App, client: Client, subject: Subject
) -> tuple[Sequence[CheckRunMemory], bool]:
    """Find out which creations whose result is unknown did happen, before planning.

    Returns the check runs that exist after all. If the second value is true, a comment may
    exist, too, and the caller must read the whole conversation to find it.
    """
    found_check_runs: list[CheckRunMemory] = []
    has_open_creates = False
    for intent in await app.store.intents(subject):
        if intent.kind == CLAIMS or intent == RESERVATIONS_CHANGED:
            continue  # not writes: `record_claims` and the end of the review fulfil them
        if intent.kind == "check_run":
            found = await _check_run_on(app, client, subject, intent.detail)
            if found is not None:
                found_check_runs.append(found)
        else:
            has_open_creates = True
    return found_check_runs, has_open_creates


async def recover_check_run(
    app: App,
    client: Client,
    snapshot: Snapshot,
    memory: Memory,
    found_check_runs: Sequence[CheckRunMemory],
) -> Memory:
    """Add an existing check run to the memory if it was not recorded, or lost with the store.

    Several may have been created, each on a different head; the one on the present head counts.
    """
    for run in found_check_runs:
        if run.head_sha == snapshot.head_sha:
            return replace(memory, check_run=run)
    # Only if we have commented here can a lost store have contained a check run.
    if memory.check_run is not None or not snapshot.conversation.own_comments:
        return memory
    found = await _check_run_on(app, client, snapshot.subject, snapshot.head_sha)
    return memory if found is None else replace(memory, check_run=found)


async def _check_run_on(
    app: App, client: Client, subject: Subject, head_sha: str
) -> CheckRunMemory | None:
    """Our check run on a head; None also if the app may not read check runs."""
    try:
        return await find_check_run(client, subject, head_sha, app.identity.id)
    except NotAllowed:
        return None
