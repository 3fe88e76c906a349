"""What the store is told, it tells again: each method, after a restart too."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.inbox.open import open_inbox
from bot.peps.number import Claim, PepNumber
from bot.review.number_inputs import StoredNumbers
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.database import open_database
from bot.store.documents import Document
from bot.store.memories import decode_memory
from bot.store.rows import Intent, WriteRecord
from bot.store.store import Store
from tests.inbox.builders import handle_all, review
from tests.store.builders import NOON, OTHER, PEPS, audit, consent, memory, subject

SHOUTED = Repository("Python/PEPs", 7)


async def test_an_unknown_pull_request_has_an_empty_memory(store: Store) -> None:
    assert await store.recall(subject()) == Memory()


async def test_many_memories_are_decoded_beside_the_event_loop(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def noted(text: str) -> Memory:
        threads.append(threading.current_thread())
        return decode_memory(text)

    await store.remember(subject(), memory())
    await store.remember(subject(2), Memory(head_sha="closed long ago"))
    monkeypatch.setattr("bot.store.memories.decode_memory", noted)
    assert set(await store.reviewed(PEPS)) == {1, 2}
    assert len(threads) == 2
    assert threading.main_thread() not in threads


async def test_the_last_memory_is_recalled_after_a_restart(url: str, store: Store) -> None:
    await store.remember(subject(), Memory(head_sha="old"))
    await store.remember(subject(), memory())
    await store.remember(subject(2), Memory(head_sha="other"))
    await store.close()
    again = Store(await open_database(url))
    assert await again.recall(subject()) == memory()
    await again.close()


async def test_names_differ_in_case_without_being_different(store: Store) -> None:
    await store.remember(subject(), memory())
    await store.add_act(subject(), consent(), "n1")
    await store.set_claims(subject(), [PepNumber(791)])
    await store.add_known_labels(PEPS, ["bug"])
    shouted = Subject(SHOUTED, 1)
    assert await store.recall(shouted) == memory()
    assert await store.acts(shouted) == [consent()]
    assert (await store.stored_numbers(SHOUTED)).claims == (Claim(PepNumber(791), 1),)
    assert await store.known_labels(SHOUTED) == {"bug"}


async def test_forgetting_a_conversation_keeps_the_rest(store: Store) -> None:
    await store.remember(subject(), memory())
    await store.forget_conversation(subject())
    await store.forget_conversation(subject(2))
    assert await store.recall(subject()) == replace(memory(), conversation=None)
    assert list(await store.numbered(PEPS)) == [1]
    assert set(await store.reviewed(PEPS)) == {1}


async def test_what_was_reviewed_is_told_by_number_for_one_repository(store: Store) -> None:
    await store.remember(subject(2), memory())
    await store.remember(subject(1), Memory(head_sha="x"))
    await store.remember(subject(3, OTHER), memory())
    assert await store.reviewed(PEPS) == {1: Memory(head_sha="x"), 2: memory()}


async def test_a_repository_is_known_with_its_present_installation_and_name(store: Store) -> None:
    await store.add_repository(PEPS)
    await store.add_repository(OTHER)
    await store.add_repository(Repository("Python/PEPs", 9))
    assert await store.repositories() == [OTHER, Repository("Python/PEPs", 9)]


async def _fill(store: Store, repository: Repository) -> None:
    about = subject(1, repository)
    await store.add_repository(repository)
    await store.remember(about, memory())
    await store.set_claims(about, [PepNumber(791)])
    await store.complete_claims(repository, True)
    await store.add_act(about, consent(), "n1")
    await store.set_labeler(about, "skip number", "hugovk")
    await store.add_known_labels(repository, ["bug"])
    await store.intend(about, Intent("comment", "summary"))
    await store.record_write(WriteRecord(NOON, about, "d1", "comment", "created", False))


async def _all_about(store: Store, repository: Repository) -> list[object]:
    about = subject(1, repository)
    return [
        [known for known in await store.repositories() if known == repository],
        await store.reviewed(repository),
        await store.listings(repository),
        await store.numbered(repository),
        (await store.stored_numbers(repository)).claims,
        (await store.stored_numbers(repository)).claims_complete,
        await store.acts(about),
        await store.labelers(about),
        await store.known_labels(repository),
        await store.intents(about),
        await audit(store, about),
    ]


async def test_a_removed_repository_leaves_nothing_and_takes_nothing_else(store: Store) -> None:
    await _fill(store, PEPS)
    await _fill(store, OTHER)
    kept = await _all_about(store, OTHER)
    assert all(kept)
    await store.remove_repository("Python/peps")
    assert not any(await _all_about(store, PEPS))
    assert await _all_about(store, OTHER) == kept


async def test_claims_are_replaced_and_the_difference_is_told(store: Store) -> None:
    assert await store.set_claims(subject(1), [PepNumber(791), PepNumber(792)]) == {791, 792}
    assert await store.set_claims(subject(2), [PepNumber(792)]) == {792}
    assert await store.set_claims(subject(1), [PepNumber(792), PepNumber(793)]) == {791, 793}
    assert await store.set_claims(subject(1), [PepNumber(793), PepNumber(792)]) == frozenset()
    claims = (await store.stored_numbers(PEPS)).claims
    assert [(claim.number, claim.pull_request) for claim in claims] == [
        (792, 1),
        (792, 2),
        (793, 1),
    ]
    assert await store.set_claims(subject(2), []) == {792}


async def test_claims_are_incomplete_until_said_otherwise(store: Store) -> None:
    assert await store.stored_numbers(PEPS) == StoredNumbers((), False)
    await store.complete_claims(PEPS, True)
    assert await store.stored_numbers(PEPS) == StoredNumbers((), True)
    assert await store.stored_numbers(OTHER) == StoredNumbers((), False)
    await store.complete_claims(SHOUTED, False)
    assert await store.stored_numbers(PEPS) == StoredNumbers((), False)
    assert await store.repositories() == []


async def test_only_open_pull_requests_that_set_numbers_are_told(store: Store) -> None:
    await store.remember(subject(3), memory())
    await store.remember(subject(1), replace(memory(), numbers=frozenset({0})))
    await store.remember(subject(5), replace(memory(), numbers=frozenset()))
    await store.remember(subject(2), replace(memory(), state=PullRequestState.MERGED))
    await store.remember(subject(4, OTHER), memory())
    told = await store.numbered(PEPS)
    assert list(told) == [1, 3]
    expected = memory()
    assert told[3] == Memory(
        base=expected.base, numbers=expected.numbers, number_inputs=expected.number_inputs
    )
    await store.remember(subject(3), replace(memory(), state=PullRequestState.CLOSED))
    assert list(await store.numbered(PEPS)) == [1]


async def test_what_a_review_is_expected_to_go_by_changes_nothing_else(store: Store) -> None:
    await store.remember(subject(1), memory())
    known = memory().number_inputs
    await store.set_number_inputs(subject(1), "another", known=known)
    await store.set_number_inputs(subject(2), "another", known=known)
    assert await store.reviewed(PEPS) == {1: replace(memory(), number_inputs="another")}


async def test_what_a_review_went_by_since_counts_more_than_what_was_expected(
    store: Store,
) -> None:
    await store.remember(subject(1), replace(memory(), number_inputs="what it went by since"))
    await store.set_number_inputs(subject(1), "another", known=memory().number_inputs)
    assert (await store.recall(subject(1))).number_inputs == "what it went by since"


async def test_an_act_is_kept_once_for_each_source_and_told_oldest_first(store: Store) -> None:
    late, early = consent(at=NOON + timedelta(hours=1)), consent("hugovk", url="https://x/2")
    await store.add_act(subject(), late, "n1")
    await store.add_act(subject(), early, "n2")
    await store.add_act(subject(), consent("somebody"), "n1")
    await store.add_act(subject(2), late, "n1")
    assert await store.acts(subject()) == [early, late]
    assert await store.acts(subject(2)) == [late]


async def test_who_set_a_label_is_known_until_it_is_taken_off(store: Store) -> None:
    await store.set_labeler(subject(), "skip number", "author")
    await store.set_labeler(subject(), "Skip Number", "hugovk")
    await store.set_labeler(subject(), "bot: paused", "hugovk")
    assert await store.labelers(subject()) == {"Skip Number": "hugovk", "bot: paused": "hugovk"}
    await store.set_labeler(subject(), "SKIP number", None)
    assert await store.labelers(subject()) == {"bot: paused": "hugovk"}
    assert await store.labelers(subject(2)) == {}


async def test_known_labels_add_up(store: Store) -> None:
    await store.add_known_labels(PEPS, ["bug", "new-pep"])
    await store.add_known_labels(PEPS, ["new-pep", "docs"])
    assert await store.known_labels(PEPS) == {"bug", "new-pep", "docs"}
    assert await store.known_labels(OTHER) == frozenset()


async def test_the_last_good_copy_of_a_document_is_kept(store: Store) -> None:
    assert await store.document("core-team") is None
    await store.keep_document("core-team", Document("old", NOON))
    await store.keep_document("core-team", Document("Zoë,zoe\n", NOON + timedelta(days=1)))
    assert await store.document("core-team") == Document("Zoë,zoe\n", NOON + timedelta(days=1))


async def test_an_intent_stands_until_it_is_fulfilled(store: Store) -> None:
    check_run, comment = Intent("check_run", "a" * 40), Intent("comment", "summary")
    await store.intend(subject(), comment)
    await store.intend(subject(), comment)
    await store.intend(subject(), check_run)
    assert await store.intents(subject()) == [check_run, comment]
    await store.fulfil(subject(), comment)
    await store.fulfil(subject(), comment)
    assert await store.intents(subject()) == [check_run]
    assert await store.intents(subject(2)) == []


async def test_half_a_character_in_a_name_does_no_harm(store: Store) -> None:
    half = "bug \ud800"
    await store.add_known_labels(PEPS, [half])
    await store.add_known_labels(PEPS, [half])
    assert await store.known_labels(PEPS) == {"bug \\ud800"}
    await store.set_labeler(subject(), half, "hugovk")
    await store.set_labeler(subject(), half, None)
    assert await store.labelers(subject()) == {}


async def test_lines_of_the_audit_from_before_a_moment_are_forgotten_however_many(
    store: Store,
) -> None:
    for day in range(4):
        at = NOON + timedelta(days=day)
        await store.record_write(WriteRecord(at, subject(), f"d{day}", "comment", "", False))
    assert await store.forget_writes(NOON + timedelta(days=2), at_once=1) == 2
    assert [one.delivery for one in await audit(store)] == ["d3", "d2"]
    assert await store.forget_writes(NOON + timedelta(days=2)) == 0


async def test_the_audit_tells_the_latest_writes_first(store: Store) -> None:
    records = [
        WriteRecord(
            at=NOON + timedelta(seconds=number),
            subject=subject(number % 2),
            delivery=f"d{number}",
            write="AddLabels",
            detail="new-pep",
            dry_run=number == 1,
        )
        for number in range(4)
    ]
    for record in records:
        await store.record_write(record)
    assert await audit(store) == records[::-1]
    assert await audit(store, subject(1)) == [records[3], records[1]]


async def test_the_store_and_the_inbox_share_a_database(url: str, store: Store) -> None:
    inbox = await open_inbox(url)
    await inbox.accept(review())
    await store.remember(subject(), memory())
    await handle_all(inbox)
    await store.remember(subject(), Memory())
    assert await store.recall(subject()) == Memory()
    await inbox.close()


async def test_what_strangers_wrote_is_kept_as_a_database_can_keep_it(store: Store) -> None:
    odd = "a\0b \ud83d \u202e'; DROP TABLE written; -- 100% %s :x 🐍"
    about = subject()
    await store.keep_document(odd, Document(odd, NOON))
    kept = await store.document(odd)
    assert kept is not None
    assert kept.text == odd.replace("\0", "\\x00").replace("\ud83d", "\\ud83d")
    await store.remember(about, replace(memory(), number_inputs=odd))
    assert (await store.recall(about)).number_inputs == odd, "JSON keeps it all"
    await store.record_write(WriteRecord(NOON, about, odd, "comment", odd, False))
    assert len(await audit(store, about)) == 1


async def test_what_is_ordered_by_words_comes_alike_everywhere(store: Store) -> None:
    names = ["b", "B", "a-b", "ab", "a_b", "é", "z", "Z", "1", "~"]
    for name in names:
        await store.intend(subject(), Intent("comment", name))
    assert [intent.detail for intent in await store.intents(subject())] == sorted(names)
