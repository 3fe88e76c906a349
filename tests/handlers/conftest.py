"""A store on disk, and what the events' handlers are given beside it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.github.read.base_branch import BaseBranch
from bot.github.read.people_reader import CoreTeamReading, EditorsReading
from bot.handlers.command_runner import CommandRunner
from bot.handlers.handle import Handler
from bot.handlers.invalidator import Invalidator
from bot.handlers.names import RepositoryResolver
from bot.handlers.repository import RepositoryWork
from bot.handlers.review import Hint
from bot.inbox.delivery import Delivery, DeliveryKind
from bot.inbox.protocol import Batch
from bot.metrics import Metrics
from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.policy.model import Policy
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.commands import SqlCommandStore
from bot.store.database import open_database
from bot.store.names import SqlRepositoryNames
from bot.store.sql import SqlStore
from tests.builders import NOW, body_of, repository, subject
from tests.empty_store import put_empty_store


class FakeClients:
    """Clients of an app that is installed on some repositories only."""

    def __init__(self) -> None:
        self.installations: dict[str, int] = {}

    async def for_repository(self, full_name: str, installation: int) -> object:
        return None

    async def installation_of(self, full_name: str) -> int | None:
        return self.installations.get(full_name)


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


class Unused:
    """Writes no answers."""


class FakeSubmissionWork:
    """Has no submissions."""

    async def pushed(self, *_: object) -> None:
        return None


class FakeRedelivery:
    """Counts the looks at what failed."""

    def __init__(self) -> None:
        self.runs = 0

    async def check(self) -> None:
        self.runs += 1


class FakeIssueWork:
    """Notes which issues were handled."""

    def __init__(self) -> None:
        self.changed_ones: list[Subject] = []

    async def changed(self, subject: Subject, payloads: object) -> None:
        self.changed_ones.append(subject)


class FakeReviewer:
    """Notes what is to be reviewed, and why."""

    def __init__(self) -> None:
        self.asked: list[tuple[Subject, Hint]] = []
        self.fault: Exception | None = None

    async def review(self, subject: Subject, hint: Hint) -> None:
        self.asked.append((subject, hint))
        if self.fault is not None:
            raise self.fault


@dataclass
class FakeRegisterWork:
    """Notes the repositories whose published PEPs are looked through."""

    read: list[Repository] = field(default_factory=list)

    async def update(
        self, repository: Repository, branch: str | None = None, pushed: object = ()
    ) -> None:
        self.read.append(repository)


@dataclass
class Desk:
    """Handler and repository work over a real store, with everything else noted only."""

    store: SqlStore
    commands: SqlCommandStore
    clients: FakeClients = field(default_factory=FakeClients)
    base_branch: FakeBaseBranchReader = field(default_factory=FakeBaseBranchReader)
    reviews: FakeReviewer = field(default_factory=FakeReviewer)
    issues: FakeIssueWork = field(default_factory=FakeIssueWork)
    redelivery: FakeRedelivery = field(default_factory=FakeRedelivery)
    register: FakeRegisterWork = field(default_factory=FakeRegisterWork)
    queued: list[Delivery] = field(default_factory=list)

    @property
    def invalidator(self) -> Invalidator:
        return Invalidator(
            clients=self.clients,
            base_branch=self.base_branch,
            store=self.store,
            enqueue=self.enqueue,
            clock=lambda: NOW,
        )

    @property
    def names(self) -> RepositoryResolver:
        return RepositoryResolver(
            clients=self.clients,
            store=self.store,
            names=SqlRepositoryNames(self.store._database),
            enqueue=self.enqueue,
            clock=lambda: NOW,
        )

    @property
    def work(self) -> RepositoryWork:
        return RepositoryWork(
            clients=self.clients,
            base_branch=self.base_branch,
            people=FakePeopleReader(),
            invalidator=self.invalidator,
            names=self.names,
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
            issues=self.issues,
            runner=CommandRunner(self.commands, self.store, Unused(), Unused(), Metrics()),
            redelivery=self.redelivery,
            queue=Unused(),
            register=self.register,
            reminders=Unused(),
            submissions=FakeSubmissionWork(),
            names=self.names,
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
        fields = {
            "state": PullRequestState.OPEN,
            "head_sha": f"{number:040}",
            "base": "main",
        } | values
        await self.store.remember(subject(number), Memory(**fields))

    async def settle(self) -> None:
        """Let everything that is remembered count as reviewed for what stands now."""
        await self.invalidator.review(repository(), "settled", bases=["main"])
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
    store = SqlStore(database)
    await store.add_repository(repository())
    yield Desk(store, SqlCommandStore(database))
    await database.close()
