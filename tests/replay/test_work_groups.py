"""What the words of the work groups find in the tree: measured, and every hint judged by hand."""

from pathlib import Path

import pytest

from bot.peps.preamble import Preamble
from tests.replay.tree import tree_headers
from tests.replay.work_groups import COMMAND, JUDGED, MISSED, PAGE, found_in, page

pytestmark = pytest.mark.real_data


@pytest.fixture
def headers(shared_data: Path) -> dict[int, Preamble]:
    return tree_headers(shared_data)


def test_every_hint_is_judged_and_none_is_wrong(headers: dict[int, Preamble]) -> None:
    found = found_in(headers)
    assert set(found) == set(JUDGED)
    assert [one for one in found if not JUDGED[one].startswith("right")] == []
    assert len({number for number, _ in found}) == len(found), "one hint a PEP"


def test_what_is_said_to_be_missed_is_missed(headers: dict[int, Preamble]) -> None:
    assert not set(MISSED) & set(found_in(headers))
    assert {number for number, _ in MISSED} <= set(headers)


def test_the_page_says_what_the_bot_says(headers: dict[int, Preamble]) -> None:
    assert PAGE.read_text("utf-8") == page(headers), (
        f"docs/work-groups.md is out of date. If the change is wanted, run `{COMMAND}`."
    )
