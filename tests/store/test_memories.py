"""What is remembered reads back as it was, and what is damaged reads as not remembered."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.snapshot import CommentMemory, Memory
from bot.store.memories import decode_memory, encode_memory
from tests.store.builders import memories, memory

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(memories)
def test_a_memory_reads_back_as_it_was(memory: Memory) -> None:
    assert decode_memory(encode_memory(memory)) == memory


def test_every_field_is_written_down() -> None:
    full = memory()
    for field in fields(Memory):
        assert getattr(full, field.name) != getattr(Memory(), field.name)
    assert decode_memory(encode_memory(full)) == full


def test_what_an_earlier_version_stored_is_read_whole() -> None:
    stored = Path(__file__).with_name("stored_memory.json").read_text(encoding="utf-8")
    # Fields that it did not have yet have their default.
    assert decode_memory(stored) == replace(memory(), conflicting_head="", merged_at=None)


STORED_KEYS = {
    "conversation_as_of": "heard_at",
    "last_findings": "said",
    "number_inputs": "outlook",
    "queue_entry": "listed",
}
"""What fields of `Memory` were called when they were first stored; a store keeps the word."""


@pytest.mark.parametrize("name", [field.name for field in fields(Memory)])
def test_a_missing_field_is_not_remembered_and_the_others_are(name: str) -> None:
    written = json.loads(encode_memory(memory()))
    del written[STORED_KEYS.get(name, name)]
    default = getattr(Memory(), name)
    assert decode_memory(json.dumps(written)) == replace(memory(), **{name: default})


def test_fields_of_a_later_version_are_passed_over() -> None:
    written = json.loads(encode_memory(memory()))
    written["mood"] = "sunny"
    written["check_run"]["colour"] = "green"
    written["conversation"]["acts"][0]["tone"] = 1
    assert decode_memory(json.dumps(written)) == memory()


def test_of_what_rules_said_each_part_is_read_that_is_as_it_should_be() -> None:
    for name in ("rule", "severity", "message"):
        written = json.loads(encode_memory(memory()))
        written["said"].insert(0, written["said"][0] | {name: 3})
        assert decode_memory(json.dumps(written)) == memory()
    written = json.loads(encode_memory(memory()))
    written["said"][0] |= {"line": "3", "need": "rest", "waits_for_person": "yes"}
    (found,) = decode_memory(json.dumps(written)).last_findings
    assert (found.line, found.need, found.waits_for_person) == (None, None, False)


def test_a_conversation_that_is_not_whole_is_to_be_read_again() -> None:
    for part in ("acts", "own_comments", "changes_requested", "approvals"):
        written = json.loads(encode_memory(memory()))
        del written["conversation"][part]
        assert decode_memory(json.dumps(written)).conversation is None
    written = json.loads(encode_memory(memory()))
    written["conversation"]["acts"][0]["kind"] = "sneeze"
    assert decode_memory(json.dumps(written)).conversation is None
    written = json.loads(encode_memory(memory()))
    written["conversation"]["approvals"][0]["login"] = 3
    assert decode_memory(json.dumps(written)).conversation is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("acts", name) for name in ("login", "kind", "at", "url")),
        *(("own_comments", name) for name in ("id", "marker", "body")),
        *(("approvals", name) for name in ("login", "url", "head_sha")),
    ],
)
def test_each_part_of_what_was_said_is_needed_for_the_whole(kind: str, name: str) -> None:
    for wrong in (None, {}, True):
        written = json.loads(encode_memory(memory()))
        whole = written["conversation"][kind][0]
        written["conversation"][kind].append(whole | {name: wrong})
        assert decode_memory(json.dumps(written)).conversation is None
        del written["conversation"][kind][-1][name]
        assert decode_memory(json.dumps(written)) == replace(memory(), conversation=None)
        written["conversation"][kind][-1] = whole
        assert decode_memory(json.dumps(written)).conversation is not None, "two of a kind"


@pytest.mark.parametrize("name", ["title", "opener", "kind", "turn", "since", "active_at"])
def test_a_line_of_the_queue_that_lacks_a_part_is_none(name: str) -> None:
    for wrong in (None, 3, []):
        written = json.loads(encode_memory(memory()))
        written["listed"][name] = wrong
        assert decode_memory(json.dumps(written)) == replace(memory(), queue_entry=None)


def test_of_two_of_a_kind_the_damaged_one_is_forgotten_and_the_other_kept() -> None:
    kept = CommentMemory(id=13, digest="d4")
    for name, wrong in (("id", None), ("id", True), ("digest", None)):
        written = json.loads(encode_memory(memory()))
        written["comments"]["summary"][name] = wrong
        written["comments"]["questions"] = {"id": 13, "digest": "d4"}
        assert decode_memory(json.dumps(written)).comments == {"questions": kept}
    for field in ("by_hand", "since"):
        for name in json.loads(encode_memory(memory()))[field].popitem()[1]:
            written = json.loads(encode_memory(memory()))
            ((key, whole),) = written[field].items()
            written[field] |= {"other": whole, key: whole | {name: None}}
            found = getattr(decode_memory(json.dumps(written)), field)
            assert found["other"] == getattr(memory(), field)[key]
            assert (key in found) is (name == "by"), "whose it was may be unknown"
    written = json.loads(encode_memory(memory()))
    written |= {"numbers": [790, True, "791"], "labels": {"a": "b", "c": 3}, "adds": 790}
    read = decode_memory(json.dumps(written))
    assert (read.numbers, read.labels, read.adds) == ({790}, {"a": "b"}, frozenset())


@pytest.mark.parametrize("name", ["id", "head_sha", "digest"])
def test_a_check_run_that_lacks_a_part_is_none(name: str) -> None:
    written = json.loads(encode_memory(memory()))
    written["check_run"][name] = None
    assert decode_memory(json.dumps(written)) == replace(memory(), check_run=None)


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '"x"', "[" * 200_000, '{"version": 99, "head_sha": "x"}', "{}"]
)
def test_what_is_no_memory_of_this_version_is_an_empty_one(text: str) -> None:
    assert decode_memory(text) == Memory()


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Memory)]), _json))
def test_nothing_that_is_json_makes_it_fail(written: dict[str, object]) -> None:
    decode_memory(json.dumps({"version": 1, **written}))
