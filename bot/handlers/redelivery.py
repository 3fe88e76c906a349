"""Asks GitHub to deliver failed webhooks again, since it never retries by itself.

A sweep recovers everything that the state of a pull request shows. But only events tell who edited
a comment, who set a label, and which commands an edited text had, so events are recovered, too.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.app import App
from bot.github.client.client import (
    Client,
    Gone,
    NotAllowed,
    Refused,
    moment_at,
    number_at,
    text_at,
)
from bot.handlers.events import is_handled
from bot.handlers.handle import Work
from bot.handlers.payload import Event
from bot.logs import get_logger
from bot.store.codec import JsonText
from bot.store.documents import Document

_DELIVERIES = "/app/hook/deliveries"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a webhook.

    Attributes:
        id: The id of the attempt.
        guid: The id of the delivery (`X-GitHub-Delivery`), which all its attempts share.
        event: GitHub's event name.
        action: The payload's `action`, empty if it has none.
        at: When it was made, by GitHub's clock.
        succeeded: Whether it was answered with 2xx. If nobody answered, GitHub records a status
            of its own.
    """

    id: int
    guid: str
    event: str
    action: str
    at: datetime
    succeeded: bool


async def attempts(client: Client) -> AsyncIterator[Attempt]:
    """All attempts that GitHub still has, latest first, read by the app itself page by page.

    Raises:
        GitHubFailure: They cannot be read.
    """
    async for item in client.pages(_DELIVERIES):
        number, guid = number_at(item, "id"), text_at(item, "guid")
        at = moment_at(item, "delivered_at")
        if number is None or not guid or at is None:
            continue
        yield Attempt(
            id=number,
            guid=guid,
            event=text_at(item, "event") or "",
            action=text_at(item, "action") or "",
            at=at,
            succeeded=200 <= (number_at(item, "status_code") or 0) < 300,
        )


async def request_redelivery(client: Client, attempt: Attempt) -> None:
    """Ask GitHub to deliver the webhook of an attempt again.

    Raises:
        GitHubFailure: GitHub refuses, or cannot be reached.
    """
    await client.post(_DELIVERIES + "/{id}/attempts", {"id": attempt.id}, {})


MAX_REQUESTS = 5
"""How often one delivery is requested at most: if it fails that often, there is a reason."""

ARRIVAL_TIME = timedelta(minutes=15)
"""How long a requested delivery may take to arrive and to be listed."""

_PAUSE_FACTOR = 4
"""By what factor each pause is longer than the one before; the five requests span a day."""

RETAINED = timedelta(days=3)
"""How long GitHub keeps deliveries."""


@dataclass(frozen=True, slots=True)
class RedeliveryRequest:
    """How often a delivery was requested, and when last."""

    times: int
    at: datetime

    def is_too_early(self, now: datetime) -> bool:
        """Whether it is too early to ask again: it may still arrive, or the cause may persist.

        If the last request is in the future, the clock was turned back.
        """
        longer = _PAUSE_FACTOR ** (self.times - 1) if self.times < MAX_REQUESTS else 1
        return timedelta() <= now - self.at < ARRIVAL_TIME * longer


@dataclass(frozen=True, slots=True)
class RedeliveryState:
    """What is remembered of earlier checks.

    Attributes:
        until: The time of the latest attempt that was seen; None before the first check.
        requested: The requested deliveries by GUID.
    """

    until: datetime | None = None
    requested: Mapping[str, RedeliveryRequest] = field(default_factory=dict)

    def is_known(self, attempt: Attempt) -> bool:
        """Whether an earlier check saw this attempt and all before it."""
        return self.until is not None and attempt.at < self.until - ARRIVAL_TIME

    def times(self, guid: str) -> int:
        """How often a delivery was requested."""
        return self.requested[guid].times if guid in self.requested else 0

    def is_too_early(self, guid: str, now: datetime) -> bool:
        """Whether it is too early to request a delivery again."""
        return guid in self.requested and self.requested[guid].is_too_early(now)

    def with_request(self, guid: str, now: datetime) -> "RedeliveryState":
        """The state after one more request; deliveries that GitHub no longer keeps are dropped."""
        recent = {one: known for one, known in self.requested.items() if now - known.at < RETAINED}
        return RedeliveryState(
            self.until, {**recent, guid: RedeliveryRequest(self.times(guid) + 1, now)}
        )


def failed(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The latest attempt of each delivery that never succeeded, oldest first.

    Args:
        attempts: Latest first.
    """
    latest: dict[str, Attempt] = {}
    delivered: set[str] = set()
    for attempt in attempts:
        latest.setdefault(attempt.guid, attempt)
        if attempt.succeeded:
            delivered.add(attempt.guid)
    return [attempt for guid, attempt in latest.items() if guid not in delivered][::-1]


STATE_TEXT = JsonText(RedeliveryState, names={"requested": "asked"})
"""How the state is stored."""

MAX_ATTEMPTS_READ = 10_000
"""How many attempts one check reads, a hundred with each request."""

MAX_REDELIVERIES = 1_000
"""How many deliveries one check requests."""

_STATE_DOCUMENT = "deliveries looked through"
"""The name of the document with the state."""

_log = get_logger()


async def redeliver(app: App, _work: Work[Event]) -> None:
    """Request deliveries that failed and never arrived; a second run requests none twice.

    Raises:
        GitHubFailure: GitHub cannot be asked now; the check must be repeated.
    """
    client = await app.clients.for_app()
    known = await _recall(app)
    new_attempts = await _new_attempts(client, known)
    to_request, is_waiting = await _to_request(app, new_attempts, known)
    state = known
    for attempt in to_request[:MAX_REDELIVERIES]:
        if app.settings.dry_run:
            _log.info("would write", write="redeliver", detail=attempt.guid)
            continue
        # Remembered first: a sweep makes up for a missing request, nothing for too many.
        state = state.with_request(attempt.guid, app.clock())
        await _remember(app, state)
        await _request(app, client, attempt)
    if app.settings.dry_run or is_waiting or len(to_request) > MAX_REDELIVERIES:
        return  # the next check has to see all of it again
    if new_attempts:
        await _remember(app, replace(state, until=max(attempt.at for attempt in new_attempts)))


async def _new_attempts(client: Client, known: RedeliveryState) -> list[Attempt]:
    """The attempts since the last check, latest first."""
    new_attempts: list[Attempt] = []
    async for attempt in attempts(client):
        if known.is_known(attempt):
            break
        if len(new_attempts) == MAX_ATTEMPTS_READ:
            _log.warning("too many deliveries to look through", count=MAX_ATTEMPTS_READ)
            break
        new_attempts.append(attempt)
    return new_attempts


async def _to_request(
    app: App, new_attempts: list[Attempt], known: RedeliveryState
) -> tuple[list[Attempt], bool]:
    """The attempts to request again, oldest first, and whether it is too early for others."""
    to_request: list[Attempt] = []
    is_waiting = False
    for attempt in failed(new_attempts):
        if not is_handled(attempt.event, attempt.action):
            continue
        # It may have arrived although GitHub did not wait for the response.
        if await app.inbox.record(attempt.guid) is not None:
            continue
        if known.is_too_early(attempt.guid, app.clock()):
            is_waiting = True
        elif known.times(attempt.guid) < MAX_REQUESTS:
            to_request.append(attempt)
        else:
            _log.warning(
                "redelivery keeps failing",
                guid=attempt.guid,
                gh_event=attempt.event,
                action=attempt.action,
            )
    return to_request, is_waiting


async def _request(app: App, client: Client, attempt: Attempt) -> None:
    await app.throttle.of(0).acquire()
    try:
        await request_redelivery(client, attempt)
    except (Gone, NotAllowed, Refused) as refusal:
        _log.warning("redelivery refused", guid=attempt.guid, reason=str(refusal))
        return
    app.metrics.redelivery()
    _log.info(
        "redelivery requested",
        guid=attempt.guid,
        gh_event=attempt.event,
        action=attempt.action,
    )


async def _recall(app: App) -> RedeliveryState:
    stored = await app.store.document(_STATE_DOCUMENT)
    return (STATE_TEXT.load(stored.text) if stored is not None else None) or RedeliveryState()


async def _remember(app: App, state: RedeliveryState) -> None:
    await app.store.keep_document(_STATE_DOCUMENT, Document(STATE_TEXT.dump(state), app.clock()))
