"""The rules on 984 merged pull requests: what editors accepted must not be called an error."""

from collections import Counter
from pathlib import Path

import pytest

from bot.peps.codeowners import owners_as_logins, parse_codeowners
from bot.rules.codeowners import codeowners_standing
from bot.rules.finding import Finding, Severity
from bot.rules.number import number_standing
from bot.rules.registry import run_rules
from bot.rules.sponsor import sponsor_standing
from bot.rules.standing import NumberState, OwnersState, SponsorState
from tests.replay.history import Merged, load

pytestmark = pytest.mark.real_data

ERRORS_EDITORS_OVERLOOKED: dict[tuple[int, str], str] = {}
"""Errors on merged pull requests that are right, by pull request and rule, each with its reason.

The design allows two on rules that apply to fewer than 200; none is needed."""

OUT_OF_ORDER = {3798, 4328}
"""Lines that were merged out of number order: 747 below 749, 783 below 784."""

FORGOTTEN = {741: 3625, 739: 3599, 755: 3947, 768: 4158, 779: 4301, 794: 4448}
"""New PEPs merged without a CODEOWNERS line though somebody with access could own them."""

REMARKED_NUMBERS = {
    777: NumberState.FAR_AHEAD,
    789: NumberState.FAR_AHEAD,
    2026: NumberState.SPECIAL,
}
"""New PEPs whose number the editors may ask about; all three were taken on purpose."""

WRONG_TITLES = {3609, 3873, 4236, 4458}
"""Pull requests whose title names another PEP than the one they change."""

SHORT_LINES = {733: 3491, 775: 4281}
"""Lines merged with fewer owners than there are authors with access."""


@pytest.fixture(scope="module")
def history(shared_data: Path) -> tuple[Merged, ...]:
    return load(shared_data)


@pytest.fixture(scope="module")
def said(history: tuple[Merged, ...]) -> list[tuple[Merged, Finding]]:
    return [
        (merged, finding)
        for merged in history
        for finding in run_rules(merged.change, merged.context)
    ]


def test_the_whole_history_is_replayed(history: tuple[Merged, ...]) -> None:
    assert len(history) == 984
    assert sum(len(merged.new) for merged in history) == 85


def test_no_error_is_raised_on_what_editors_accepted(said: list[tuple[Merged, Finding]]) -> None:
    errors = {
        (merged.pull_request, finding.rule): finding.message
        for merged, finding in said
        if finding.severity is Severity.ERROR
    }
    assert errors.keys() == ERRORS_EDITORS_OVERLOOKED.keys(), errors
    assert len(errors) <= 2


def test_what_each_rule_says_about_the_history(said: list[tuple[Merged, Finding]]) -> None:
    counts = Counter((finding.rule, finding.severity.value) for _, finding in said)
    assert counts == {
        ("codeowners", "warning"): len(FORGOTTEN) + len(SHORT_LINES) + len(OUT_OF_ORDER),
        ("number", "notice"): len(REMARKED_NUMBERS) + len(WRONG_TITLES),
        ("sponsor-consent", "notice"): 40,
    }


def test_codeowners_warnings_are_those_known_to_be_right(
    said: list[tuple[Merged, Finding]],
) -> None:
    warned = {merged.pull_request for merged, finding in said if finding.rule == "codeowners"}
    assert warned == {*FORGOTTEN.values(), *SHORT_LINES.values(), *OUT_OF_ORDER}


def test_titles_that_name_another_pep_than_the_change_are_the_known_mistakes(
    said: list[tuple[Merged, Finding]],
) -> None:
    wrong = {merged.pull_request for merged, finding in said if "title names" in finding.message}
    assert wrong == WRONG_TITLES


def test_numbers_taken_ahead_or_out_of_the_run_are_the_only_remarks_on_numbers(
    history: tuple[Merged, ...],
) -> None:
    states = {
        pep.number: number_standing(pep, merged.change, merged.context).state
        for merged in history
        for pep in merged.new
    }
    remarked = {number: state for number, state in states.items() if state != NumberState.GOOD}
    assert remarked == REMARKED_NUMBERS


def test_every_new_pep_had_a_core_author_or_an_eligible_sponsor(
    history: tuple[Merged, ...],
) -> None:
    states = Counter(
        sponsor_standing(pep, merged.change, merged.context).state
        for merged in history
        for pep in merged.new
    )
    assert states == {SponsorState.AUTHOR_IS_CORE: 45, SponsorState.ELIGIBLE: 40}


def test_the_predicted_owners_are_those_merged(history: tuple[Merged, ...]) -> None:
    equal = 0
    different: dict[int | None, tuple[list[str], list[str]]] = {}
    for merged in history:
        for pep in merged.new:
            owners = parse_codeowners(merged.change.codeowners_after or "")
            line = owners.line_for(pep.path)
            if line is None:
                continue
            standing = codeowners_standing(pep, merged.change, merged.context)
            actual = owners_as_logins(line)
            expected = frozenset(login.casefold() for login in standing.expected)
            if actual == expected:
                equal += 1
            else:
                different[pep.number] = (sorted(actual), sorted(expected))
    share = equal / (equal + len(different))
    print(f"CODEOWNERS lines predicted: {equal} of {equal + len(different)} ({share:.1%})")  # noqa: T201
    # 733 and 775: fewer owners than authors; 764: nobody known to have access; 788: an author got
    # access seven weeks before he was on the core team's list.
    assert different.keys() == {733, 764, 775, 788}, different
    assert share >= 0.84


def test_lines_merged_with_a_new_pep_are_accepted_unless_too_small_or_out_of_order(
    history: tuple[Merged, ...],
) -> None:
    states = Counter(
        codeowners_standing(pep, merged.change, merged.context).state
        for merged in history
        for pep in merged.new
    )
    assert states == {
        OwnersState.PRESENT: 72,
        OwnersState.MISSING: len(FORGOTTEN),
        OwnersState.INCOMPLETE: len(SHORT_LINES),
        OwnersState.MISPLACED: len(OUT_OF_ORDER),
        OwnersState.NOT_NEEDED: 3,
    }
