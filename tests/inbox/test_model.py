"""Any sequence of what can happen to an inbox ends as it does in a model of a few lines."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.inbox.delivery import DeliveryKind, DeliveryState, Priority
from bot.inbox.protocol import Acceptance, Batch
from tests.inbox.builders import OPENERS, TurnedClock, act, ids, review
from tests.postgres import PostgresServer, ServerClock

T = TypeVar("T")

KEYS = ("python/peps#1", "python/peps#2", "python/peps#3")


@dataclass
class _Row:
    name: str
    key: str
    kind: DeliveryKind
    priority: Priority
    state: DeliveryState = DeliveryState.QUEUED
    not_before: datetime | None = None
    attempts: int = 0
    failures: int = 0
    ends: int = 0

    @property
    def is_suspect(self) -> bool:
        unfinished = self.state in {DeliveryState.QUEUED, DeliveryState.RUNNING}
        return unfinished and self.ends > 1


@dataclass
class _Model:
    rows: list[_Row] = field(default_factory=list)

    def named(self, name: str) -> _Row | None:
        return next((row for row in self.rows if row.name == name), None)

    def members(self, batch: Batch) -> list[_Row]:
        return [row for row in self.rows if row.name in ids(batch)]

    def due(self, now: datetime) -> list[list[_Row]]:
        """The batches that may be claimed now, with the rows of each.

        What was there twice when the process ended comes first; but one of it is claimed alone.
        """
        batches = self._waiting(now)
        running = [row for row in self.rows if row.state is DeliveryState.RUNNING]
        suspects = {row.key for row in self.rows if row.is_suspect}
        if any(row.is_suspect for row in running):
            return []
        alone = [batch for batch in batches if batch[0].key in suspects]
        return [] if alone and running else alone or batches

    def is_one_to_be_alone(self) -> bool:
        return any(row.is_suspect for row in self.rows)

    def _waiting(self, now: datetime) -> list[list[_Row]]:
        """The batches whose time has come, oldest first."""
        batches = []
        for key in dict.fromkeys(row.key for row in self.rows):
            mine = [row for row in self.rows if row.key == key]
            queued = [row for row in mine if row.state is DeliveryState.QUEUED]
            if any(row.state is DeliveryState.RUNNING for row in mine) or not queued:
                continue
            if (queued[0].not_before or now) > now:
                continue
            batch = [queued[0]]
            if queued[0].kind is DeliveryKind.REVIEW:
                for row in queued[1:]:
                    if row.kind is DeliveryKind.ACT:
                        break
                    batch.append(row)
            batches.append(batch)
        return sorted(
            batches, key=lambda batch: (-self.priority(batch[0].key), self.rows.index(batch[0]))
        )

    def priority(self, key: str) -> Priority:
        unfinished = {DeliveryState.QUEUED, DeliveryState.RUNNING}
        return max(row.priority for row in self.rows if row.key == key and row.state in unfinished)


class InboxMachine(RuleBasedStateMachine):
    def __init__(
        self, kind: str, places: Callable[[TurnedClock], AbstractContextManager[str]]
    ) -> None:
        super().__init__()
        self._kind = kind
        self._around = ExitStack()
        self._runner = asyncio.Runner()
        self._clock = TurnedClock()
        self._place = self._around.enter_context(places(self._clock))
        self._model = _Model()
        self._claimed: list[Batch] = []
        self._open()

    def _open(self) -> None:
        self._inbox = self._run(OPENERS[self._kind](self._place, clock=self._clock))

    def _run(self, awaitable: Awaitable[T]) -> T:
        async def wait() -> T:
            return await awaitable

        return self._runner.run(wait())

    def teardown(self) -> None:
        self._run(self._inbox.close())
        self._runner.close()
        self._around.close()

    @rule(
        number=st.integers(0, 30),
        key=st.sampled_from(KEYS),
        is_act=st.booleans(),
        priority=st.sampled_from(Priority),
    )
    def accept(self, number: int, key: str, is_act: bool, priority: Priority) -> None:
        name = f"d{number}"
        delivery = (act if is_act else review)(name, key, priority=priority)
        answer = self._run(self._inbox.accept(delivery))
        known = self._model.named(name)
        if known is None:
            kind = DeliveryKind.ACT if is_act else DeliveryKind.REVIEW
            self._model.rows.append(_Row(name, key, kind, priority))
            assert answer is Acceptance.ACCEPTED
        elif known.state is DeliveryState.DEAD:
            self._requeue(known)
            assert answer is Acceptance.ACCEPTED
        else:
            assert answer is Acceptance.DUPLICATE

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        batches = self._run(self._inbox.claim(limit))
        expected = self._model.due(self._clock())
        if self._kind == "postgres":
            expected = self._in_the_order_of(batches, expected)
        expected = expected[: 1 if self._model.is_one_to_be_alone() else limit]
        assert [ids(batch) for batch in batches] == [
            [row.name for row in rows] for rows in expected
        ]
        for batch, rows in zip(batches, expected, strict=True):
            for row in rows:
                row.state = DeliveryState.RUNNING
                row.attempts += 1
            assert batch.attempt == max(row.attempts for row in rows)
            assert batch.failures == max(row.failures for row in rows)
        self._claimed.extend(batches)

    def _in_the_order_of(self, batches: Sequence[Batch], due: list[list[_Row]]) -> list[list[_Row]]:
        """The due batches, those of equal priority in the order in which they were claimed.

        There the job engine goes by how long a key has had its priority, not by its oldest row.
        """
        claimed = [batch.key for batch in batches]

        def place(rows: list[_Row]) -> tuple[int, int]:
            key = rows[0].key
            at = claimed.index(key) if key in claimed else len(claimed)
            return -self._model.priority(key), at

        return sorted(due, key=place)

    @precondition(lambda self: self._claimed)
    @rule(data=st.data(), how=st.sampled_from(("finish", "retry", "hand_back", "bury")))
    def settle(self, data: st.DataObject, how: str) -> None:
        batch = self._claimed.pop(data.draw(st.integers(0, len(self._claimed) - 1)))
        rows = self._model.members(batch)
        match how:
            case "finish":
                self._run(self._inbox.finish(batch))
                for row in rows:
                    row.state = DeliveryState.DONE
            case "retry":
                at = self._clock() + timedelta(minutes=data.draw(st.integers(0, 3)))
                counted = data.draw(st.booleans())
                self._run(self._inbox.retry(batch, at, "x", counted=counted))
                for row in rows:
                    row.state, row.not_before = DeliveryState.QUEUED, at
                    row.failures += counted
                    row.ends = 0
            case "hand_back":
                self._run(self._inbox.hand_back(batch))
                for row in rows:
                    row.state, row.not_before = DeliveryState.QUEUED, None
                    row.attempts -= 1
            case _:
                self._run(self._inbox.bury(batch, "x"))
                for row in rows:
                    row.state = DeliveryState.DEAD

    @rule(number=st.integers(0, 30))
    def replay(self, number: int) -> None:
        known = self._model.named(f"d{number}")
        over = known is not None and known.state in {DeliveryState.DONE, DeliveryState.DEAD}
        assert self._run(self._inbox.replay(f"d{number}")) is over
        if known is not None and over:
            self._requeue(known)

    @rule(minutes=st.integers(0, 4))
    def let_time_pass(self, minutes: int) -> None:
        self._clock.turn(minutes=minutes)

    @rule()
    def restart(self) -> None:
        self._run(self._inbox.close())
        self._claimed.clear()
        running = [row for row in self._model.rows if row.state is DeliveryState.RUNNING]
        for row in running:
            row.state, row.not_before = DeliveryState.QUEUED, None
            row.attempts -= 1
            row.failures += len({one.key for one in running}) == 1
            row.ends += 1
        self._open()

    @invariant()
    def the_depth_is_that_of_the_model(self) -> None:
        depth = self._run(self._inbox.depth())
        for state in DeliveryState:
            assert depth[state] == sum(row.state is state for row in self._model.rows)

    def _requeue(self, row: _Row) -> None:
        row.state, row.not_before = DeliveryState.QUEUED, None
        row.attempts = row.failures = row.ends = 0


@contextmanager
def _file(clock: TurnedClock) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"{folder}/bot.sqlite3"


EXAMPLES = [10, pytest.param(45, marks=pytest.mark.exhaustive)]


@pytest.mark.parametrize("examples", EXAMPLES)
def test_the_embedded_inbox_against_the_model(examples: int) -> None:
    _run(lambda: InboxMachine("sqlite", _file), examples=examples)


@pytest.mark.postgres
@pytest.mark.parametrize("examples", EXAMPLES)
def test_the_inbox_in_postgresql_against_the_model(
    postgres_server: PostgresServer, examples: int
) -> None:
    @contextmanager
    def database(clock: TurnedClock) -> Iterator[str]:
        with postgres_server.store() as url:
            server_clock = ServerClock.of(url)
            server_clock.set(clock.now)
            clock.followers.append(server_clock.set)
            yield url

    # A server makes each step slow, and finding a shorter example takes thousands of them.
    phases = set(Phase) - {Phase.shrink, Phase.explain}
    _run(lambda: InboxMachine("postgres", database), examples=examples // 3, phases=phases)


def _run(
    machine: Callable[[], InboxMachine], *, examples: int, phases: Collection[Phase] = tuple(Phase)
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            phases=phases,
        ),
    )
