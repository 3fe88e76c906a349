"""Real pull requests of 2025 with known answers: labels and places the rules decide on."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.peps.change import Change
from bot.peps.number import Claim, PepNumber
from bot.rules.codeowners import assess_codeowners
from bot.rules.engine.assessment import ConsentState, NumberState, OwnersState, SponsorState
from bot.rules.engine.context import Act, ActKind, Context
from bot.rules.engine.finding import Finding, Need, Severity
from bot.rules.engine.number_assessment import assess_number
from bot.rules.engine.registry import run_rules
from bot.rules.sponsor import assess_sponsor
from tests.replay.history import Merged, with_number
from tests.rules.builders import act, added

pytestmark = pytest.mark.real_data

OPEN_IN_MAY_2025 = (Claim(PepNumber(778), 3786), Claim(PepNumber(786), 4360))
BODY_OF_4422 = (
    "* [x] Core dev/PEP editor listed as ``Author`` or ``Sponsor``, and formally confirmed their "
    "approval: https://discuss.python.org/t/91337/47\n* [x] ``Title`` is accurate\n"
)


def opened(merged: Merged, day: date, *claims: Claim, body: str = "") -> tuple[Change, Context]:
    numbers = replace(merged.context.numbers, claims=claims)
    return (
        replace(merged.change, opened=day, body=body),
        replace(merged.context, numbers=numbers, today=day),
    )


def annotated(found: tuple[Finding, ...]) -> list[tuple[str | None, int | None, Severity]]:
    return [(one.path, one.line, one.severity) for one in found if one.path is not None]


def test_a_sponsored_first_pep_with_a_linked_post_is_in_order(shared_data: Path) -> None:
    merged = with_number(shared_data, 4422)
    change, context = opened(merged, date(2025, 5, 12), *OPEN_IN_MAY_2025, body=BODY_OF_4422)
    assert run_rules(change, context) == ()
    (pep,) = merged.new
    number = assess_number(pep, change, context)
    assert (number.state, number.is_next) == (NumberState.GOOD, True)
    assert number.places_with_number == ("file", "header", "title", "CODEOWNERS")
    sponsor = assess_sponsor(pep, change, context)
    assert (sponsor.name, sponsor.login, sponsor.role) == (
        "Victor Stinner",
        "vstinner",
        "core developer",
    )
    assert sponsor.consent is ConsentState.SAID_ELSEWHERE
    assert sponsor.consent_url == "https://discuss.python.org/t/91337/47"
    owners = assess_codeowners(pep, change, context)
    assert (owners.state, owners.expected) == (OwnersState.PRESENT, ("vstinner",))


def test_the_sponsors_approval_settles_it(shared_data: Path) -> None:
    merged = with_number(shared_data, 4422)
    approval: Act = act(ActKind.CONSENT, login="vstinner")
    change, context = opened(merged, date(2025, 5, 12), body=BODY_OF_4422)
    (pep,) = merged.new
    sponsor = assess_sponsor(pep, change, replace(context, acts=(approval,)))
    assert (sponsor.consent, sponsor.consent_url) == (ConsentState.GIVEN, approval.url)


def test_the_same_text_with_a_placeholder_and_without_sponsor_or_line(shared_data: Path) -> None:
    merged = with_number(shared_data, 4422)
    (pep,) = merged.new
    lines = [line for line in pep.text.split("\n") if not line.startswith("Sponsor:")]
    text = "\n".join(lines).replace("PEP: 791", "PEP: 9999", 1)
    change, context = opened(merged, date(2025, 5, 12), *OPEN_IN_MAY_2025)
    change = replace(
        change,
        files=(added(text, "peps/pep-9999.rst"),),
        codeowners_after=change.codeowners_before,
        title="PEP 9999: imath",
    )
    found = run_rules(change, context)
    assert annotated(found) == [
        ("peps/pep-9999.rst", 3, Severity.ERROR),
        ("peps/pep-9999.rst", 1, Severity.WARNING),
    ]
    assert [one.message for one in found] == [
        "No author is on the core team list, so the PEP needs a `Sponsor` line.",
        "9999 is a placeholder. 791 is free.",
    ]
    assert {one.need for one in found} == {Need.SPONSOR, Need.NUMBER}


def test_a_typing_council_members_word_is_awaited_and_a_foreign_owner_accepted(
    shared_data: Path,
) -> None:
    merged = with_number(shared_data, 4082)
    change, context = opened(merged, date(2024, 10, 24))
    found = run_rules(change, context)
    assert annotated(found) == []
    assert [one.rule for one in found] == ["sponsor-consent"]
    (pep,) = merged.new
    sponsor = assess_sponsor(pep, change, context)
    assert (sponsor.state, sponsor.role) == (SponsorState.ELIGIBLE, "Typing Council member")
    owners = assess_codeowners(pep, change, context)
    assert (owners.state, owners.expected) == (OwnersState.PRESENT, ())


def test_an_older_free_number_is_not_disturbed_by_later_ones(shared_data: Path) -> None:
    merged = with_number(shared_data, 4432)
    change, context = opened(merged, date(2025, 5, 21), *OPEN_IN_MAY_2025)
    assert {PepNumber(793), PepNumber(794)} <= context.numbers.published
    found = run_rules(change, context)
    assert annotated(found) == []
    assert [one.rule for one in found] == ["sponsor-consent"]
    (pep,) = merged.new
    number = assess_number(pep, change, context)
    assert (number.state, number.lower_free_number) == (NumberState.GOOD, None)
    owners = assess_codeowners(pep, change, context)
    assert owners.line_to_paste is None
    assert owners.expected == ("dstufft",)


def test_a_forgotten_codeowners_line_is_given_with_its_place(shared_data: Path) -> None:
    merged = with_number(shared_data, 4301)
    claims = (Claim(PepNumber(778), 3786), Claim(PepNumber(779), 4301))
    change, context = opened(merged, date(2025, 3, 13), *claims)
    found = run_rules(change, context)
    assert annotated(found) == [
        ("peps/pep-0779.rst", 1, Severity.WARNING),
        ("peps/pep-0779.rst", 8, Severity.NOTICE),
    ]
    line, created = found
    assert line.message == "Please add a line for this file to `.github/CODEOWNERS`."
    assert line.paste == "peps/pep-0779.rst  @Yhg1s @mpage @colesbury"
    assert line.need is Need.CODEOWNERS
    assert created.message == (
        "`Created` is the day the number was taken; this pull request was opened on 13-Mar-2025."
    )
    (pep,) = merged.new
    assert assess_codeowners(pep, change, context).after == "after the entry for PEP 777"
    number = assess_number(pep, change, context)
    assert (number.state, number.lower_free_number) == (NumberState.GOOD, 776)
    assert assess_sponsor(pep, change, context).state is SponsorState.AUTHOR_IS_CORE


@pytest.mark.parametrize("pull_request", [4304, 4551, 4731, 4485, 4302])
def test_decisions_schedules_and_small_fixes_pass_in_silence(
    shared_data: Path, pull_request: int
) -> None:
    merged = with_number(shared_data, pull_request)
    assert run_rules(merged.change, merged.context) == ()
