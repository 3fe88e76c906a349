"""What rules compute from a change is computed once, and freed with the change."""

import gc
import weakref

from bot.peps.change import Change, cached_per_change
from bot.peps.changed_pep import PepText, touched_peps
from bot.rules.engine.registry import all_rules
from tests.builders import new_pep
from tests.rules.builders import context


def test_results_are_computed_once_for_each_change() -> None:
    looked: list[tuple[str, int]] = []

    @cached_per_change
    def compute(change: Change, times: int) -> int:
        looked.append((change.title, times))
        return times

    one, other = Change((), title="one"), Change((), title="other")
    assert [compute(one, 1), compute(one, 1), compute(one, 2), compute(other, 1)] == [1, 1, 2, 1]
    assert looked == [("one", 1), ("one", 2), ("other", 1)]


def test_no_text_outlives_its_change_whatever_the_rules_kept_of_it() -> None:
    change = new_pep()
    for rule in all_rules():
        list(rule.check(change, context()))
    text = weakref.ref(touched_peps(change)[0].after)
    assert isinstance(text(), PepText)
    del change
    gc.collect()
    assert text() is None
