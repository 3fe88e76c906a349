"""What can be mended mechanically, as the files would be."""

import pytest

from bot.peps.change import FileChange, FileStatus
from bot.peps.changed_pep import new_peps
from bot.review.fixes.files import fixed_files
from bot.rules.codeowners import assess_codeowners
from bot.rules.engine.assessment import OwnersState
from tests.rules.builders import (
    CODEOWNERS,
    OWNERS_BEFORE,
    added,
    change,
    context,
    owners_with,
    pep_text,
)

PRESENT = owners_with("peps/pep-0791.rst  @wim @vera")


def test_the_line_for_the_folder_of_a_renumbered_pep_follows_it() -> None:
    text = pep_text(9999, Author="Wim Core", Sponsor="Vera Core")
    files = added(text, "peps/pep-9999.rst"), added("", "peps/pep-9999/a.png")
    own = ("peps/pep-9999.rst  @wim @vera", "peps/pep-9999/  @wim @vera")
    before = change(*files, owners=owners_with(*own, after_line=5))
    fixes = {one.path: one for one in fixed_files(before, context())}
    assert fixes[CODEOWNERS].after == owners_with(*(one.replace("9999", "0791") for one in own))
    moves = {(one.path, one.new_path) for one in fixes.values()}
    assert ("peps/pep-9999/a.png", "peps/pep-0791/a.png") in moves


def test_references_to_the_files_of_a_renumbered_pep_follow_whatever_is_around_them() -> None:
    words = (
        "(See pep-9999-1.png.) pep-9999-a(1).png, pep-9999-a(1), 'pep-9999-1.png','pep-9999-1.png';"
        ' f("pep-9999-1.png","pep-9999-no.png")'
    )
    text = pep_text(9999, Author="Wim Core").replace("Words.", words)
    own = (added("", f"peps/pep-9999-{name}.png") for name in ("1", "a(1)"))
    pep, *_ = fixed_files(change(added(text, "peps/pep-9999.rst"), *own), context())
    after = words.replace("9999-1", "0791-1").replace("9999-a(1).png", "0791-a(1).png")
    assert after in pep.after


def test_what_a_pull_request_did_not_add_stays_when_its_pep_is_renumbered() -> None:
    text = pep_text(777, Author="Wim Core").replace("Words.", "See pep-0777/a.png.")
    files = added(text, "peps/pep-0777.rst"), FileChange("peps/pep-0777/a.png", FileStatus.MODIFIED)
    owners = owners_with(before=OWNERS_BEFORE + "peps/pep-0777/  @vera\n")
    the_change = change(*files, owners=owners, before=owners)
    pep, _ = fixed_files(the_change, context())
    assert (pep.new_path, "See pep-0777/a.png." in pep.after) == ("peps/pep-0791.rst", True)
    taken = change(files[0], added("", "peps/pep-0777/b.png"))
    context_with_it = context(auxiliary=frozenset({"peps/pep-0791/b.png"}))
    assert "peps/pep-0777/b.png" not in {one.path for one in fixed_files(taken, context_with_it)}


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
