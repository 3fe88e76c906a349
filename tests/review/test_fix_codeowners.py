"""What can be mended mechanically, as the files would be."""

import pytest

from bot.peps.changed_pep import new_peps
from bot.review.fixes.files import fixed_files
from bot.rules.codeowners import assess_codeowners
from bot.rules.engine.assessment import OwnersState
from tests.rules.builders import CODEOWNERS, added, change, context, owners_with, pep_text

PRESENT = owners_with("peps/pep-0791.rst  @wim @vera")


@pytest.mark.parametrize(
    ("owners", "state"),
    [
        (owners_with(), OwnersState.MISSING),
        (owners_with("peps/pep-0791.rst  @wim"), OwnersState.INCOMPLETE),
        (owners_with("peps/pep-0778.rst  @wim @vera"), OwnersState.STALE_PATH),
        (f"peps/pep-0791.rst  @wim @vera\n{owners_with()}", OwnersState.MISPLACED),
    ],
)
def test_the_codeowners_line_of_a_new_pep_goes_where_it_belongs(
    owners: str, state: OwnersState
) -> None:
    before = change(added(pep_text(Author="Wim Core", Sponsor="Vera Core")), owners=owners)
    (pep,) = new_peps(before)
    assert assess_codeowners(pep, before, context()).state is state
    (fix,) = [one for one in fixed_files(before, context()) if one.path == CODEOWNERS]
    after = change(added(pep_text(Author="Wim Core", Sponsor="Vera Core")), owners=fix.after)
    assert assess_codeowners(pep, after, context()).state is OwnersState.PRESENT
    assert fix.after.casefold() == PRESENT.casefold()
    assert fix.rules == ("codeowners",)
