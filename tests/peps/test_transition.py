"""The steps of a status: what is drawn, written, usual, rare, or unknown."""

from itertools import permutations

import pytest

from bot.peps.status import Attested, Status, transition


@pytest.mark.parametrize(
    ("before", "after", "attested"),
    [
        ("Draft", "Accepted", Attested.DRAWN),
        ("Final", "Superseded", Attested.DRAWN),
        ("Withdrawn", "Draft", Attested.WRITTEN),
        ("Accepted", "Withdrawn", Attested.CONDITIONAL),
        ("Draft", "Final", Attested.USUAL),
        ("Accepted", "Active", Attested.RARE),
        ("Deferred", "Rejected", Attested.SHORTCUT),
        ("Rejected", "Final", Attested.UNKNOWN),
        ("Final", "Draft", Attested.UNKNOWN),
    ],
)
def test_a_step_is_attested(before: str, after: str, attested: Attested) -> None:
    assert transition(Status(before), Status(after)).attested is attested


def test_only_steps_known_from_history_alone_are_counted() -> None:
    for before, after in permutations(Status, 2):
        step = transition(before, after)
        assert (step.times > 0) == (step.attested in (Attested.USUAL, Attested.RARE))


def test_nothing_ever_becomes_an_april_fool() -> None:
    others = [status for status in Status if status is not Status.APRIL_FOOL]
    assert {transition(one, Status.APRIL_FOOL).attested for one in others} == {Attested.UNKNOWN}
