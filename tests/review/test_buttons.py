"""The buttons of the check run: none that GitHub refuses, none that would do nothing."""

import pytest

from bot.commands.grammar.parse import understood
from bot.peps.change import Change
from bot.review.desired import command_of_button
from bot.review.fixes.files import fixed_files
from bot.review.snapshot import Snapshot
from bot.review.verdict import judge
from tests.builders import edit, new_pep, review_context, snapshot, wanted
from tests.rules.builders import OWNERS_BEFORE, ledger, longer, pep_text

PLACEHOLDER = new_pep(pep_text(9999), path="peps/pep-9999.rst", owners=OWNERS_BEFORE)
TAB = new_pep(f"{pep_text()}\n\tA tab.\n")
SOUND = edit(pep_text(758), longer(pep_text(758), "x"))


def buttons(seen: Snapshot) -> list[str]:
    run = wanted(seen).check_run
    assert run is not None
    assert len(run.buttons) <= 3
    for one in run.buttons:
        assert (len(one.label) <= 20, len(one.description) <= 40, len(one.identifier) <= 20) == (
            True,
            True,
            True,
        )
        command = command_of_button(one.identifier)
        assert command is not None
        assert understood(command) is not None
    return [one.label for one in run.buttons]


@pytest.mark.parametrize(
    ("the_change", "labels"),
    [
        (SOUND, ["Re-check"]),
        (TAB, ["Re-check", "Suggest fixes"]),
        (PLACEHOLDER, ["Re-check", "Suggest fixes", "Use number 791"]),
        (new_pep(pep_text(845), path="peps/pep-845.rst"), None),
        (
            new_pep(pep_text(786), path="peps/pep-0786.rst", owners=OWNERS_BEFORE),
            ["Re-check", "Suggest fixes", "Use number 791"],
        ),
    ],
)
def test_what_is_offered_is_what_fix_would_do(the_change: Change, labels: list[str] | None) -> None:
    seen = snapshot(the_change)
    found = fixed_files(seen.change, seen.context)
    offered = buttons(seen)
    assert ("Suggest fixes" in offered) == bool(found)
    moved = [one for one in found if one.new_path != one.path]
    assert any(label.startswith("Use number") for label in offered) == bool(moved)
    assert labels is None or offered == labels


def test_a_number_that_is_not_certain_is_neither_offered_nor_taken() -> None:
    numbers = ledger(complete=False)
    seen = snapshot(PLACEHOLDER, context=review_context(numbers=numbers))
    assert buttons(seen) == ["Re-check"]
    assert fixed_files(seen.change, seen.context) == ()


def test_nor_one_that_an_editor_set_aside() -> None:
    seen = snapshot(PLACEHOLDER, instructions=frozenset({"skip number"}))
    assert not any(label.startswith("Use number") for label in buttons(seen))
    waived = judge(seen).waived
    assert waived == ("number",)
    found = fixed_files(seen.change, seen.context, waived=waived)
    assert [one for one in found if one.new_path != one.path] == []
