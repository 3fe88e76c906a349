"""The committed page on status changes says what the bot would say today.

A sample of it is looked at in every run, see `test_sample.py`.
"""

from difflib import unified_diff
from pathlib import Path

import pytest

from bot.peps.status import MoveKind
from bot.review.decision.evidence import About, EvidenceStatus
from bot.review.decision.status_change import Whose
from tests.replay.moves import COMMAND, PAGE, ReplayedMove, lacking, moved_peps, page
from tests.replay.reviewed import replay

pytestmark = [pytest.mark.real_data, pytest.mark.exhaustive, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def every(shared_data: Path) -> tuple[ReplayedMove, ...]:
    return moved_peps(replay(shared_data).all)


def test_the_committed_page_is_what_the_bot_says_today(shared_data: Path) -> None:
    written, today = PAGE.read_text("utf-8"), page(replay(shared_data))
    difference = "\n".join(
        unified_diff(written.splitlines(), today.splitlines(), "committed", "today", lineterm="")
    )
    assert written == today, f"Out of date. If it is wanted, run `{COMMAND}`.\n{difference}"


def test_every_decision_links_what_decided_it(every: tuple[ReplayedMove, ...]) -> None:
    for one in every:
        if one.move.whose is Whose.DECIDERS and one.move.kind is not MoveKind.REVERSAL:
            (resolution,) = [each for each in one.move.evidence if each.about is About.RESOLUTION]
            assert resolution.found in (EvidenceStatus.THERE, EvidenceStatus.PARTLY), one.place


def test_nothing_is_called_lacking_that_no_rule_remarks_on(every: tuple[ReplayedMove, ...]) -> None:
    for one in lacking(every):
        rules = {finding.rule for finding in one.moved.reviewed.verdict.steps}
        assert rules, f"{one.moved.place}: {one.evidence}"


AWKWARD = {
    (3499, 722): (MoveKind.REJECTION, Whose.DECIDERS, "Brett Cannon"),
    (3505, 723): (MoveKind.PROVISIONAL_ACCEPTANCE, Whose.DECIDERS, "Brett Cannon"),
    (3616, 723): (MoveKind.ACCEPTANCE, Whose.DECIDERS, "Brett Cannon"),
    (3772, 723): (MoveKind.FINALISATION, Whose.NOBODY, "Brett Cannon"),
    (3523, 554): (MoveKind.SUPERSESSION, Whose.SUCCESSOR, ""),
    (3542, 729): (MoveKind.ACTIVATION, Whose.DECIDERS, ""),
    (3736, 602): (MoveKind.ACTIVATION, Whose.NOBODY, "Brett Cannon"),
    (3808, 8105): (MoveKind.COMPLETION, Whose.NOBODY, ""),
    (3935, 741): (MoveKind.OUTRIGHT_FINALISATION, Whose.DECIDERS, ""),
    (4074, 396): (MoveKind.CORRECTION, Whose.AUTHORS_OR_EDITORS, ""),
    (4090, 659): (MoveKind.COMPLETION, Whose.NOBODY, ""),
    (4093, 545): (MoveKind.RESUMPTION, Whose.AUTHORS_OR_EDITORS, ""),
    (4140, 757): (MoveKind.ACCEPTANCE, Whose.DECIDERS, ""),
    (4141, 757): (MoveKind.REVERSAL, Whose.DECIDERS, ""),
    (4392, 773): (MoveKind.ACCEPTANCE, Whose.DECIDERS, ""),
    (4411, 563): (MoveKind.SUPERSESSION, Whose.SUCCESSOR, ""),
    (4451, 734): (MoveKind.ACCEPTANCE, Whose.DECIDERS, ""),
}
"""By pull request and PEP: the kind of move, whose word it needs, and the delegate."""


@pytest.mark.parametrize("key", AWKWARD, ids=str)
def test_the_awkward_ones_are_what_people_know(
    key: tuple[int, int], every: tuple[ReplayedMove, ...]
) -> None:
    (one,) = [
        each.move for each in every if (each.reviewed.merged.pull_request, each.move.number) == key
    ]
    assert (one.kind, one.whose, one.decision.delegate) == AWKWARD[key]
