"""A worker that dies at a chosen write: what it began is left as it is, by everybody at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction
from typing import Any

from aiolimiter import AsyncLimiter

from bot.github.app_identity import AppIdentity
from bot.handling import handler_of
from bot.inbox.delivery import DeliveryState
from bot.inbox.open import open_inbox
from bot.inbox.sqlite import SqliteInbox
from bot.inbox.worker import Worker
from bot.metrics import Metrics
from bot.work_parts import WorkParts
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
_PATIENCE = 20.0


class Died(BaseException):
    """The process has ended; no code of its own may notice."""


@dataclass(slots=True)
class Life:
    """How many writes are left, and what the last of them was."""

    left: int
    last_wish: str = ""

    @property
    def is_over(self) -> bool:
        """Whether a write was asked for that was not made."""
        return bool(self.last_wish)

    def spend(self, write: str) -> None:
        """Count one write that is about to be made.

        Raises:
            Died: There is none left.
        """
        if not self.left:
            self.last_wish = self.last_wish or write
            raise Died(self.last_wish)
        self.left -= 1


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
                self._life.spend(f"{self._part}.{name} {arguments[:1]}")
            result = await found(*arguments, **named)
            is_client = name in ("for_repository", "anonymous", "app_client")
            return Mortal(result, self._life, self._part) if is_client else result

        return call


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
                await asyncio.sleep(0.005)
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
