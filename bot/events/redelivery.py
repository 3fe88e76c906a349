"""Having GitHub deliver again what it could not: it never tries a second time by itself.

The sweep heals what a pull request's own state tells. Who edited a comment, who set a label and
what was commanded in an edited text only the event tells, so the events are fetched back, too.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import structlog

from bot.events.intake import is_handled
from bot.events.undelivered import (
    MOST_TIMES,
    Looked,
    decode_looked,
    encode_looked,
    failed,
)
from bot.github.client import Client, Clients
from bot.github.failure import Gone, NotAllowed, Refused
from bot.github.hook_deliveries import Attempt, ask_again, attempts
from bot.inbox.delivery import DeliveryRecord
from bot.metrics import Metrics
from bot.store.protocol import Document, Store

MOST_SEEN = 10_000
"""How many attempts one look reads, a hundred with each request."""

MOST_ASKED = 1_000
"""How many deliveries one look asks for."""

_LOOKED = "deliveries looked through"
"""Under what it is remembered."""

_log = structlog.get_logger()


class Known(Protocol):
    """What of an inbox is needed here."""

    async def record(self, delivery_id: str) -> DeliveryRecord | None:
        """One delivery, or None."""


class Redelivery:
    """Looks through the app's deliveries since the last look."""

    def __init__(
        self,
        *,
        clients: Clients,
        inbox: Known,
        store: Store,
        turn: Callable[[], Awaitable[None]],
        metrics: Metrics,
        dry_run: bool,
        clock: Callable[[], datetime],
    ) -> None:
        """Look by these means.

        Args:
            clients: The way to GitHub.
            inbox: Knows what came.
            store: Remembers how far the last look saw.
            turn: Waits until one more request may be made that makes GitHub do something.
            metrics: Who counts.
            dry_run: Ask for nothing.
            clock: The present time (UTC).
        """
        self._clients = clients
        self._inbox = inbox
        self._store = store
        self._turn = turn
        self._metrics = metrics
        self._dry_run = dry_run
        self._clock = clock

    async def look(self) -> None:
        """Ask for what failed and never came. A second run asks for nothing twice.

        Raises:
            GitHubFailure: GitHub cannot be asked now; the look is to be repeated.
        """
        client = await self._clients.itself()
        known = await self._recall()
        seen = await self._seen(client, known)
        wanted, is_waiting = await self._wanted(seen, known)
        looked = known
        for attempt in wanted[:MOST_ASKED]:
            if self._dry_run:
                _log.info("would write", write="redeliver", detail=attempt.guid)
                continue
            # Remembered first: asking once too seldom is mended by the sweep, too often by nobody.
            looked = looked.asking(attempt.guid, self._clock())
            await self._remember(looked)
            await self._ask(client, attempt)
        if self._dry_run or is_waiting or len(wanted) > MOST_ASKED:
            return  # the next look has to see all of it again
        if seen:
            await self._remember(replace(looked, until=max(attempt.at for attempt in seen)))

    async def _seen(self, client: Client, known: Looked) -> list[Attempt]:
        """The attempts since the last look, latest first."""
        seen: list[Attempt] = []
        async for attempt in attempts(client):
            if known.is_known(attempt):
                break
            if len(seen) == MOST_SEEN:
                _log.warning("too many deliveries to look through", count=MOST_SEEN)
                break
            seen.append(attempt)
        return seen

    async def _wanted(self, seen: list[Attempt], known: Looked) -> tuple[list[Attempt], bool]:
        """What is to be asked for, oldest first; and whether something is to wait for that."""
        wanted: list[Attempt] = []
        is_waiting = False
        for attempt in failed(seen):
            if not is_handled(attempt.event, attempt.action):
                continue
            # It may have come although GitHub did not wait for the answer.
            if await self._inbox.record(attempt.guid) is not None:
                continue
            if known.may_rest(attempt.guid, self._clock()):
                is_waiting = True
            elif known.times(attempt.guid) < MOST_TIMES:
                wanted.append(attempt)
            else:
                _log.warning(
                    "a delivery fails again and again",
                    guid=attempt.guid,
                    gh_event=attempt.event,
                    action=attempt.action,
                )
        return wanted, is_waiting

    async def _ask(self, client: Client, attempt: Attempt) -> None:
        await self._turn()
        try:
            await ask_again(client, attempt)
        except (Gone, NotAllowed, Refused) as refusal:
            _log.warning("not delivered again", guid=attempt.guid, reason=str(refusal))
            return
        self._metrics.redelivery()
        _log.info(
            "asked to be delivered again",
            guid=attempt.guid,
            gh_event=attempt.event,
            action=attempt.action,
        )

    async def _recall(self) -> Looked:
        document = await self._store.document(_LOOKED)
        return Looked() if document is None else decode_looked(document.text)

    async def _remember(self, looked: Looked) -> None:
        await self._store.keep_document(_LOOKED, Document(encode_looked(looked), self._clock()))
