"""Whatever a payload holds, reading it is no error: what is odd counts as missing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from bot.handlers.events import EVENTS, parse_event, routing_of
from bot.handlers.payload import Event
from bot.inbox.delivery import Delivery, DeliveryKind
from tests.builders import NOW, body_of, comment, payload

ODD: list[Any] = [None, True, 2**70, "\ud800", "0001-01-01T00:00:00+23:59", [None], {"from": []}]
ODD.append({"full_name": ["a"], "login": 7, "body": {}, "id": {}})
MODELS = {kind.model: kind.name for kind in EVENTS.values()}

WHOLE = payload(
    "edited",
    number=4422,
    pull_request=comment("/pep sponsor") | {"number": 4422, "title": "PEP 791"},
    issue=comment("/pep sponsor") | {"number": 12, "title": "PEP 791"},
    comment=comment("/pep sponsor"),
    review=comment("/pep sponsor") | {"submitted_at": "2025-05-12T11:00:00Z"},
    label={"name": "skip sponsor"},
    changes={
        "body": {"from": "x"},
        "repository": {"name": {"from": "pips"}},
        "owner": {"from": {"user": {"login": "psf"}}},
    },
    check_run={"id": 7, "external_id": "python/peps#4422", "html_url": "https://github.com"},
    requested_action={"identifier": "fix"},
    check_suite={"head_sha": "a" * 40},
    ref="refs/heads/main",
    commits=[{"added": ["peps/pep-0791.rst"]}],
    repositories=[{"full_name": "python/peps", "id": 1}],
    repositories_added=[{"full_name": "python/peps", "id": 1}],
    repositories_removed=[{"full_name": "python/peps", "id": 1}],
)


def mutilated(document: Any) -> Iterator[Any]:
    """The document with each of its values replaced by each odd one, and left out."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield {other: kept for other, kept in document.items() if other != key}
            for changed in (*ODD, *mutilated(value)):
                yield document | {key: changed}
    elif isinstance(document, list):
        for place, value in enumerate(document):
            for changed in (*ODD, *mutilated(value)):
                yield [*document[:place], changed, *document[place + 1 :]]


@pytest.mark.parametrize("model", MODELS)
def test_no_value_of_any_field_is_an_error(model: type[Event]) -> None:
    name = MODELS[model]
    delivery = Delivery("d1", name, "", "k", DeliveryKind.REVIEW, b"", NOW)
    derived = [one for one in dir(model) if isinstance(getattr(model, one), property)]
    derived = [one for one in derived if not hasattr(BaseModel, one)]
    for document in (WHOLE, *mutilated(WHOLE)):
        event = parse_event(name, body_of(document))
        routing_of(name, event)
        event.new_text(delivery)
        for one in derived:
            getattr(event, one)


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{", b'{"a": 1} x', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_an_error(body: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        parse_event("pull_request", body)


def test_what_pydantic_does_not_take_for_json_is_read_all_the_same() -> None:
    nested = json.dumps(WHOLE | {"x": json.loads("[" * 300 + "]" * 300)}).encode()
    for body in (body_of(WHOLE | {"x": "\ud800"}), nested, json.dumps(WHOLE).encode("utf-16")):
        event = parse_event("pull_request", body)
        assert (event.subject_key, event.sender) == ("python/peps#4422", "olga")
