"""Deliveries that arrive while others are being stored share one transaction.

A commit costs a write to the disk and several trips to the server, whatever it holds; so a burst
costs few of them, and each delivery is answered only after the commit that holds it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.inbox.delivery import Delivery
from bot.inbox.protocol import Acceptance, InboxUnavailable

_MOST = 100

Store = Callable[[Sequence[Delivery]], Awaitable[Sequence[Acceptance]]]
"""Commits deliveries in one transaction, and says of each whether it was new."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    delivery: Delivery
    answer: "asyncio.Future[Acceptance]"


class Together:
    """Hands deliveries on in groups, one group after another."""

    def __init__(self, store: Store) -> None:
        """Hand groups on to `store`."""
        self._store = store
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    async def accept(self, delivery: Delivery) -> Acceptance:
        """Have a delivery stored; it is stored even if nobody waits for the answer any more.

        Raises:
            InboxUnavailable: Nothing was written.
        """
        answer: asyncio.Future[Acceptance] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(delivery, answer))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_all())
        return await answer

    async def close(self) -> None:
        """Return once all that was accepted is stored, or refused."""
        if self._storing is not None:
            await asyncio.wait({self._storing})

    async def _store_all(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                await self._store_group(group)
        finally:
            self._storing = None

    async def _store_group(self, group: Sequence[_Waiting]) -> None:
        try:
            answers = await self._store([waiting.delivery for waiting in group])
        except Exception as fault:
            if isinstance(fault, InboxUnavailable):
                # What arrived meanwhile has waited long enough to be told the same.
                group, self._waiting = [*group, *self._waiting], []
            elif len(group) > 1:
                # One that cannot be stored does not take the others with it.
                for waiting in group:
                    await self._store_group([waiting])
                return
            for waiting in group:
                if not waiting.answer.done():
                    waiting.answer.set_exception(fault)
        else:
            for waiting, answer in zip(group, answers, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(answer)
