"""What became of writes that an earlier review began and did not record."""

from collections.abc import Sequence
from dataclasses import replace

from bot.github.client.app import AppIdentity
from bot.github.client.client import Client
from bot.github.client.failure import NotAllowed
from bot.github.write.check_runs import find_check_run
from bot.handlers.command_runner import RESERVATIONS_CHANGED
from bot.handlers.judgement import CLAIMS
from bot.review.snapshot import CheckRunMemory, Memory, Snapshot
from bot.review.subject import Subject
from bot.store.protocol import Store


class UnfinishedWrites:
    """Finds check runs and comments that were begun and not recorded, or lost with a store."""

    def __init__(self, store: Store, app: AppIdentity) -> None:
        self._store = store
        self._app = app

    async def settle_intents(
        self, client: Client, subject: Subject
    ) -> tuple[Sequence[CheckRunMemory], bool]:
        """Find out what became of creates whose end is unknown, before anything is planned.

        Returns the check runs that were made after all. A comment is found by reading the
        conversation again, which the caller does when the second value is true.
        """
        found_check_runs: list[CheckRunMemory] = []
        has_open_creates = False
        for intent in await self._store.intents(subject):
            if intent.kind == CLAIMS or intent == RESERVATIONS_CHANGED:
                continue  # `Claims.follow` and `_heard` end what was begun
            if intent.kind == "check_run":
                found = await self._check_run_on(client, subject, intent.detail)
                if found is not None:
                    found_check_runs.append(found)
            else:
                has_open_creates = True
        return found_check_runs, has_open_creates

    async def recover_check_run(
        self,
        client: Client,
        snapshot: Snapshot,
        memory: Memory,
        found_check_runs: Sequence[CheckRunMemory],
    ) -> Memory:
        """The memory with the check run that stands, begun and not recorded, or lost with a store.

        Several may have been begun, each on a head of its own; that of the present head counts.
        """
        for run in found_check_runs:
            if run.head_sha == snapshot.head_sha:
                return replace(memory, check_run=run)
        # Where a lost store had it, we spoke here.
        if memory.check_run is not None or not snapshot.conversation.own_comments:
            return memory
        found = await self._check_run_on(client, snapshot.subject, snapshot.head_sha)
        return memory if found is None else replace(memory, check_run=found)

    async def _check_run_on(
        self, client: Client, subject: Subject, head_sha: str
    ) -> CheckRunMemory | None:
        """Our check run on a head; None too where the app may not see check runs at all."""
        try:
            return await find_check_run(client, subject, head_sha, self._app.id)
        except NotAllowed:
            return None
