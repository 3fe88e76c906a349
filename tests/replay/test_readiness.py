"""How ready the open PEPs of 2025 were, with what became of some of them."""

from collections import Counter
from pathlib import Path

import pytest

from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble
from bot.review.decision.readiness import ItemStatus, readiness
from tests.replay.tree import on_the_day, owners, tree

pytestmark = pytest.mark.real_data


def missing(data: Path, number: int) -> tuple[list[str], bool]:
    """What a PEP lacked at the end of 2025, and whether it had a form in a tracker."""
    texts = tree(data)
    found = readiness(PepNumber(number), texts[PepNumber(number)], owners(data), on_the_day(data))
    return [item.name for item in found.with_status(ItemStatus.NO)], found.form is not None


@pytest.mark.parametrize(
    ("number", "lacks", "has_form"),
    [
        (671, [], True),
        (788, [], True),  # submitted in December 2025
        (806, [], True),
        (814, [], True),
        (747, ["recommendation"], True),
        (764, ["recommendation"], True),
        (800, ["discussed", "recommendation"], True),  # the thread is not in Post-History
        (802, ["discussed"], True),  # Discussions-To: Pending
        (743, ["delegate"], True),  # names the C API Working Group
        (661, ["status"], True),  # deferred
        (815, [], False),  # packaging
        (725, [], False),
        (480, ["discussed", "codeowners"], False),
    ],
)
def test_what_open_peps_lack(
    shared_data: Path, number: int, lacks: list[str], has_form: bool
) -> None:
    assert missing(shared_data, number) == (lacks, has_form)


def test_no_packaging_pep_is_sent_to_the_council_and_no_decided_one_anywhere(
    shared_data: Path,
) -> None:
    texts = tree(shared_data)
    there, context = owners(shared_data), on_the_day(shared_data)
    counts: Counter[str] = Counter()
    for number, text in texts.items():
        header = parse_preamble(text)
        found = readiness(number, text, there, context)
        if header.status not in ("Draft", "Provisional", "Deferred"):
            assert (found.items, found.form) == ((), None), number
            continue
        if header.topics == ("Packaging",):
            assert found.form is None, number
        counts["open"] += 1
        counts["nothing missing"] += not found.with_status(ItemStatus.NO)
        counts["form"] += found.form is not None
        for item in found.with_status(ItemStatus.NO):
            counts[item.name] += 1
    assert "rules" not in counts, "no open PEP of the tree has an error"
    assert counts["open"] == 82
    assert counts["nothing missing"] == 28
