"""A worker that dies at a chosen write: what it began is left as it is, by everybody at once."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from inspect import iscoroutinefunction
from typing import Any

from aiolimiter import AsyncLimiter

from bot.app import WorkParts
from bot.github.client.app import AppIdentity
from bot.inbox.backoff import GIVE_UP_AFTER
from bot.inbox.delivery import DeliveryState
from bot.inbox.open import open_inbox
from bot.inbox.sqlite import SqliteInbox
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.wiring import handler_of
from tests.end_to_end.desk import APP_ID, SLUG, Desk
from tests.markup_readers import shared_reader

_WRITES = {
    "WorkParts.clients": {"post", "put", "patch", "delete"},
    "WorkParts.store": {
        "remember",
        "remember_if_unknown",
        "forget_conversation",
        "add_repository",
        "remove_repository",
        "set_claims",
        "complete_claims",
        "add_act",
        "set_labeler",
        "add_known_labels",
        "keep_document",
        "intend",
        "fulfil",
        "record_write",
    },
    "WorkParts.register": {"enter", "strike", "note_reminder"},
    "WorkParts.submissions": {"keep", "first_seen", "forget", "say"},
    "WorkParts.inbox": {"accept", "claim", "finish", "retry", "hand_back", "bury"},
}
_NUMBERS = re.compile(r"\b[0-9a-f]{40}\b|\d+")
_PATIENCE = 20.0


class Died(BaseException):
    """The process has ended; no code of its own may notice."""


@dataclass(slots=True)
class Life:
    """How many writes are left, and what the last of them was.

    Attributes:
        left: How many writes are made at most.
        survives: Unless None, the life also ends at the first write of a kind not among these.
        kinds: The kinds of writes that were made or asked for.
        last_wish: The write at which it ended.
    """

    left: int = 10_000
    survives: Collection[str] | None = None
    kinds: set[str] = field(default_factory=set)
    last_wish: str = ""
    _client_write: str = ""

    @property
    def is_over(self) -> bool:
        """Whether a write was asked for that was not made."""
        return bool(self.last_wish)

    def spend(self, part: str, name: str, arguments: tuple[Any, ...]) -> None:
        """Count one write that is about to be made.

        Raises:
            Died: There is none left.
        """
        kind = self._kind(part, name, arguments)
        if not self.is_over:
            self.kinds.add(kind)
        if not self.left or (self.survives is not None and kind not in self.survives):
            self.left = 0
            self.last_wish = self.last_wish or f"{part}.{name} {arguments[:1]}"
            raise Died(self.last_wish)
        self.left -= 1

    def _kind(self, part: str, name: str, arguments: tuple[Any, ...]) -> str:
        """What is written where; of what is remembered, also what was made on GitHub before."""
        if part == "WorkParts.clients":
            self._client_write = f"{name} {_NUMBERS.sub('…', str(arguments[0]))}"
            return self._client_write
        if name in ("intend", "fulfil"):
            return f"{name} {arguments[1].kind}"
        made = name == "remember" and self._client_write.startswith("post")
        return f"{name} after {self._client_write}" if made else f"{part}.{name}"


class Mortal:
    """Anything with asynchronous methods, of which those that write count against a life."""

    def __init__(self, inner: Any, life: Life, part: str) -> None:
        self._inner = inner
        self._life = life
        self._part = part

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not iscoroutinefunction(found):
            return found

        async def call(*arguments: Any, **named: Any) -> Any:
            if name in _WRITES[self._part]:
                self._life.spend(self._part, name, arguments)
            result = await found(*arguments, **named)
            is_client = name in ("for_repository", "anonymous", "app_client")
            return Mortal(result, self._life, self._part) if is_client else result

        return call


async def work_dying(desk: Desk, died_at: set[str]) -> None:
    """Let workers die over what waits, one after the other, and a last one handle it.

    Each dies just before the first write of a kind that is not among those at which one has died,
    and adds it to them. So many ends in a row that the delivery is given up are not reached.
    """
    for _ in range(GIVE_UP_AFTER - 1):
        life = Life(survives=frozenset(died_at))
        await work_for(desk, life)
        if not life.is_over:
            return
        died_at |= life.kinds
    await work_for(desk, Life())


async def work_for(desk: Desk, life: Life) -> None:
    """Let a new worker on the desk's store handle what waits, until that or its life is over."""
    async with _parts(desk) as (parts, inbox):
        mortal = replace(
            parts,
            inbox=Mortal(inbox, life, "WorkParts.inbox"),
            store=Mortal(parts.store, life, "WorkParts.store"),
            clients=Mortal(parts.clients, life, "WorkParts.clients"),
            register=Mortal(parts.register, life, "WorkParts.register"),
            submissions=Mortal(parts.submissions, life, "WorkParts.submissions"),
        )
        handler = handler_of(mortal, AppIdentity(APP_ID, SLUG), lambda _: AsyncLimiter(1000, 1))
        stop = asyncio.Event()
        working = asyncio.create_task(Worker(mortal.inbox, handler, grace=0).run(stop))
        async with asyncio.timeout(_PATIENCE):
            while not (life.is_over or await _is_idle(inbox)):  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.01)
        stop.set()
        await asyncio.gather(working, return_exceptions=True)


@asynccontextmanager
async def _parts(desk: Desk) -> AsyncIterator[tuple[WorkParts, SqliteInbox]]:
    settings = desk.settings()
    async with AsyncExitStack() as stack:
        inbox = await open_inbox(settings.database_url)
        stack.push_async_callback(inbox.close)
        yield (
            await WorkParts.opened(
                stack, settings, inbox, Metrics(), clock=desk.clock, markup=shared_reader()
            ),
            inbox,
        )


async def _is_idle(inbox: SqliteInbox) -> bool:
    depth = await inbox.depth()
    return not (depth.get(DeliveryState.QUEUED) or depth.get(DeliveryState.RUNNING))
