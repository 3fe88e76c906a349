import pytest

from bot.peps.preamble import parse_preamble
from bot.peps.status import RESOLVED, Status
from tests.peps.builders import PepTree


def test_a_header_value_can_be_looked_up_in_the_set() -> None:
    assert "Final" in RESOLVED
    assert "final" not in RESOLVED
    assert "Provisional" not in RESOLVED
    assert "Draft" not in RESOLVED


@pytest.mark.real_data
def test_every_pep_has_a_known_status(tree: PepTree) -> None:
    known = frozenset(Status)
    unknown = [p for p, text in tree.texts.items() if parse_preamble(text).status not in known]
    assert unknown == []
