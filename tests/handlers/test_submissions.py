"""What is heard of submissions reaches everybody it concerns, whatever breaks in between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.handlers.submissions import Submissions
from bot.inbox.delivery import Delivery, DeliveryKind
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.sql import SqlStore
from bot.store.submissions import SqlSubmissionStore
from tests.builders import NOW, repository, subject
from tests.empty_store import put_empty_store

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


def event(action: str, id_: str = "d1", **changed: object) -> tuple[Delivery, dict[str, object]]:
    delivery = Delivery(id_, "issues", action, ISSUE.key, DeliveryKind.REVIEW, b"{}", NOW)
    return delivery, {"action": action, "issue": issue(**changed)}


@dataclass
class Room:
    """Submissions over a real store; what is queued is noted, or fails."""

    store: SqlStore
    submissions: SqlSubmissionStore
    queued: dict[str, Delivery] = field(default_factory=dict)
    failures: int = 0

    async def enqueue(self, delivery: Delivery) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the process died here")
        self.queued.setdefault(delivery.id, delivery)

    @property
    def work(self) -> Submissions:
        return Submissions(
            store=self.store,
            submissions=self.submissions,
            enqueue=self.enqueue,
            clock=lambda: NOW,
        )

    async def hear(self, *events: tuple[Delivery, dict[str, object]]) -> None:
        await self.work.heard(ISSUE, events)

    @property
    def keys(self) -> list[str]:
        return sorted(f"{one.event} {one.key}" for one in self.queued.values())


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    put_empty_store(tmp_path / "bot.sqlite3")
    database = await open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    store = SqlStore(database)
    for known in (repository(), COUNCIL):
        await store.add_repository(known)
    for number, peps, state in (
        (1, {791}, PullRequestState.OPEN),
        (2, {790, 791}, PullRequestState.MERGED),
        (3, {790}, PullRequestState.OPEN),
    ):
        await store.remember(subject(number), Memory(state=state, touches=frozenset(peps)))
    yield Room(store, SqlSubmissionStore(database, lambda: NOW))
    await database.close()


TOLD = ["review python/peps#1", "submission python/steering-council#12"]


async def test_news_reaches_the_open_pull_requests_that_touch_the_pep(room: Room) -> None:
    await room.hear(event("opened"))
    assert room.keys == TOLD
    (known,) = await room.submissions.submissions(["python/steering-council"])
    assert (known.pep, known.is_open, known.opened_at) == (791, True, NOW)


async def test_what_changes_nothing_that_is_told_is_no_news(room: Room) -> None:
    await room.hear(event("opened"))
    room.queued.clear()
    await room.hear(event("edited", "d2", body="Other.", updated_at="2025-05-13T10:00:00Z"))
    assert room.keys == []


async def test_another_title_is_no_news_to_pull_requests(room: Room) -> None:
    await room.hear(event("opened"))
    room.queued.clear()
    await room.hear(event("edited", "d2", title="PEP 791 -- x", updated_at="2025-05-13T10:00:00Z"))
    assert room.keys == TOLD[1:], "the line below it is looked at"
    (known,) = await room.submissions.submissions(["python/steering-council"])
    assert known.title == "PEP 791 -- x"
    assert await room.store.intents(ISSUE) == []


@pytest.mark.parametrize("failures", [1, 2])
async def test_a_repeated_run_ends_what_the_one_before_began(room: Room, failures: int) -> None:
    told = event("opened")
    for _ in range(failures):
        room.failures = 1
        with pytest.raises(ConnectionError):
            await room.hear(told)
    await room.hear(told)
    assert room.keys == TOLD
    assert await room.store.intents(ISSUE) == []


async def test_a_forgotten_one_is_told_too_after_a_crash(room: Room) -> None:
    await room.hear(event("opened"))
    room.queued.clear()
    room.failures = 1
    gone = event("deleted", "d2")
    with pytest.raises(ConnectionError):
        await room.hear(gone)
    await room.hear(gone)
    assert room.keys == TOLD[:1]
    assert await room.submissions.on(ISSUE) is None


async def test_another_pep_concerns_both(room: Room) -> None:
    await room.hear(event("opened"))
    room.queued.clear()
    await room.hear(
        event("edited", "d2", title="PEP 790: x", body="", updated_at="2025-05-13T10:00:00Z")
    )
    # By a newcomer and without a word: nothing is submitted any more.
    assert room.keys == TOLD[:1]
    room.queued.clear()
    await room.hear(
        event("edited", "d3", title="PEP 790: x", body="P.", updated_at="2025-05-14T10:00:00Z")
    )
    assert room.keys == ["review python/peps#3", "submission python/steering-council#12"]


async def test_events_of_a_batch_count_in_their_order_and_stale_ones_not(room: Room) -> None:
    closed = event(
        "closed",
        "d2",
        state="closed",
        closed_at="2025-05-20T10:00:00Z",
        updated_at="2025-05-20T10:00:00Z",
    )
    await room.hear(event("opened"), closed)
    await room.hear(event("edited", "d3"), event("edited", "d4", title="Hello", body="Hi."))
    known = await room.submissions.on(ISSUE)
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
    room: Room, changed: dict[str, object]
) -> None:
    await room.hear(event("opened", **changed))
    assert room.keys == []
    assert await room.submissions.on(ISSUE) is None


async def test_what_is_submitted_where_nobodys_policy_looks_concerns_nobody(room: Room) -> None:
    home = Repository("eve/decisions", 99)
    await room.store.add_repository(home)
    delivery, payload = event("opened")
    await room.work.heard(Subject(home, 12), [(delivery, payload)])
    assert room.keys == []
    assert await room.store.intents(Subject(home, 12)) == []


async def test_another_day_of_closing_is_news(room: Room) -> None:
    for day in ("13", "14"):
        room.queued.clear()
        at = f"2025-05-{day}T10:00:00Z"
        await room.hear(event("closed", f"d{day}", state="closed", closed_at=at, updated_at=at))
        assert room.keys == ["review python/peps#1"]
