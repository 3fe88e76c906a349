"""The comment on a pull request that moves a PEP's status."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.peps.change import Markup
from bot.peps.people import Login
from bot.policy.model import RuleSetting
from bot.review.desired import Desired
from tests.builders import edit, new_pep, review_context, snapshot, wanted
from tests.rules.builders import added, change, council_since, pep_text, policy

POST = "https://discuss.python.org/t/66453/63"
WIMS = {"Author": "Wim Core <wim at example.org>", "Sponsor": None}


def moved(after: str = "Final", before: str = "Rejected", **more: Any) -> Desired:
    """A step nobody ever took, unless told otherwise, so that there is something to fix."""
    headers = WIMS | more.pop("headers", {})
    author = more.pop("author", None)
    old, new = pep_text(758, Status=before, **headers), pep_text(758, Status=after, **headers)
    return wanted(snapshot(edit(old, new, author=author), context=review_context(**more)))


def comment(desired: Desired) -> str:
    (only,) = desired.comments
    return only.body


def test_it_names_the_pep_the_new_status_and_the_line() -> None:
    body = comment(moved("Provisional", "Final"))
    assert "This marks PEP 758 as **Provisional**. " in body
    assert "to fix:" in body
    assert "Line 4: **Please check the status.**" in body


def test_nobody_becomes_an_author_by_the_change_that_moves_the_status() -> None:
    old = pep_text(758, Status="Provisional", **WIMS)
    new = pep_text(758, Status="Final", Author="Vera Core", Sponsor=None)
    body = comment(wanted(snapshot(edit(old, new, author=Login("vera")))))
    assert "this was opened by somebody other than the PEP's author (Wim Core)" in body


def test_the_editor_sees_who_decides() -> None:
    body = comment(moved("Provisional", "Final", headers={"Resolution": POST}))
    assert (
        "**For the editor:** the Steering Council decides on this PEP; I have not "
        "read the linked post."
    ) in body


def test_the_editor_sees_a_delegate() -> None:
    named = {"PEP-Delegate": "Dora Delegate <dora at example.org>"}
    body = comment(moved("Provisional", "Final", headers=named))
    assert "Dora Delegate decides on this PEP as PEP-Delegate, if they have been appointed" in body


def test_the_editor_sees_a_council_that_decides() -> None:
    day = date(2026, 11, 1)
    packaging = {"Topic": "Packaging"}
    switched = council_since(day)
    body = comment(moved("Provisional", "Final", headers=packaging, policy=switched, today=day))
    assert "the Packaging Council decides on this PEP" in body


def test_only_the_editor_sees_that_somebody_else_opened_it() -> None:
    body = comment(moved("Provisional", "Final", author=Login("vera")))
    assert "This was opened by somebody other than the PEP's author (Wim Core)" in body
    assert "opened by somebody" not in comment(moved("Provisional", "Final", author=Login("WIM")))


def test_where_an_authors_account_is_unknown_nothing_is_said_of_who_opened_it() -> None:
    unknown = {"Author": "Olga Outsider <olga at example.org>"}
    body = comment(moved("Provisional", "Final", headers=unknown, author=Login("vera")))
    assert "opened by somebody" not in body


def fold(body: str) -> str:
    found = re.search(r"<details><summary>For the editor</summary>(.*)</details>", body, re.DOTALL)
    return found[1] if found else ""


def test_the_checklist_of_the_form_that_fits_is_folded_at_the_end() -> None:
    inside = fold(comment(moved("Final", "Rejected")))
    assert "To fix: status change" in inside
    assert '"Mark a PEP as Final"' in inside
    assert "whether the implementation is merged" in inside
    assert "[ ]" not in inside
    assert "[x]" not in inside


def test_what_an_editor_set_aside_is_not_called_in_order() -> None:
    old, new = pep_text(758, Status="Rejected", **WIMS), pep_text(758, Status="Final", **WIMS)
    shot = snapshot(edit(old, new), instructions=frozenset({"skip status-transition"}))
    run = wanted(shot).check_run
    assert run is not None
    told = comment(wanted(shot)) + run.summary
    assert "Skipped by an editor: status change" in told


def test_a_rule_that_is_switched_off_is_not_called_in_order() -> None:
    off = policy().model_copy(update={"rules": {"status-transition": RuleSetting.OFF}})
    assert "status change" not in fold(comment(moved("Final", "Rejected", policy=off)))


@pytest.mark.parametrize("status", ["Accepted", "Rejected"])
def test_the_editor_of_an_accepted_pep_sees_which_sections_are_missing(status: str) -> None:
    sections = "Security Considerations\n=======================\n\nNone.\n\n\nCopyright"
    old = pep_text(758, **WIMS).replace("Copyright", sections, 1)
    new = old.replace("Status: Draft", f"Status: {status}")
    inside = fold(comment(wanted(snapshot(edit(old, new)))))
    told = (
        "- whether PEP 758 can do without sections for `Motivation`, `Rationale`, "
        "`Specification`, `Backwards Compatibility`, `How to Teach This`, "
        "`Reference Implementation`, `Rejected Ideas`\n"
    )
    assert (told in inside) is (status == "Accepted")
    assert ("can do without" in inside) is (status == "Accepted")


@pytest.mark.parametrize(("words", "told"), [(250, False), (251, True)])
def test_the_editor_of_a_new_pep_sees_that_its_abstract_is_long(words: int, told: bool) -> None:
    below = "Details\n-------\n\n" + "Much. " * 300
    abstract = "Word.\n" * words + f"\n\n{below}\n"
    text = pep_text(791).replace("Words.\n", abstract)
    inside = fold(comment(wanted(snapshot(new_pep(text)))))
    shorter = "- whether the `Abstract` of PEP 791 can be shorter: it has 251 words, and PEP 1 asks"
    assert (shorter in inside) is told
    assert ("can be shorter" in inside) is told


def test_the_editor_of_an_edited_pep_sees_nothing_of_its_abstract() -> None:
    old = pep_text(758, **WIMS)
    new = old.replace("Words.\n", "More words.\n" * 200).replace("Status: Draft", "Status: Final")
    assert "can be shorter" not in fold(comment(wanted(snapshot(edit(old, new)))))


def test_a_text_that_nobody_parsed_is_not_called_in_order() -> None:
    new = added(pep_text(791, Sponsor=None, Author="Wim Core <wim at example.org>"))
    assert "reStructuredText" not in fold(comment(wanted(snapshot(change(new)))))
    parsed = change(replace(new, markup=Markup()))
    assert "reStructuredText" in fold(comment(wanted(snapshot(parsed))))


@pytest.mark.parametrize("status", ["Withdrawn", "Deferred"])
def test_a_status_without_a_form_has_no_checklist(status: str) -> None:
    desired = moved(status, "Draft")
    assert desired.check_run is not None
    assert desired.comments == ()
    assert "For you to judge" not in desired.check_run.summary


def test_a_plain_edit_has_no_checklist() -> None:
    old = pep_text(758, **WIMS)
    desired = wanted(snapshot(edit(old, old.replace("Words.", "Other words."))))
    assert desired.check_run is not None
    assert desired.comments == ()
    assert "For you to judge" not in desired.check_run.summary


def test_what_is_the_same_in_many_peps_is_said_once() -> None:
    resolved = {**WIMS, "Resolution": f"`16-Mar-2025 <{POST}>`__"}
    numbers = range(758, 770)
    files = [
        edit(
            pep_text(number, Status="Accepted", **resolved),
            pep_text(number, Status="Final", **resolved),
            path=f"peps/pep-0{number}.rst",
        ).files[0]
        for number in numbers
    ]
    desired = wanted(snapshot(change(*files, title="PEP 758: Mark as Final")))
    body = comment(desired)
    assert "12 things to fix:" in body
    assert body.count("should point to the documentation") == 1
    assert body.count("canonical-doc:: :ref:") == 1
    visible = body.partition("<details>")[0]
    assert all(f"`peps/pep-0{number}.rst`, line " in visible for number in numbers)
    assert desired.check_run is not None
    assert desired.check_run.summary.count("should point to the documentation") == 1
    assert "(12 times; " in desired.check_run.summary
    assert len(desired.check_run.annotations) == 12
