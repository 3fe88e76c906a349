"""What is remembered reads back as it was, and what is damaged reads as not remembered."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.snapshot import Memory
from bot.store.codec import decode_memory, encode_memory
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


@pytest.mark.parametrize("name", [field.name for field in fields(Memory)])
def test_a_missing_field_is_not_remembered_and_the_others_are(name: str) -> None:
    written = json.loads(encode_memory(memory()))
    del written[name]
    default = getattr(Memory(), name)
    assert decode_memory(json.dumps(written)) == replace(memory(), **{name: default})


def test_fields_of_a_later_version_are_passed_over() -> None:
    written = json.loads(encode_memory(memory()))
    written["mood"] = "sunny"
    written["check_run"]["colour"] = "green"
    written["conversation"]["acts"][0]["tone"] = 1
    assert decode_memory(json.dumps(written)) == memory()


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
    "text", ["", "{", "null", "[]", '"x"', "[" * 200_000, '{"version": 99, "head_sha": "x"}', "{}"]
)
def test_what_is_no_memory_of_this_version_is_an_empty_one(text: str) -> None:
    assert decode_memory(text) == Memory()


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Memory)]), _json))
def test_nothing_that_is_json_makes_it_fail(written: dict[str, object]) -> None:
    decode_memory(json.dumps({"version": 1, **written}))
