"""What the forum answers is read only where it has the right form and is about what was asked."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.forum import ForumReadError, parse_post_response, parse_title_response
from bot.peps.forum import PostRef

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
REF = PostRef(66453, 63)
POST: dict[str, Any] = {
    "topic_id": 66453,
    "post_number": 63,
    "username": "ada",
    "name": "Ada Merritt",
    "created_at": "2025-03-17T18:22:11.123Z",
}


def test_a_post_of_the_right_form_is_read() -> None:
    read = parse_post_response(POST, REF, NOW)
    assert (read.username, read.name, read.at.year) == ("ada", "Ada Merritt", 2025)


@pytest.mark.parametrize(
    "wrong",
    [
        {"post_number": 62},
        {"topic_id": 66454},
        {"topic_id": "66453"},
        {"post_number": None},
        {"post_number": 10**400},
        {"post_number": [63]},
        {"username": None},
        {"username": ["ada"]},
        {"username": " \t"},
        {"created_at": None},
        {"created_at": 1742235731},
        {"created_at": "2025-03-17T18:22:11"},
        {"created_at": "2025-03-17T18:22:11Z" + " " * 50},
        {"created_at": "2004-12-31T23:59:59Z"},
        {"created_at": "2026-01-06T09:00:01Z"},
    ],
)
def test_a_post_of_another_form_or_about_another_is_not_read(wrong: dict[str, Any]) -> None:
    with pytest.raises(ForumReadError):
        parse_post_response(POST | wrong, REF, NOW)


def test_the_forums_clock_may_be_ahead_by_a_day() -> None:
    assert parse_post_response(POST | {"created_at": "2026-01-06T09:00:00Z"}, REF, NOW).at.day == 6


@pytest.mark.parametrize("name", [None, 7, {"a": 1}, ["Ada"]])
def test_a_name_of_another_type_is_none(name: object) -> None:
    assert parse_post_response(POST | {"name": name}, REF, NOW).name == ""


@pytest.mark.parametrize("answer", [None, [], [POST], "post", 7, True])
def test_what_is_no_object_is_neither_post_nor_topic(answer: object) -> None:
    with pytest.raises(ForumReadError):
        parse_post_response(answer, REF, NOW)
    with pytest.raises(ForumReadError):
        parse_title_response(answer, 66453)


@pytest.mark.parametrize(
    "answer",
    [
        {"id": 66454, "title": "PEP 758"},
        {"id": "66453", "title": "PEP 758"},
        {"id": 66453, "title": ["PEP 758"]},
        {"id": 66453, "title": "  "},
        {"id": 66453},
    ],
)
def test_a_topic_of_another_form_or_about_another_is_not_read(answer: object) -> None:
    with pytest.raises(ForumReadError):
        parse_title_response(answer, 66453)


def test_what_is_too_long_is_cut() -> None:
    assert len(parse_title_response({"id": 1, "title": "x" * 9_999}, 1)) == 500
    read = parse_post_response(POST | {"username": "u" * 999, "name": "n" * 999}, REF, NOW)
    assert (len(read.username), len(read.name)) == (200, 200)
