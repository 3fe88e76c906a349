from dataclasses import replace
from typing import Any

import pytest

from bot.peps.change import Change
from bot.peps.changed_pep import new_peps
from bot.peps.number import PepNumber
from bot.review.fixes.files import fixed_files
from bot.review.render.new_pep import number_line
from bot.rules.engine.assessment import NumberAssessment, NumberState
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Need, Severity
from bot.rules.engine.number_assessment import assess_number
from tests.rules.builders import (
    added,
    change,
    context,
    finding,
    findings,
    ledger,
    longer,
    modified,
    owners_with,
    pep_text,
    renamed,
)


def new_pep(number: int = 791, header: object = None, **more: Any) -> Change:
    text = pep_text(number if header is None else header)
    return change(added(text, f"peps/pep-{number:04}.rst"), **more)


def assessment_of(the_change: Change, the_context: Context | None = None) -> NumberAssessment:
    (pep,) = new_peps(the_change)
    return assess_number(pep, the_change, the_context or context())


def test_the_next_free_number_stands_well_and_says_where_it_agrees() -> None:
    the_change = new_pep(title="PEP 791: imath", owners=owners_with("peps/pep-0791.rst  @vera"))
    assert findings("number", the_change) == []
    found = assessment_of(the_change)
    assert (found.state, found.number) == (NumberState.GOOD, 791)
    assert found.is_next
    assert found.lower_free_number is None
    assert found.places_with_number == ("file", "header", "title", "CODEOWNERS")


def test_a_placeholder_is_a_warning_with_the_free_number() -> None:
    found = finding("number", new_pep(9999))
    assert (found.path, found.line) == ("peps/pep-9999.rst", 1)
    assert (found.severity, found.need) == (Severity.WARNING, Need.NUMBER)
    assert found.message == "9999 is a placeholder. 791 is free."
    assert found.action == "Use number 791"
    assert "`peps/pep-0791.rst`" in found.help
    assert assessment_of(new_pep(9999)).number is None


@pytest.mark.parametrize("word", ["XXXX", "NNNN", "TBD"])
def test_placeholder_words_count_as_placeholders(word: str) -> None:
    the_change = change(added(pep_text("XXXX"), f"peps/pep-{word}.rst"))
    assert finding("number", the_change).message == f"`{word}` is a placeholder. 791 is free."


def test_a_placeholders_own_claim_does_not_block_the_suggestion() -> None:
    the_context = context(numbers=ledger(claims={4422: 791}))
    assert finding("number", new_pep(9999), the_context).message.endswith("791 is free.")


def test_a_published_number_is_an_error() -> None:
    found = finding("number", new_pep(790))
    assert (found.severity, found.need) == (Severity.ERROR, Need.NUMBER)
    assert found.message == "PEP 790 is already published. The next free number is 791."


def test_of_two_pull_requests_with_one_number_only_the_later_is_reported() -> None:
    numbers = ledger(claims={4400: 791, 4422: 791, 4500: 791})
    later = finding("number", new_pep(), context(numbers=numbers))
    assert (later.severity, later.need) == (Severity.ERROR, Need.NUMBER)
    assert later.message == ("PEP 791 is already claimed by #4400. The next free number is 792.")
    assert assessment_of(new_pep(), context(numbers=numbers)).claimed_by == 4400
    oldest = context(numbers=numbers, pull_request=4400)
    assert findings("number", new_pep(), oldest) == []


def test_what_an_editor_reserved_for_the_pull_request_is_told_as_that_and_not_as_free() -> None:
    mine = replace(ledger(claims={4400: 791, 4422: 791}), assigned={PepNumber(843): 4422})
    here = context(numbers=mine)
    message = finding("number", new_pep(), here).message
    assert message == "PEP 791 is already claimed by #4400. 843 is reserved for this pull request."
    message = finding("number", new_pep(9999), here).message
    assert message == "9999 is a placeholder. 843 is reserved for this pull request."
    assert findings("number", new_pep(843), here) == [], "an editor wanted it, far ahead or not"
    found = number_line(assessment_of(new_pep(843), here))
    assert found == "**Number 843** is reserved for this pull request; file and header agree."
    (far,) = findings("number", new_pep(899), here)
    assert "843 is reserved for this pull request. An editor may ask why." in far.message


def test_while_claims_are_being_read_nobody_is_accused_and_nothing_is_promised() -> None:
    numbers = ledger(claims={4400: 791}, complete=False)
    assert findings("number", new_pep(), context(numbers=numbers)) == []
    message = finding("number", new_pep(9999), context(numbers=numbers)).message
    assert "may be free" in message


def test_offline_any_claim_counts() -> None:
    numbers = ledger(claims={0: 791})
    found = finding("number", new_pep(), context(numbers=numbers, pull_request=None))
    assert found.severity is Severity.ERROR
    assert "claimed by an open pull request" in found.message


def test_a_reserved_number_is_an_error_for_all_but_whom_it_is_kept_for() -> None:
    numbers = ledger(reserved={791: "Reserved for Olga Outsider."})
    assert findings("number", new_pep(), context(numbers=numbers)) == []
    other = ledger(reserved={791: "Kept for `@barry`."})
    found = finding("number", new_pep(), context(numbers=other))
    assert (found.severity, found.need) == (Severity.ERROR, Need.NUMBER)
    assert found.message == "791 is reserved (`Kept for '@barry'.`). The next free number is 792."


@pytest.mark.parametrize("header", [790, "XXXX", "", "9999", "791a"])
def test_a_header_with_another_number_than_the_file_is_an_error(header: object) -> None:
    found = finding("number", new_pep(header=header))
    assert (found.severity, found.need, found.line) == (Severity.ERROR, Need.NUMBER, 1)
    assert "the file name says 791" in found.message
    assert assessment_of(new_pep(header=header)).state is NumberState.DISAGREES


@pytest.mark.parametrize("header", ["791", "0791"])
def test_leading_zeros_are_not_this_rules_matter(header: str) -> None:
    assert findings("number", new_pep(header=header)) == []


@pytest.mark.parametrize(
    ("title", "is_reported"),
    [
        ("PEP 791: imath", False),
        ("PEP 790, 791: two", False),
        ("Add imath", False),
        ("", False),
        ("PEP 790: imath", True),
        ("PEP-790: imath", True),
    ],
)
def test_a_title_that_names_another_pep_is_a_warning(title: str, is_reported: bool) -> None:
    found = findings("number", new_pep(title=title))
    assert bool(found) is is_reported
    for one in found:
        assert (one.severity, one.need) == (Severity.WARNING, None)
        assert "names PEP 790" in one.message


def test_a_title_that_names_one_of_two_new_peps_is_right() -> None:
    two = (
        added(pep_text(791), "peps/pep-0791.rst"),
        added(pep_text(792), "peps/pep-0792.rst"),
    )
    assert findings("number", change(*two, title="PEP 791: imath")) == []


@pytest.mark.parametrize(
    ("name", "advice"),
    [("845", "`peps/pep-0845.rst`"), ("00845", "`peps/pep-0845.rst`"), ("123456", "four digits")],
)
def test_a_file_name_without_four_digits_is_an_error(name: str, advice: str) -> None:
    found = finding("number", change(added(pep_text(845), f"peps/pep-{name}.rst")))
    assert (found.severity, found.need, found.line) == (Severity.ERROR, Need.NUMBER, 1)
    assert advice in found.message


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (792, NumberState.GOOD),
        (802, NumberState.GOOD),
        (803, NumberState.FAR_AHEAD),
        (666, NumberState.SPECIAL),
        (2026, NumberState.SPECIAL),
        (8107, NumberState.GOOD),
        (786, NumberState.GOOD),
    ],
)
def test_a_free_number_is_never_refused(number: int, state: NumberState) -> None:
    numbers = ledger(claims={4422: number})
    found = findings("number", new_pep(number), context(numbers=numbers))
    assert assessment_of(new_pep(number), context(numbers=numbers)).state is state
    assert [one.severity for one in found] == (
        [] if state is NumberState.GOOD else [Severity.NOTICE]
    )


@pytest.mark.parametrize("kind", ["Informational", "Process", None])
def test_a_low_number_is_for_an_editor_to_assign(kind: str | None) -> None:
    pep = change(added(pep_text(42, Type=kind), "peps/pep-0042.rst"))
    assert assessment_of(pep, context()).state is NumberState.SPECIAL
    assert finding("number", pep).severity is Severity.NOTICE


def test_a_new_standards_track_pep_is_asked_to_leave_low_numbers_to_meta_peps() -> None:
    found = finding("number", new_pep(42, title="PEP 791: imath"))
    assert (found.severity, found.need, found.action) == (
        Severity.WARNING,
        Need.NUMBER,
        "Use number 791",
    )
    assert "Numbers below 100 are for meta-PEPs" in found.message
    (fixed,) = fixed_files(new_pep(42), context(), only=["number"])
    assert (fixed.new_path, fixed.after.split("\n")[0]) == ("peps/pep-0791.rst", "PEP: 791")


def test_a_low_number_that_an_editor_assigned_or_that_is_published_stays() -> None:
    assigned = replace(ledger(), assigned={PepNumber(42): 4422})
    assert findings("number", new_pep(42), context(numbers=assigned)) == []
    old = pep_text(42)
    edited = change(modified(old, longer(old, "More."), "peps/pep-0042.rst"))
    assert findings("number", edited) == []


def test_numbers_that_come_first_in_order_are_reported_but_not_demanded() -> None:
    found = assessment_of(new_pep(794), context(numbers=ledger(claims={4400: 792})))
    assert found.state is NumberState.GOOD
    assert not found.is_next
    assert found.lower_free_number == 791


def test_a_later_number_published_meanwhile_is_no_matter() -> None:
    numbers = ledger(published=(*range(700, 792), 793, 794))
    assert findings("number", new_pep(792), context(numbers=numbers)) == []
    found = assessment_of(new_pep(792), context(numbers=numbers))
    assert (found.state, found.lower_free_number) == (NumberState.GOOD, None)


def test_editing_the_header_of_a_published_pep_to_another_number_is_an_error() -> None:
    the_change = change(modified(pep_text(695), pep_text(659)))
    found = finding("number", the_change)
    assert (found.severity, found.path, found.line) == (Severity.ERROR, "peps/pep-0695.rst", 1)
    old_blemish = change(modified(pep_text(659), pep_text(659) + "more\n"))
    assert findings("number", old_blemish) == []


def test_a_renumbered_pep_is_judged_by_its_new_number() -> None:
    good = change(renamed(pep_text(791), "peps/pep-0777.rst", "peps/pep-0791.rst"))
    assert findings("number", good) == []
    clash = change(renamed(pep_text(790), "peps/pep-0777.rst", "peps/pep-0790.rst"))
    assert "already published" in finding("number", clash).message
    stale = change(renamed(pep_text(777), "peps/pep-0777.rst", "peps/pep-0791.rst"))
    assert "`PEP: 777`" in finding("number", stale).message


@pytest.mark.parametrize(
    ("title", "is_reported"),
    [
        ("PEP 715: clarify", True),
        ("PEP 695: fix", False),
        ("PEP 715, 695: fix", False),
        ("Fix a typo, see PEP 715", False),
        ("PEP 817: add a picture", False),
    ],
)
def test_a_title_that_names_a_pep_the_change_does_not_touch_is_a_notice(
    title: str, is_reported: bool
) -> None:
    the_change = change(
        modified(pep_text(695), pep_text(695) + "more\n"),
        added("<svg/>", "peps/pep-0817/graph.svg"),
        title=title,
    )
    assert [one.severity for one in findings("number", the_change)] == (
        [Severity.NOTICE] if is_reported else []
    )
