"""Having GitHub deliver again what it could not: it never tries a second time by itself.

The sweep heals what a pull request's own state tells. Who edited a comment, who set a label and
what was commanded in an edited text only the event tells, so the events are fetched back, too.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.github.client.client import Client, Clients
from bot.github.client.failure import Gone, NotAllowed, Refused
from bot.github.client.response import member, moment_at, number_at
from bot.github.read.hook_deliveries import Attempt, ask_again, attempts
from bot.handlers.intake import is_handled
from bot.inbox.delivery import DeliveryRecord
from bot.metrics import Metrics
from bot.store.protocol import Document, Store

MOST_TIMES = 5
"""How often at most one delivery is asked for: what fails so often fails for a reason."""

UNDER_WAY = timedelta(minutes=15)
"""How long what was asked for may take to come, and to be listed."""

_GROWING = 4
"""By how much the pause after each time is longer than the one before: the five span a day."""

RETAINED = timedelta(days=3)
"""How long GitHub keeps deliveries."""


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """How often a delivery was asked for, and when last."""

    times: int
    at: datetime

    def may_rest(self, now: datetime) -> bool:
        """Whether it is too early to ask again: it may still come, or whatever failed may last.

        A moment ahead is that of a clock that was turned back.
        """
        longer = _GROWING ** (self.times - 1) if self.times < MOST_TIMES else 1
        return timedelta() <= now - self.at < UNDER_WAY * longer


@dataclass(frozen=True, slots=True)
class Looked:
    """What is remembered of the looks so far.

    Attributes:
        until: The time of the latest attempt that was seen; None before the first look.
        asked: What was asked for, by GUID.
    """

    until: datetime | None = None
    asked: Mapping[str, AskedAgain] = field(default_factory=dict)

    def is_known(self, attempt: Attempt) -> bool:
        """Whether an earlier look saw it, and all that were made before it."""
        return self.until is not None and attempt.at < self.until - UNDER_WAY

    def times(self, guid: str) -> int:
        """How often a delivery was asked for."""
        return self.asked[guid].times if guid in self.asked else 0

    def may_rest(self, guid: str, now: datetime) -> bool:
        """Whether it is too early to ask for a delivery again."""
        return guid in self.asked and self.asked[guid].may_rest(now)

    def asking(self, guid: str, now: datetime) -> "Looked":
        """The same with a delivery asked for once more; what GitHub forgot by now is left out."""
        lasting = {one: known for one, known in self.asked.items() if now - known.at < RETAINED}
        return Looked(self.until, {**lasting, guid: AskedAgain(self.times(guid) + 1, now)})


def failed(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The latest attempt at each delivery of which no attempt succeeded, oldest first.

    Args:
        attempts: Latest first.
    """
    latest: dict[str, Attempt] = {}
    came: set[str] = set()
    for attempt in attempts:
        latest.setdefault(attempt.guid, attempt)
        if attempt.succeeded:
            came.add(attempt.guid)
    return [attempt for guid, attempt in latest.items() if guid not in came][::-1]


def encode_looked(looked: Looked) -> str:
    """The text that `decode_looked` reads back."""
    return json.dumps(
        {
            "until": looked.until and looked.until.isoformat(),
            "asked": {
                guid: {"times": asked.times, "at": asked.at.isoformat()}
                for guid, asked in looked.asked.items()
            },
        },
        separators=(",", ":"),
    )


def decode_looked(text: str) -> Looked:
    """What was remembered; what cannot be read counts as nothing."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Looked()
    asked = member(document, "asked")
    return Looked(
        moment_at(document, "until"),
        {
            guid: AskedAgain(times, at)
            for guid, value in (asked.items() if isinstance(asked, dict) else ())
            if (times := number_at(value, "times")) is not None
            and (at := moment_at(value, "at")) is not None
        },
    )


MOST_SEEN = 10_000
"""How many attempts one look reads, a hundred with each request."""

MOST_ASKED = 1_000
"""How many deliveries one look asks for."""

_LOOKED = "deliveries looked through"
"""Under what it is remembered."""

_log = structlog.get_logger()


class KnownDeliveries(Protocol):
    """What of an inbox is needed here."""

    async def record(self, delivery_id: str) -> DeliveryRecord | None:
        """One delivery, or None."""


class Redelivery:
    """Looks through the app's deliveries since the last look."""

    def __init__(
        self,
        *,
        clients: Clients,
        inbox: KnownDeliveries,
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
