"""A worker that crashes at a chosen write: everything it began stops there at once."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from inspect import iscoroutinefunction
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aiolimiter import AsyncLimiter

from bot.app import App, Connections
from bot.github.client.app import AppIdentity
from bot.handlers.handle import Handler
from bot.handlers.invalidator import core_team_changed
from bot.inbox import backoff
from bot.inbox.attempt import Attempts
from bot.inbox.backoff import GIVE_UP_AFTER
from bot.inbox.delivery import DeliveryState
from bot.inbox.sqlite import SqliteInbox
from bot.metrics import Metrics
from tests.end_to_end.harness import APP_ID, SLUG, Harness
from tests.markup_readers import shared_reader

_WRITES = {
    "App.clients": {"post", "put", "patch", "delete"},
    "App.store": {
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
    "App.register": {"enter", "strike", "note_reminder"},
    "App.submissions": {"keep", "first_seen", "forget", "record_comment"},
    "App.inbox": {"accept", "_claim", "_settle"},
}
_NUMBERS = re.compile(r"\b[0-9a-f]{40}\b|\d+")
_TIMEOUT = 20.0


class Crashed(BaseException):
    """The simulated process has ended; the bot's code must not catch this."""


@dataclass(slots=True)
class WriteLimit:
    """How many writes a worker may make before it crashes, and which it made.

    Attributes:
        left: How many more writes may be made.
        allowed_kinds: Unless None, the worker also crashes at the first write of another kind.
        kinds: The kinds of writes that were made or attempted.
        failed_write: The write at which it crashed.
    """

    left: int = 10_000
    allowed_kinds: Collection[str] | None = None
    kinds: set[str] = field(default_factory=set)
    failed_write: str = ""
    _client_write: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the worker has crashed: a write was attempted and not made."""
        return bool(self.failed_write)

    def spend(self, part: str, name: str, arguments: tuple[Any, ...]) -> None:
        """Count one write that is about to be made.

        Raises:
            Crashed: No write is left.
        """
        kind = self._kind(part, name, arguments)
        if not self.is_over:
            self.kinds.add(kind)
        if not self.left or (self.allowed_kinds is not None and kind not in self.allowed_kinds):
            self.left = 0
            self.failed_write = self.failed_write or f"{part}.{name} {arguments[:1]}"
            raise Crashed(self.failed_write)
        self.left -= 1

    def _kind(self, part: str, name: str, arguments: tuple[Any, ...]) -> str:
        """The kind of a write: what is written where; for the store, also what was created."""
        if part == "App.clients":
            self._client_write = f"{name} {_NUMBERS.sub('…', str(arguments[0]))}"
            return self._client_write
        if name in ("intend", "fulfil"):
            return f"{name} {arguments[1].kind}"
        made = name == "remember" and self._client_write.startswith("post")
        return f"{name} after {self._client_write}" if made else f"{part}.{name}"


class CrashingProxy:
    """Wraps an object with asynchronous methods; those that write count against the limit."""

    def __init__(self, inner: Any, write_limit: WriteLimit, part: str) -> None:
        self._inner = inner
        self._write_limit = write_limit
        self._part = part

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not iscoroutinefunction(found):
            return found

        async def call(*arguments: Any, **named: Any) -> Any:
            if name in _WRITES[self._part]:
                self._write_limit.spend(self._part, name, arguments)
            result = await found(*arguments, **named)
            is_client = name in ("for_repository", "anonymous", "app_client")
            return CrashingProxy(result, self._write_limit, self._part) if is_client else result

        return call


async def run_crashing_workers(harness: Harness, crashed_at: set[str]) -> None:
    """Let workers crash over the waiting deliveries, one after the other; a last one handles them.

    Each crashes just before the first write of a kind at which none has crashed before, and adds
    that kind to `crashed_at`. The number of crashes after which a delivery is given up is not
    reached.
    """
    for _ in range(GIVE_UP_AFTER - 1):
        write_limit = WriteLimit(allowed_kinds=frozenset(crashed_at))
        await run_worker(harness, write_limit)
        if not write_limit.is_over:
            return
        crashed_at |= write_limit.kinds
    await run_worker(harness, WriteLimit())


async def run_worker(harness: Harness, write_limit: WriteLimit) -> None:
    """Let a new worker on the harness's store handle what waits, until that is done or it dies."""
    # Ends follow each other so closely here that waiting after each would take minutes.
    with patch.object(backoff, "LARGEST_BACKOFF", timedelta(milliseconds=20)):
        await _run_worker(harness, write_limit)


async def _run_worker(harness: Harness, write_limit: WriteLimit) -> None:
    async with _parts(harness) as (parts, inbox):
        crashing = replace(
            parts,
            inbox=CrashingProxy(inbox, write_limit, "App.inbox"),
            store=CrashingProxy(parts.store, write_limit, "App.store"),
            clients=CrashingProxy(parts.clients, write_limit, "App.clients"),
            register=CrashingProxy(parts.register, write_limit, "App.register"),
            submissions=CrashingProxy(parts.submissions, write_limit, "App.submissions"),
        )
        identity = AppIdentity(APP_ID, SLUG)
        bucket = lambda _: AsyncLimiter(1000, 1)  # noqa: E731
        handler = Handler(App.build(crashing, identity, bucket, core_team_changed))
        stop = asyncio.Event()
        own = SimpleNamespace(_claim=inbox._claim, _settle=inbox._settle)
        for name in vars(own):
            setattr(inbox, name, getattr(CrashingProxy(own, write_limit, "App.inbox"), name))
        working = asyncio.create_task(inbox.work(Attempts(handler), stop, grace=0))
        async with asyncio.timeout(_TIMEOUT):
            while not (write_limit.is_over or await _is_idle(inbox)):  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.01)
        stop.set()
        await asyncio.gather(working, return_exceptions=True)


@asynccontextmanager
async def _parts(harness: Harness) -> AsyncIterator[tuple[Connections, SqliteInbox]]:
    settings = harness.settings()
    async with AsyncExitStack() as stack:
        inbox = await SqliteInbox.open(harness.store)
        stack.push_async_callback(inbox.close)
        yield (
            await Connections.open(
                stack, settings, inbox, Metrics(), clock=harness.clock, markup=shared_reader()
            ),
            inbox,
        )


async def _is_idle(inbox: SqliteInbox) -> bool:
    depth = await inbox.depth()
    return not (depth.get(DeliveryState.QUEUED) or depth.get(DeliveryState.RUNNING))
