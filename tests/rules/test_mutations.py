"""Every way to break a real PEP is reported by its rule, at its line, and by no other."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.offline.markup import markups_of
from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.rules.engine.registry import run_rules
from tests.peps.builders import pep_tree
from tests.replay.parsed import PARSED
from tests.replay.tree import tree
from tests.rules.builders import change, context, ledger, modified
from tests.rules.mutations import mutants

pytestmark = pytest.mark.real_data

SOUND = (815, 467, 718, 747, 764)
"""Published PEPs of several kinds that were drafts at the year's end; the shortest comes first."""

SOUND_PEPS = pytest.mark.parametrize(
    "number",
    [
        pytest.param(PepNumber(number), marks=[pytest.mark.exhaustive] if place else [])
        for place, number in enumerate(SOUND)
    ],
)


@pytest.fixture(scope="module", autouse=True)
def _clear_tree_cache() -> Iterator[None]:
    """Free the texts of the whole tree before the tests of other files."""
    yield
    pep_tree.cache_clear()


@SOUND_PEPS
def test_each_way_to_spoil_a_pep_is_caught_by_its_rule_alone(
    number: PepNumber, shared_data: Path
) -> None:
    text = tree(shared_data)[number]
    the_context = replace(
        context(numbers=ledger(range(1, 816), claims={})),
        today=date(2025, 12, 31),
        policy=default_policy(),
    )
    wrong = []
    count = 0
    every = {str(place): mutant for place, mutant in enumerate(mutants(text))}
    markups = markups_of({place: mutant.text for place, mutant in every.items()}, PARSED)
    for place, mutant in every.items():
        count += 1
        edited = modified(text, mutant.text, f"peps/pep-{number:04}.rst")
        edit = change(replace(edited, markup=markups[place]))
        found = run_rules(edit, the_context)
        reported = {(one.rule, one.line if mutant.line else 0) for one in found}
        if reported != {(mutant.rule, mutant.line)}:
            messages = [f"{one.rule}:{one.line} {one.message}" for one in found]
            wrong.append(f"{mutant.name}: {mutant.rule}:{mutant.line} expected, not {messages}")
    assert count > 30
    assert not wrong, "\n".join(wrong)
