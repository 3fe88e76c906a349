"""The register of published PEPs outlives the process, and a reminder is given once."""

import json
from datetime import UTC, date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.peps.dates import FeatureRelease
from bot.peps.number import PepNumber
from bot.review.published_peps import Published, Pushed, preamble_of, published_from_text
from bot.review.queue.follow_up import FollowUpKey
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.database import Database
from bot.store.documents import POLICY_TEXT, Document, Visibility
from bot.store.register import RegisterStore, decode_entry, encode_entry
from bot.store.store import Store
from tests.rules.builders import pep_text
from tests.store.builders import NOON, OTHER, PEPS

_text = st.text(max_size=20)
_days = st.none() | st.dates()
_moments = st.datetimes(timezones=st.just(UTC))
entries = st.builds(
    Published,
    number=st.integers(0, 9999).map(PepNumber),
    blob=_text,
    preamble=st.dictionaries(_text, st.text(min_size=1, max_size=20), max_size=4).map(preamble_of),
    is_linked=st.booleans(),
    releases=st.lists(
        st.builds(FeatureRelease, version=_text, beta=_days, final=_days), max_size=2
    ).map(tuple),
    read_at=_moments,
    changed_at=st.none() | _moments,
    status_since=st.none() | _moments,
    pushed=st.none()
    | st.builds(
        Pushed,
        at=_moments,
        **dict.fromkeys(("what", "commit", "url", "branch"), _text),
        missing=st.lists(_text, max_size=2).map(tuple),
    ),
)


_json = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["headers", "releases", "read_at", "x"]), inner, max_size=4
        )
    ),
)


@pytest.fixture
def register(database: Database) -> RegisterStore:
    return RegisterStore(database)


def published(number: int = 791, blob: str = "b1") -> Published:
    return published_from_text(PepNumber(number), blob, pep_text(number), NOON)


@given(entries)
def test_an_entry_is_read_back_as_it_was(entry: Published) -> None:
    assert decode_entry(entry.number, entry.blob, encode_entry(entry)) == entry


@given(_text | _json.map(json.dumps))
def test_an_entry_of_another_kind_is_none(text: str) -> None:
    found = decode_entry(PepNumber(1), "b", text)
    assert found is None or found.number == 1


async def test_entries_are_replaced_struck_and_kept_apart_by_repository(
    register: RegisterStore,
) -> None:
    await register.enter(PEPS, [published(791), published(790), published(12)])
    await register.enter(OTHER, [published(791, "other")])
    await register.enter(PEPS, [published(790, "b2")])
    await register.strike(PEPS, [PepNumber(12), PepNumber(13)])
    kept = await register.register(PEPS)
    assert list(kept.items()) == [(790, published(790, "b2")), (791, published(791))]
    assert (await register.register(OTHER))[PepNumber(791)].blob == "other"


async def test_a_reminder_is_remembered_by_pep_kind_and_cause(register: RegisterStore) -> None:
    key = FollowUpKey("not-final", PepNumber(791), "3.14-in-beta")
    for day in range(2):
        await register.note_reminder(PEPS, key, 7, NOON + timedelta(days=day))
    assert await register.reminded(PEPS) == {key}
    assert await register.reminded(OTHER) == frozenset()


async def test_a_removed_repository_takes_both_along(store: Store, register: RegisterStore) -> None:
    await register.enter(PEPS, [published()])
    await register.note_reminder(PEPS, FollowUpKey("quiet", PepNumber(791), "x"), 7, NOON)
    await store.remove_repository("Python/PEPs")
    assert await register.register(PEPS) == {}
    assert await register.reminded(PEPS) == frozenset()


def test_a_schedule_is_kept_with_its_days() -> None:
    schedule = pep_text(Topic="Release") + "\n- 3.14.0 final: 2025-10-07\n"
    entry = published_from_text(PepNumber(745), "b", schedule, NOON)
    read = decode_entry(PepNumber(745), "b", encode_entry(entry))
    assert read is not None
    assert read.releases == (FeatureRelease("3.14", None, date(2025, 10, 7)),)


async def test_a_repository_keeps_peps_or_is_only_listened_to(
    register: RegisterStore, store: Store
) -> None:
    council, unread = Repository("python/Steering-Council", 7), Repository("nova/unread", 7)
    first, ruled, none = (Repository(f"nova/{name}", 7) for name in ("first", "ruled", "none"))
    visibility = Visibility(store, lambda: NOON)
    for repository in (PEPS, council, unread, first, ruled, none):
        await store.add_repository(repository)
        await visibility.answered(repository.full_name, is_private=False, asked_at=NOON)
        if repository not in (council, unread):
            text = "[numbers]" if repository == ruled else ""
            await store.keep_document(POLICY_TEXT.of(repository), Document(text, NOON))
    await register.enter(PEPS, [published()])
    touching = Memory(state=PullRequestState.OPEN, touches=frozenset({1}))
    await store.remember(Subject(first, 1), touching)
    keep = [PEPS, unread, first, ruled]
    for repository in (PEPS, council, unread, first, ruled, none):
        assert await register.keeps_peps(repository) == (repository in keep), repository
    names = await register.public_pep_repositories(NOON)
    assert sorted(names) == sorted(one.full_name for one in keep)
