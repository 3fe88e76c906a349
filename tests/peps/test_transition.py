"""Changes of status: drawn in PEP 1, written in PEP 1, usual, rare, or unknown."""

from itertools import permutations

import pytest

from bot.peps.status import Status, TransitionBasis, transition


@pytest.mark.parametrize(
    ("before", "after", "basis"),
    [
        ("Draft", "Accepted", TransitionBasis.DRAWN),
        ("Final", "Superseded", TransitionBasis.DRAWN),
        ("Withdrawn", "Draft", TransitionBasis.WRITTEN),
        ("Accepted", "Withdrawn", TransitionBasis.CONDITIONAL),
        ("Rejected", "Draft", TransitionBasis.REVERTED),
        ("Accepted", "Draft", TransitionBasis.REVERTED),
        ("Draft", "Final", TransitionBasis.USUAL),
        ("Accepted", "Active", TransitionBasis.RARE),
        ("Deferred", "Rejected", TransitionBasis.SHORTCUT),
        ("Rejected", "Final", TransitionBasis.UNKNOWN),
        ("Final", "Draft", TransitionBasis.UNKNOWN),
    ],
)
def test_a_step_has_its_basis(before: str, after: str, basis: TransitionBasis) -> None:
    assert transition(Status(before), Status(after)).basis is basis


def test_only_steps_known_from_history_alone_are_counted() -> None:
    for before, after in permutations(Status, 2):
        step = transition(before, after)
        assert (step.times > 0) == (step.basis in (TransitionBasis.USUAL, TransitionBasis.RARE))


def test_nothing_ever_becomes_an_april_fool() -> None:
    others = [status for status in Status if status is not Status.APRIL_FOOL]
    assert {transition(one, Status.APRIL_FOOL).basis for one in others} == {TransitionBasis.UNKNOWN}
