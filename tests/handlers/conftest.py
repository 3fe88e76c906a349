"""A store on disk, and what the events' handlers are given beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.github.client.throttle import Quota
from bot.github.read.accounts import EditorsReading
from bot.github.read.base_branch import BaseBranch
from bot.github.read.people_reader import CoreTeamReading
from bot.github.read.pull_request import Hint
from bot.github.read.snapshot_reader import Reading
from bot.handlers.handle import Handler
from bot.handlers.invalidator import review_others
from bot.inbox.delivery import Batch, Delivery, DeliveryKind
from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.policy.model import Policy
from bot.review.snapshot import Base, Memory, PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.store import Store
from tests.apps import NotingInbox, fake_app
from tests.builders import NOW, body_of, other_change, repository, snapshot, subject
from tests.empty_store import put_empty_store


class FakeClients:
    """Clients of an app that is installed on some repositories only."""

    def __init__(self) -> None:
        self.installations: dict[str, int] = {}
        self.last_known = Quota()

    async def for_repository(self, full_name: str, installation: int) -> object:
        return None

    async def installation_of(self, full_name: str) -> int | None:
        return self.installations.get(full_name)

    def quota(self, installation: int) -> Quota:
        return self.last_known


class FakeBaseBranchReader:
    """What is on the base branch; notes which repositories are to be read anew."""

    def __init__(self) -> None:
        self.repositories: list[Repository] = []
        self.published = {790}
        self.policy: Policy = default_policy()

    async def at(
        self, client: object, repository: Repository, branch: str = "main", *, default: str = ""
    ) -> BaseBranch:
        published = frozenset(map(PepNumber, self.published))
        return BaseBranch(published, None, None, self.policy)

    async def forget(self, repository: Repository) -> None:
        self.repositories.append(repository)


class FakePeopleReader:
    """Who is who, without anybody who could be read."""

    async def core_team(self, *_: object, refresh: bool) -> CoreTeamReading:
        return CoreTeamReading(None)

    async def editors(self, *_: object, refresh: bool) -> EditorsReading:
        return EditorsReading(None)


class FakeReader:
    """Notes which pull requests are read, and how; each is closed and touches no PEP."""

    def __init__(self) -> None:
        self.asked: list[tuple[Subject, Hint]] = []
        self.fault: Exception | None = None

    async def read(self, subject: Subject, memory: Memory, hint: Hint, **_: object) -> Reading:
        self.asked.append((subject, hint))
        if self.fault is not None:
            raise self.fault
        closed = snapshot(change=other_change(), state=PullRequestState.CLOSED)
        base = Base("main", None, is_pep_repository=False)
        return Reading(replace(closed, subject=subject, base=base))

    async def renumbered(self, snapshot: Snapshot) -> Snapshot:
        return snapshot


@dataclass
class Desk:
    """Handlers over a real store, with GitHub and the inbox noted only."""

    database: Any
    clients: FakeClients = field(default_factory=FakeClients)
    base_branch: FakeBaseBranchReader = field(default_factory=FakeBaseBranchReader)
    reviews: FakeReader = field(default_factory=FakeReader)
    inbox: NotingInbox = field(default_factory=NotingInbox)

    @property
    def app(self) -> App:
        return fake_app(
            self.database,
            inbox=self.inbox,
            clients=self.clients,
            base_branch=self.base_branch,
            people=FakePeopleReader(),
            reader=self.reviews,
        )

    @property
    def store(self) -> Store:
        return self.app.store

    @property
    def queued(self) -> list[Delivery]:
        return self.inbox.queued

    async def handle(
        self, *events: tuple[str, dict[str, object]], key: str = "python/peps#4422"
    ) -> None:
        """Have one batch of (event, payload) handled."""
        deliveries = tuple(
            delivery(event, payload, f"d{place}", key)
            for place, (event, payload) in enumerate(events, start=1)
        )
        await self.handle_batch(Batch(key, deliveries, 1))

    async def handle_as(
        self, id_: str, event: str, payload: dict[str, object], key: str = "python/peps"
    ) -> None:
        """Have one delivery with this id handled."""
        await self.handle_batch(Batch(key, (delivery(event, payload, id_, key),), 1))

    async def handle_batch(self, batch: Batch) -> None:
        await Handler(self.app)(batch)

    async def remember(self, number: int, **values: object) -> None:
        """Remember a pull request as reviewed; its numbers are what others ask for."""
        fields = {
            "state": PullRequestState.OPEN,
            "head_sha": f"{number:040}",
            "base": "main",
        } | values
        await self.store.remember(subject(number), Memory(**fields))

    async def settle(self) -> None:
        """Let everything that is remembered count as reviewed for what stands now."""
        await review_others(self.app, repository(), "settled", bases=["main"])
        self.queued.clear()
        self.base_branch.repositories.clear()

    async def claim(self, number: int, *peps: int) -> None:
        await self.store.set_claims(subject(number), map(PepNumber, peps))

    @property
    def queued_keys(self) -> list[str]:
        return [delivery.key for delivery in self.queued]


def delivery(
    event: str, payload: dict[str, object], id_: str = "d1", key: str = "python/peps#4422"
) -> Delivery:
    action = str(payload.get("action", ""))
    return Delivery(id_, event, action, key, DeliveryKind.REVIEW, body_of(payload), NOW)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    put_empty_store(tmp_path / "bot.sqlite3")
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    await Store(database).add_repository(repository())
    yield Desk(database)
    await database.close()
