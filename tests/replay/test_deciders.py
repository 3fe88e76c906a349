"""Who decides on the PEPs of the tree, compared with what people know of them."""

from pathlib import Path

import pytest

from bot.peps.preamble import Preamble, parse_preamble
from bot.review.decision.decider import Decider
from tests.replay.deciders import (
    COMMAND,
    LATER,
    PAGE,
    SPOTS,
    Later,
    Spot,
    day_of,
    page,
    path_on_day,
    who,
)
from tests.replay.tree import tree_headers
from tests.rules.builders import council_since

pytestmark = pytest.mark.real_data


@pytest.fixture
def headers(shared_data: Path) -> dict[int, Preamble]:
    return tree_headers(shared_data)


def test_the_whole_tree_is_looked_at(headers: dict[int, Preamble]) -> None:
    assert len(headers) == 708
    assert len({spot.number for spot in SPOTS}) == len(SPOTS) >= 30


@pytest.mark.parametrize("spot", SPOTS, ids=lambda spot: str(spot.number))
def test_who_decides_is_what_people_know(spot: Spot, headers: dict[int, Preamble]) -> None:
    header = headers[spot.number]
    day = day_of(header)
    path = path_on_day(header, day)
    actual = (path.decision.decider, who(path, day), tuple(one.body.name for one in path.before))
    assert actual == (spot.decider, spot.who, spot.before)
    assert spot.source or header.value("Resolution"), "every row has its source"


@pytest.mark.parametrize("later", LATER, ids=lambda later: later.name)
def test_packaging_goes_to_the_council_from_the_day_that_is_set(later: Later) -> None:
    policy = council_since(later.council_since) if later.council_since else None
    path = path_on_day(parse_preamble(later.header), later.day, policy)
    assert (path.decision.decider, who(path, later.day)) == (later.decider, later.who)


def test_every_pep_has_somebody_who_decides_or_needs_none(headers: dict[int, Preamble]) -> None:
    for number, header in headers.items():
        path = path_on_day(header, day_of(header))
        assert who(path, day_of(header)), number
        is_schedule = "Release" in header.topics
        assert (path.decision.decider is Decider.NOBODY) is is_schedule, number


def test_the_page_says_what_the_bot_says(headers: dict[int, Preamble]) -> None:
    assert PAGE.read_text("utf-8") == page(headers), (
        f"docs/who-decides.md is out of date. If the change is wanted, run `{COMMAND}`."
    )
