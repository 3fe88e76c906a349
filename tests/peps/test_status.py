import pytest

from bot.peps.preamble import parse_preamble
from bot.peps.status import DECIDED, RESOLVED, PepType, Status, read_status, read_type
from tests.peps.builders import PepTree


def test_values_are_read_exactly() -> None:
    assert read_status("Draft") is Status.DRAFT
    assert read_status("April Fool!") is Status.APRIL_FOOL
    assert read_status("draft") is None
    assert read_status(None) is None
    assert read_type("Standards Track") is PepType.STANDARDS_TRACK
    assert read_type("Standard") is None
    assert read_type(None) is None


def test_a_header_value_can_be_looked_up_in_the_sets() -> None:
    assert "Final" in RESOLVED
    assert "Provisional" not in RESOLVED
    assert "Provisional" in DECIDED
    assert "Draft" not in RESOLVED | DECIDED


@pytest.mark.real_data
def test_every_pep_has_a_known_status_and_type(tree: PepTree) -> None:
    unknown = [
        path
        for path, text in tree.texts.items()
        for head in [parse_preamble(text)]
        if read_status(head.status) is None or read_type(head.type) is None
    ]
    assert unknown == []
