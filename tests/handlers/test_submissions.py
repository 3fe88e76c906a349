"""What is heard of submissions reaches everybody it concerns, whatever breaks in between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.handlers.handle import Handler
from bot.inbox.delivery import Batch, Delivery, DeliveryKind
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.store import Store
from bot.store.submissions import SubmissionStore
from tests.apps import fake_app
from tests.builders import NOW, body_of, repository, subject
from tests.empty_store import put_empty_store
from tests.handlers.conftest import FakeBaseBranchReader, FakeClients, FakeReader

COUNCIL = Repository("python/steering-council", 7)
ISSUE = Subject(COUNCIL, 12)


def issue(**changed: object) -> dict[str, object]:
    return {
        "number": 12,
        "title": "PEP 791 -- imath",
        "body": "Please consider PEP 791",
        "html_url": "https://github.com/python/steering-council/issues/12",
        "state": "open",
        "created_at": "2025-05-12T10:00:00Z",
        "updated_at": "2025-05-12T10:00:00Z",
        "closed_at": None,
        "user": {"login": "nova", "type": "User"},
        "author_association": "NONE",
    } | changed


def event(action: str, id_: str = "d1", *, at: Repository = COUNCIL, **changed: object) -> Delivery:
    payload = {
        "action": action,
        "issue": issue(**changed),
        "repository": {"full_name": at.full_name},
        "installation": {"id": at.installation},
    }
    key = Subject(at, 12).key
    return Delivery(id_, "issues", action, key, DeliveryKind.REVIEW, body_of(payload), NOW)


@dataclass
class Harness:
    """Submissions over a real store; what is queued is noted, or fails."""

    database: Any
    queued: dict[str, Delivery] = field(default_factory=dict)
    failures: int = 0

    async def accept(self, delivery: Delivery) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the process died here")
        self.queued.setdefault(delivery.id, delivery)

    @property
    def store(self) -> Store:
        return Store(self.database)

    @property
    def submissions(self) -> SubmissionStore:
        return SubmissionStore(self.database, lambda: NOW)

    async def receive(self, *events: Delivery) -> None:
        app = fake_app(
            self.database,
            inbox=self,
            clients=FakeClients(),
            base_branch=FakeBaseBranchReader(),
            reader=FakeReader(),
        )
        await Handler(app)(Batch(events[0].key, events, 1))

    @property
    def keys(self) -> list[str]:
        return sorted(f"{one.event} {one.key}" for one in self.queued.values())


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    put_empty_store(tmp_path / "bot.sqlite3")
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    store = Store(database)
    for known in (repository(), COUNCIL):
        await store.add_repository(known)
    for number, peps, state in (
        (1, {791}, PullRequestState.OPEN),
        (2, {790, 791}, PullRequestState.MERGED),
        (3, {790}, PullRequestState.OPEN),
    ):
        await store.remember(subject(number), Memory(state=state, touches=frozenset(peps)))
    yield Harness(database)
    await database.close()


NOTIFIED = ["review python/peps#1", "submission python/steering-council#12"]


async def test_news_reaches_the_open_pull_requests_that_touch_the_pep(harness: Harness) -> None:
    await harness.receive(event("opened"))
    assert harness.keys == NOTIFIED
    (known,) = await harness.submissions.submissions(["python/steering-council"])
    assert (known.pep, known.is_open, known.opened_at) == (791, True, NOW)


async def test_a_change_of_nothing_visible_notifies_nobody(harness: Harness) -> None:
    await harness.receive(event("opened"))
    harness.queued.clear()
    await harness.receive(event("edited", "d2", body="Other.", updated_at="2025-05-13T10:00:00Z"))
    assert harness.keys == []


async def test_another_title_is_no_news_to_pull_requests(harness: Harness) -> None:
    await harness.receive(event("opened"))
    harness.queued.clear()
    await harness.receive(
        event("edited", "d2", title="PEP 791 -- x", updated_at="2025-05-13T10:00:00Z")
    )
    assert harness.keys == NOTIFIED[1:], "the line below it is looked at"
    (known,) = await harness.submissions.submissions(["python/steering-council"])
    assert known.title == "PEP 791 -- x"
    assert await harness.store.intents(ISSUE) == []


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_repeated_run_ends_what_the_one_before_began(
    harness: Harness, failures: int
) -> None:
    opened = event("opened")
    for _ in range(failures):
        harness.failures = 1
        with pytest.raises(ConnectionError):
            await harness.receive(opened)
    await harness.receive(opened)
    assert harness.keys == NOTIFIED
    assert await harness.store.intents(ISSUE) == []


async def test_a_deleted_submission_is_notified_after_a_crash_too(harness: Harness) -> None:
    await harness.receive(event("opened"))
    harness.queued.clear()
    harness.failures = 1
    deletion = event("deleted", "d2")
    with pytest.raises(ConnectionError):
        await harness.receive(deletion)
    await harness.receive(deletion)
    assert harness.keys == NOTIFIED[:1]
    assert await harness.submissions.on(ISSUE) is None


async def test_another_pep_concerns_both(harness: Harness) -> None:
    await harness.receive(event("opened"))
    harness.queued.clear()
    await harness.receive(
        event("edited", "d2", title="PEP 790: x", body="", updated_at="2025-05-13T10:00:00Z")
    )
    # By a newcomer and without a word: nothing is submitted any more.
    assert harness.keys == NOTIFIED[:1]
    harness.queued.clear()
    await harness.receive(
        event("edited", "d3", title="PEP 790: x", body="P.", updated_at="2025-05-14T10:00:00Z")
    )
    assert harness.keys == ["review python/peps#3", "submission python/steering-council#12"]


async def test_events_of_a_batch_count_in_their_order_and_stale_ones_not(harness: Harness) -> None:
    closed = event(
        "closed",
        "d2",
        state="closed",
        closed_at="2025-05-20T10:00:00Z",
        updated_at="2025-05-20T10:00:00Z",
    )
    await harness.receive(event("opened"), closed)
    await harness.receive(event("edited", "d3"), event("edited", "d4", title="Hello", body="Hi."))
    known = await harness.submissions.on(ISSUE)
    assert known is not None
    assert not known.is_open


@pytest.mark.parametrize(
    "changed",
    [
        {"user": {"login": "x[bot]", "type": "Bot"}},
        {"performed_via_github_app": {"id": 1}},
        {"pull_request": {"url": "https://api.github.com/x"}},
        {"title": None},
        {"number": "12"},
        {"created_at": "yesterday"},
        {"html_url": 3},
        {"body": None},
    ],
)
async def test_what_is_no_submission_by_a_person_is_not_kept(
    harness: Harness, changed: dict[str, object]
) -> None:
    await harness.receive(event("opened", **changed))
    assert harness.keys == []
    assert await harness.submissions.on(ISSUE) is None


async def test_what_is_submitted_where_nobodys_policy_looks_concerns_nobody(
    harness: Harness,
) -> None:
    home = Repository("eve/decisions", 99)
    await harness.store.add_repository(home)
    await harness.receive(event("opened", at=home))
    assert harness.keys == []
    assert await harness.store.intents(Subject(home, 12)) == []


async def test_another_day_of_closing_is_news(harness: Harness) -> None:
    for day in ("13", "14"):
        harness.queued.clear()
        at = f"2025-05-{day}T10:00:00Z"
        await harness.receive(
            event("closed", f"d{day}", state="closed", closed_at=at, updated_at=at)
        )
        assert harness.keys == ["review python/peps#1"]
