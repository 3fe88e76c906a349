"""Submissions are remembered, newest news first, on every database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.review.decision.submission import Submission
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.documents import PUBLIC_FOR, Visibility
from bot.store.store import Store
from bot.store.submissions import SubmissionComment, SubmissionStore
from tests.store.builders import NOON

COUNCIL = Repository("python/steering-council", 7)
TYPING = Repository("Python/typing-council", 7)
ISSUE = Subject(COUNCIL, 12)
TOLD = Submission(
    tracker="python/steering-council",
    number=12,
    pep=PepNumber(750),
    title="PEP 750 -- Template Strings \N{SNAKE}",
    url="https://github.com/python/steering-council/issues/12",
    is_open=True,
    opened_at=NOON,
    closed_at=None,
    updated_at=NOON,
)
CLOSED = replace(
    TOLD, is_open=False, closed_at=NOON + timedelta(days=9), updated_at=NOON + timedelta(days=9)
)
TRACKERS = ["Python/Steering-Council"]


PEPS = Repository("python/peps", 7)


@pytest.fixture
async def store(url: str) -> AsyncIterator[SubmissionStore]:
    database = await open_database(url)
    for known in (PEPS, COUNCIL, TYPING):
        await Store(database).add_repository(known)
    yield SubmissionStore(database, lambda: NOON)
    await database.close()


async def test_what_was_told_is_told_again(store: SubmissionStore) -> None:
    other = replace(TOLD, number=2, pep=PepNumber(649), opened_at=NOON - timedelta(days=1))
    elsewhere = replace(TOLD, tracker="python/typing-council")
    for one in (TOLD, other, elsewhere):
        assert await store.keep(one)
        assert not await store.keep(one)
    assert await store.submissions(TRACKERS) == [other, TOLD]
    assert await store.submissions([]) == []
    assert await store.for_deciders(default_policy(), PEPS) == [other, TOLD]
    assert await store.of([750, 1], PEPS) == [TOLD, elsewhere]
    assert await store.of([], PEPS) == []
    assert await store.on(Subject(Repository("PYTHON/steering-council", 1), 12)) == TOLD
    assert await store.on(Subject(COUNCIL, 13)) is None


async def test_another_installation_knows_of_trackers_that_are_public_alone(url: str) -> None:
    database = await open_database(url)
    store, now = Store(database), NOON
    visibility = Visibility(store, lambda: now)
    submissions = SubmissionStore(database, lambda: now)
    rival, near = Repository("mallory/peps", 8), Repository("python/drafts", 7)
    for known in (PEPS, COUNCIL, near, rival):
        await store.add_repository(known)
    await submissions.keep(TOLD)

    async def told(reader: Repository) -> bool:
        (of,) = await submissions.of([750], reader) or [None]
        (decided,) = await submissions.for_deciders(default_policy(), reader) or [None]
        assert of == decided
        assert (reader in await submissions.readers(COUNCIL)) is (of is not None)
        return of is not None

    assert (await told(near), await told(rival)) == (True, False), "nobody said that it is public"
    await visibility.answered("Python/Steering-Council", is_private=False, asked_at=NOON)
    assert (await told(near), await told(rival)) == (True, True)
    now += PUBLIC_FOR
    assert (await told(near), await told(rival)) == (True, False), "that was too long ago"
    await visibility.answered(COUNCIL.full_name, is_private=False, asked_at=now)
    await visibility.hide(COUNCIL.full_name)
    assert (await told(near), await told(rival)) == (True, False)
    await database.close()


async def test_older_news_changes_nothing(store: SubmissionStore) -> None:
    assert await store.keep(CLOSED)
    assert not await store.keep(TOLD)
    assert not await store.forget(ISSUE, NOON)
    assert await store.submissions(TRACKERS) == [CLOSED]
    assert await store.forget(ISSUE, CLOSED.updated_at)
    assert not await store.forget(ISSUE)
    assert await store.submissions(TRACKERS) == []


async def test_only_a_change_that_shows_is_one(store: SubmissionStore) -> None:
    await store.keep(TOLD)
    commented = replace(TOLD, updated_at=NOON + timedelta(hours=1))
    assert not await store.keep(commented)
    assert await store.submissions(TRACKERS) == [commented]
    assert await store.keep(CLOSED)


async def test_the_text_at_the_submission_stays_until_it_is_another_pep(
    store: SubmissionStore,
) -> None:
    await store.first_seen(ISSUE, "unknown", NOON)
    await store.keep(TOLD)
    await store.first_seen(ISSUE, "a" * 40, NOON)
    await store.first_seen(ISSUE, "b" * 40, NOON + timedelta(1))
    await store.keep(CLOSED)
    assert await store.submissions(TRACKERS) == [replace(CLOSED, blob="a" * 40, blob_at=NOON)]
    renamed = replace(CLOSED, pep=PepNumber(751), title="PEP 751: Lock files")
    await store.keep(renamed)
    assert await store.submissions(TRACKERS) == [renamed]


async def test_what_was_said_survives_news_but_not_forgetting(store: SubmissionStore) -> None:
    posted_comment = SubmissionComment(2**40, "d", "b" * 40)
    await store.record_comment(ISSUE, posted_comment)
    assert await store.posted_comment(ISSUE) == SubmissionComment()
    await store.keep(TOLD)
    assert await store.posted_comment(ISSUE) == SubmissionComment()
    await store.record_comment(ISSUE, posted_comment)
    await store.keep(CLOSED)
    assert await store.posted_comment(ISSUE) == posted_comment
    await store.forget(ISSUE)
    await store.keep(TOLD)
    assert await store.posted_comment(ISSUE) == SubmissionComment()


async def test_a_tracker_that_goes_takes_its_submissions_with_it(url: str) -> None:
    database = await open_database(url)
    store = SubmissionStore(database, lambda: NOON)
    await store.keep(TOLD)
    await Store(database).remove_repository("Python/steering-council")
    assert await store.submissions(TRACKERS) == []
    await database.close()
