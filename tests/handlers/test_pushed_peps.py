"""Which PEPs a push says it changed, whatever the payload holds."""

from typing import Any

import pytest

from bot.handlers.event_models import PushEvent
from tests.builders import body_of

PATH = "peps/pep-0842.rst"


@pytest.mark.parametrize(
    ("commits", "numbers"),
    [
        ([{"added": [PATH]}, {"modified": ["peps/pep-0001.rst", "README.rst"]}], {842, 1}),
        ([{"removed": [PATH]}], set()),
        ([{"added": [7, None, "peps/pep-08420.rst"]}, "x", {"added": PATH}], set()),
        ({"added": [PATH]}, set()),
        (None, set()),
    ],
)
def test_only_peps_that_are_added_or_modified_count(commits: Any, numbers: set[int]) -> None:
    assert PushEvent.parse(body_of({"commits": commits})).peps == numbers
