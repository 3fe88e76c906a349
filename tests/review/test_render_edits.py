"""The check run's sentence on PEPs that exist already."""

import pytest

from bot.peps.change import Change
from bot.peps.changed_pep import PLACEHOLDER_NUMBERS, edited_peps
from bot.review.render.status import render_edits
from bot.rules.engine.kind import kind_of
from tests.builders import edit
from tests.rules.builders import change, longer, modified, pep_text

POST = "https://discuss.python.org/t/66453/63"
CANONICAL = "\n.. canonical-doc:: :ref:`python:imath`\n"


def rendered(the_change: Change) -> str:
    kind = kind_of(the_change, PLACEHOLDER_NUMBERS)
    return " ".join(render_edits(kind, edited_peps(the_change), the_change))


@pytest.mark.parametrize(
    ("resolution", "words"),
    [
        (f"`15-Mar-2025 <{POST}>`__", "PEP 758: Draft to Accepted, with a dated Resolution."),
        (POST, "PEP 758: Draft to Accepted."),
        (None, "PEP 758: Draft to Accepted."),
    ],
)
def test_a_decision_is_rendered_with_its_dated_resolution(
    resolution: str | None, words: str
) -> None:
    after = pep_text(758, Status="Accepted", Resolution=resolution)
    assert rendered(edit(pep_text(758), after)) == words


def test_a_final_pep_is_rendered_with_its_directive() -> None:
    before, after = pep_text(758, Status="Accepted"), pep_text(758, Status="Final")
    assert rendered(edit(before, after)) == "PEP 758: Accepted to Final."
    linked = after.replace("\n\n\nAbstract", f"\n{CANONICAL}\n\nAbstract")
    assert rendered(edit(before, linked)) == "PEP 758: Accepted to Final, with canonical-doc."
    one_colon = linked.replace("canonical-doc::", "canonical-doc:")
    assert rendered(edit(before, one_colon)) == "PEP 758: Accepted to Final."


def test_release_schedules_share_a_sentence() -> None:
    files = [
        modified(text, longer(text, "More."), f"peps/pep-0{number}.rst")
        for number in (719, 745)
        for text in [pep_text(number, Status="Active", Topic="Release")]
    ]
    assert rendered(change(*files)) == "Release schedule of PEP 719 and 745."
