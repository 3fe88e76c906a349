"""A store on disk, and what the events' handlers are given beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.events.handle import Handler
from bot.events.repository import RepositoryWork
from bot.events.review import Hint
from bot.inbox.delivery import Delivery, DeliveryKind
from bot.inbox.protocol import Batch
from bot.peps.number import PepNumber
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.sql import SqlStore
from tests.builders import NOW, body_of, repository, subject


class Nobody:
    """Clients of an app that is installed on some repositories only."""

    def __init__(self) -> None:
        self.installations: dict[str, int] = {}

    async def installation_of(self, full_name: str) -> int | None:
        return self.installations.get(full_name)


class Forgotten:
    """Notes which repositories' cached facts are to be read anew."""

    def __init__(self) -> None:
        self.repositories: list[Repository] = []

    def forget(self, repository: Repository) -> None:
        self.repositories.append(repository)


class Reviews:
    """Notes what is to be reviewed, and why."""

    def __init__(self) -> None:
        self.asked: list[tuple[Subject, Hint]] = []

    async def review(self, subject: Subject, hint: Hint) -> None:
        self.asked.append((subject, hint))


@dataclass
class Desk:
    """Handler and repository work over a real store, with everything else noted only."""

    store: SqlStore
    clients: Nobody = field(default_factory=Nobody)
    facts: Forgotten = field(default_factory=Forgotten)
    reviews: Reviews = field(default_factory=Reviews)
    queued: list[Delivery] = field(default_factory=list)

    @property
    def work(self) -> RepositoryWork:
        return RepositoryWork(
            clients=self.clients,
            facts=self.facts,
            store=self.store,
            enqueue=self.enqueue,
            clock=lambda: NOW,
        )

    @property
    def handler(self) -> Handler:
        return Handler(
            clients=self.clients,
            store=self.store,
            reviewer=self.reviews,
            repository_work=self.work,
            clock=lambda: NOW,
        )

    async def enqueue(self, delivery: Delivery) -> None:
        self.queued.append(delivery)

    async def handle(
        self, *events: tuple[str, dict[str, object]], key: str = "python/peps#4422"
    ) -> None:
        """Have one batch of (event, payload) handled."""
        deliveries = tuple(
            delivery(event, payload, f"d{place}", key)
            for place, (event, payload) in enumerate(events, start=1)
        )
        await self.handler(Batch(key, deliveries, 1))

    async def remember(self, number: int, **values: object) -> None:
        """Remember a pull request as reviewed; its numbers are what others ask for."""
        fields = {"state": PullRequestState.OPEN, "head_sha": f"{number:040}"} | values
        await self.store.remember(subject(number), Memory(**fields))

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
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    store = SqlStore(database)
    await store.add_repository(repository())
    yield Desk(store)
    await database.close()
