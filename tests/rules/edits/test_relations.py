import pytest

from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble
from bot.rules.edits.relations import related_numbers
from bot.rules.engine.finding import Severity
from tests.rules.builders import (
    added,
    change,
    context,
    finding,
    findings,
    longer,
    modified,
    pep_text,
)

FINAL = pep_text(695, Status="Final")
SUPERSEDED = pep_text(695, Status="Superseded", **{"Superseded-By": "700"})


def test_the_successor_has_to_name_the_pep_it_supersedes() -> None:
    related_headers = {PepNumber(700): parse_preamble(pep_text(700, Status="Final", Replaces="12"))}
    found = finding(
        "relations", change(modified(FINAL, SUPERSEDED)), context(related_headers=related_headers)
    )
    assert (found.severity, found.line) == (Severity.WARNING, 9)
    assert found.paste == "Replaces: 12, 695"


def test_the_other_pep_is_read_from_the_change_first() -> None:
    related_headers = {PepNumber(700): parse_preamble(pep_text(700))}
    successor = pep_text(700, Status="Final", Replaces="695")
    files = (
        modified(FINAL, SUPERSEDED),
        modified(pep_text(700, Status="Final"), successor, "peps/pep-0700.rst"),
    )
    assert findings("relations", change(*files), context(related_headers=related_headers)) == []


def test_an_unknown_successor_is_not_reported() -> None:
    assert findings("relations", change(modified(FINAL, SUPERSEDED))) == []


def test_superseded_by_nobody_is_reported_at_the_status() -> None:
    found = finding("relations", change(modified(FINAL, pep_text(695, Status="Superseded"))))
    assert (found.severity, found.line) == (Severity.WARNING, 5)


@pytest.mark.parametrize(("status", "count"), [("Draft", 0), ("Final", 1)])
def test_a_draft_may_name_what_it_would_replace(status: str, count: int) -> None:
    related_headers = {PepNumber(700): parse_preamble(pep_text(700, Status="Final"))}
    text = pep_text(791, Status=status, Replaces="700")
    assert (
        len(findings("relations", change(added(text)), context(related_headers=related_headers)))
        == count
    )


def test_what_is_replaced_before_it_was_decided_is_reported() -> None:
    other = pep_text(700, **{"Superseded-By": "695"})
    related_headers = {PepNumber(700): parse_preamble(other)}
    replacing = change(modified(FINAL, pep_text(695, Status="Final", Replaces="700")))
    found = finding("relations", replacing, context(related_headers=related_headers))
    assert (found.severity, found.message) == (
        Severity.NOTICE,
        "This replaces PEP 700, which is `Draft`.",
    )
    draft = change(modified(pep_text(695), pep_text(695, Replaces="700")))
    assert findings("relations", draft, context(related_headers=related_headers)) == []


def test_that_772_replaces_609_is_disputed_and_no_more_than_a_notice() -> None:
    related_headers = {PepNumber(609): parse_preamble(pep_text(609, Status="Active"))}
    before = pep_text(772, Status="Accepted", Type="Process")
    after = pep_text(772, Status="Accepted", Type="Process", Replaces="609")
    replacing = change(modified(before, after, path="peps/pep-0772.rst"))
    found = finding("relations", replacing, context(related_headers=related_headers))
    assert found.severity is Severity.NOTICE


@pytest.mark.parametrize(
    ("status", "count"), [("Draft", 1), ("Final", 1), ("Withdrawn", 0), ("Superseded", 0)]
)
def test_a_successor_of_a_pep_that_is_not_superseded_is_reported(status: str, count: int) -> None:
    before = pep_text(695, Status=status)
    after = pep_text(695, Status=status, **{"Superseded-By": "700"})
    found = findings("relations", change(modified(before, after)))
    assert [one.severity for one in found] == [Severity.NOTICE] * count


def test_old_one_sided_pairs_are_left_alone() -> None:
    related_headers = {PepNumber(700): parse_preamble(pep_text(700))}
    the_change = change(modified(SUPERSEDED, SUPERSEDED + "More.\n"))
    assert findings("relations", the_change, context(related_headers=related_headers)) == []


@pytest.mark.parametrize("value", ["the other", "", "700 701", "695"])
def test_what_is_no_list_of_other_peps_is_left_to_another_rule(value: str) -> None:
    related_headers = {PepNumber(700): parse_preamble(pep_text(700))}
    text = pep_text(695, Status="Superseded", **{"Superseded-By": value})
    assert (
        findings(
            "relations", change(modified(FINAL, text)), context(related_headers=related_headers)
        )
        == []
    )


@pytest.mark.parametrize("status", ["Draft", "Deferred"])
def test_a_successor_that_nobody_decided_on_is_told_as_a_notice(status: str) -> None:
    successor = pep_text(700, Status=status, Replaces="695")
    related_headers = {PepNumber(700): parse_preamble(successor)}
    the_context = context(related_headers=related_headers)
    found = finding("relations", change(modified(FINAL, SUPERSEDED)), the_context)
    assert (found.severity, found.message, found.line) == (
        Severity.NOTICE,
        f"PEP 700, which replaces this one, is still `{status}`.",
        9,
    )


def test_a_successor_that_was_named_before_is_read_when_the_status_changes() -> None:
    named = pep_text(695, Status="Final", **{"Superseded-By": "700"})
    assert related_numbers(change(modified(named, SUPERSEDED))) == (700,)
    related_headers = {PepNumber(700): parse_preamble(pep_text(700, Replaces="695"))}
    the_context = context(related_headers=related_headers)
    assert findings("relations", change(modified(named, SUPERSEDED)), the_context) != []


def test_of_a_pep_that_was_superseded_before_nothing_more_is_said() -> None:
    related_headers = {PepNumber(700): parse_preamble(pep_text(700, Replaces="695"))}
    edited = change(modified(SUPERSEDED, longer(SUPERSEDED, "More words.")))
    assert findings("relations", edited, context(related_headers=related_headers)) == []
