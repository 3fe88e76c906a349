"""The numbers that new PEPs took, beside those the bot would have suggested when they came."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from bot.peps.number import Claim, NumberLedger, PepNumber, next_number
from bot.policy.load import default_policy
from bot.review.verdict import PepAssessment
from bot.rules.engine.assessment import NumberState
from tests.replay.explained_findings import Unexplained
from tests.replay.explanations import MISSES, NUMBER_RESERVED
from tests.replay.reviewed import Replay, Reviewed


class Run(StrEnum):
    """Where a number stands among the others."""

    ORDINARY = "the ordinary run"
    SPECIAL = "a special range"
    AHEAD = "taken far ahead"


@dataclass(frozen=True, slots=True)
class NumberTaken:
    """The number of one new PEP.

    Attributes:
        number: The number.
        pull_request: The pull request that brought it.
        opened: The day by which it was open.
        run: Where the number stands.
        suggestion: What the bot would have suggested then, knowing of claims what the data tell.
        with_holes: The same, if what was not published in all these years was held by somebody.
        why: Why another number was taken; empty for a hit and outside the ordinary run.
    """

    number: PepNumber
    pull_request: int
    opened: date
    run: Run
    suggestion: PepNumber
    with_holes: PepNumber
    why: str


def numbers_taken(replay: Replay, reviews: Mapping[int, Reviewed]) -> tuple[NumberTaken, ...]:
    """The numbers of new PEPs, in the order of the merges.

    Args:
        replay: The replay.
        reviews: Pull requests by their rows.

    Raises:
        Unexplained: The explanations do not fit the suggestions that were not taken.
    """
    published = _published_at_the_end(replay)
    found = [
        _taken(replay, row, assessment, published)
        for row, reviewed in reviews.items()
        for assessment in reviewed.verdict.peps
    ]
    missed = {
        one.number for one in found if one.run is Run.ORDINARY and one.suggestion != one.number
    }
    explained = MISSES.keys() & {one.number for one in found}
    if len(reviews) == len(replay.history):
        explained = MISSES.keys()
    if wrong := sorted(missed ^ explained):
        raise Unexplained(f"suggestions not taken and their explanations differ: PEP {wrong}")
    return tuple(found)


def _taken(
    replay: Replay, row: int, assessment: PepAssessment, published: frozenset[PepNumber]
) -> NumberTaken:
    number = assessment.pep.number
    pull_request = replay.history.number(row)
    assert number is not None
    assert pull_request is not None
    ledger = replay.ledger_at_opening(row)
    suggestion = next_number(ledger, for_pull_request=pull_request)
    run = _run(assessment)
    why = MISSES.get(number, "") if run is Run.ORDINARY else ""
    if why == NUMBER_RESERVED and suggestion in published:
        raise Unexplained(f"{suggestion}, suggested for PEP {number}, was published after all")
    return NumberTaken(
        number=number,
        pull_request=pull_request,
        opened=replay.opened(row),
        run=run,
        suggestion=suggestion,
        with_holes=next_number(_with_holes_held(ledger, published), for_pull_request=pull_request),
        why=why.format(suggestion=suggestion),
    )


def _run(assessment: PepAssessment) -> Run:
    if assessment.number.state is NumberState.FAR_AHEAD:
        return Run.AHEAD
    if assessment.number.state is NumberState.SPECIAL or (
        assessment.pep.number in default_policy().numbers.elections
    ):
        return Run.SPECIAL
    return Run.ORDINARY


def _published_at_the_end(replay: Replay) -> frozenset[PepNumber]:
    last = replay.history[-1]
    return last.context.numbers.published | {
        pep.number for pep in last.new if pep.number is not None
    }


def _with_holes_held(ledger: NumberLedger, published: frozenset[PepNumber]) -> NumberLedger:
    holes = set(range(1, 1000)) - published
    held = tuple(Claim(PepNumber(number), 0) for number in holes)
    return replace(ledger, claims=ledger.claims + held)
