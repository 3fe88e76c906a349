"""Once a week the editors' queue as an issue, where the policy wants it."""

from collections.abc import Callable
from datetime import datetime

from bot.events.register import tip_of
from bot.github.client import Clients
from bot.github.queue_issue_writer import QueueIssueWriter
from bot.github.repository_facts import FactsReader
from bot.github.snapshot_reader import Reservations
from bot.review.awaiting import awaiting_decision
from bot.review.follow_up import follow_ups
from bot.review.queue import WEEK, queue_of
from bot.review.queue_told import queue_issue
from bot.review.subject import Repository
from bot.store.documents import QUEUE_ISSUE
from bot.store.protocol import Document, Store
from bot.store.whole_queue import WholeQueue


class QueueIssue:
    """Keeps the issue of each repository up to date."""

    def __init__(
        self,
        *,
        clients: Clients,
        facts: FactsReader,
        store: Store,
        reservations: Reservations,
        whole: WholeQueue,
        writer: QueueIssueWriter,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._facts = facts
        self._store = store
        self._reservations = reservations
        self._whole = whole
        self._writer = writer
        self._clock = clock

    async def bring_up_to_date(self, repository: Repository, delivery: str) -> None:
        """Open or edit it; a second run finds nothing to do.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        client, _, facts = await tip_of(self._clients, self._facts, repository)
        if not facts.policy.issues.queue:
            return
        claims, is_complete = await self._store.claims(repository)
        now = self._clock()
        listings = await self._store.listings(repository, since=now - WEEK)
        peps = await self._whole.known(repository, facts.policy, listings)
        queue = queue_of(
            listings,
            now,
            claims=claims,
            is_complete=is_complete,
            reserved=await self._reservations(repository),
            kept=peps.kept_free(facts.policy.numbers.reserved),
            awaiting=awaiting_decision(peps),
            due=follow_ups(peps, now, facts.policy),
        )
        name = QUEUE_ISSUE.of(repository)
        kept = await self._store.document(name)
        known = int(kept.text) if kept is not None and kept.text.isdecimal() else None
        number = await self._writer.write(client, repository, queue_issue(queue), known, delivery)
        if number is not None and number != known:
            await self._store.keep_document(name, Document(str(number), self._clock()))
