from datetime import date, timedelta

import pytest

from bot.peps.change import Change
from bot.peps.changed_pep import new_peps
from bot.peps.people import CoreTeamMember, Login
from bot.policy.load import default_policy
from bot.rules.engine.assessment import ConsentState, SponsorAssessment, SponsorState
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Need, Severity
from bot.rules.sponsor import assess_sponsor
from tests.rules.builders import (
    added,
    change,
    context,
    council_since,
    finding,
    findings,
    modified,
    pep_text,
    team,
)


def assessment_of(the_change: Change, the_context: Context | None = None) -> SponsorAssessment:
    (pep,) = new_peps(the_change)
    return assess_sponsor(pep, the_change, the_context or context())


def test_without_a_core_author_or_a_sponsor_the_author_line_is_marked() -> None:
    the_change = change(added(pep_text(9999, Sponsor=None), "peps/pep-9999.rst"))
    found = finding("sponsor", the_change)
    assert (found.path, found.line, found.severity) == ("peps/pep-9999.rst", 3, Severity.ERROR)
    assert found.message == (
        "No author is on the core team list, so the PEP needs a `Sponsor` line."
    )
    assert found.need is Need.SPONSOR
    assert "`Sponsor: Name <email>`" in found.help
    assert assessment_of(the_change).state is SponsorState.MISSING


@pytest.mark.parametrize("placeholder", ["TBD", "", "Pending", "TODO"])
def test_a_placeholder_is_no_sponsor(placeholder: str) -> None:
    found = finding("sponsor", change(added(pep_text(Sponsor=placeholder))))
    assert (found.line, found.need) == (4, Need.SPONSOR)


@pytest.mark.parametrize(
    ("sponsor", "headers", "login", "role"),
    [
        ("Vera Core", {}, "Vera", "core developer"),
        ("vera core <v at example.org>", {}, "Vera", "core developer"),
        ("Vera Middle Core", {}, "Vera", "core developer"),
        ("Verotschka", {}, "Vera", "core developer"),
        ("Early Member", {}, None, "core developer"),
        ("Edda Editor", {}, "edda", "PEP editor"),
        ("Tina Typing", {}, "tina", "Typing Council member"),
        ("Tina Typing", {"Topic": "Typing"}, "tina", "Typing Council member"),
        ("Paula Packaging", {"Topic": "Packaging"}, "paula", "standing packaging delegate"),
        ("Nobody Known, Wim Core", {}, "wim", "core developer"),
    ],
)
def test_who_may_sponsor(
    sponsor: str, headers: dict[str, str], login: str | None, role: str
) -> None:
    the_change = change(added(pep_text(Sponsor=sponsor, **headers)))
    assert findings("sponsor", the_change) == []
    found = assessment_of(the_change)
    assert (found.state, found.login, found.role) == (SponsorState.ELIGIBLE, login, role)
    assert found.line == 4


@pytest.mark.parametrize(
    ("sponsor", "headers"),
    [
        ("Nobody Known", {}),
        ("Gone Member", {}),
        ("Late Comer", {}),
        ("Paula Packaging", {}),
        ("Otto Owner", {}),
        ("Vera", {}),
        ("Core", {}),
    ],
)
def test_who_may_not(sponsor: str, headers: dict[str, str]) -> None:
    the_change = change(added(pep_text(Sponsor=sponsor, **headers)))
    found = finding("sponsor", the_change)
    assert (found.severity, found.line, found.need) == (Severity.ERROR, 4, Need.SPONSOR)
    assert sponsor in found.message
    assert "core developer, PEP editor or Typing Council member" in found.message
    assert assessment_of(the_change).state is SponsorState.NOT_ELIGIBLE


def test_offices_are_held_from_a_day_to_a_day() -> None:
    the_change = change(added(pep_text(Sponsor="Tina Typing")))
    for day, state in [
        (date(2023, 11, 19), SponsorState.NOT_ELIGIBLE),
        (date(2023, 11, 20), SponsorState.ELIGIBLE),
        (date(2025, 12, 31), SponsorState.ELIGIBLE),
        (date(2026, 1, 1), SponsorState.NOT_ELIGIBLE),
    ]:
        assert assessment_of(the_change, context(today=day)).state is state, day
    late = change(added(pep_text(Sponsor="Late Comer")))
    assert assessment_of(late, context(today=date(2025, 8, 1))).state is SponsorState.ELIGIBLE


def test_the_packaging_delegates_are_named_where_they_may_sponsor() -> None:
    the_change = change(added(pep_text(Sponsor="Nobody Known", Topic="Packaging")))
    assert "standing packaging delegate" in finding("sponsor", the_change).message


def test_the_packaging_councils_members_sponsor_from_the_day_on_which_it_decides() -> None:
    day = date(2026, 11, 1)
    members = default_policy().people.packaging_council
    the_policy = council_since(day, packaging_council=members)
    packaging, other = (
        change(added(pep_text(Sponsor="Ralf Gommers", **topic)))
        for topic in ({"Topic": "Packaging"}, {"Topic": "Typing"})
    )
    for today, state in (
        (day - timedelta(days=1), SponsorState.NOT_ELIGIBLE),
        (day, SponsorState.ELIGIBLE),
    ):
        on_that_day = context(today=today, policy=the_policy)
        assert assessment_of(packaging, on_that_day).state is state, today
        assert assessment_of(other, on_that_day).state is SponsorState.NOT_ELIGIBLE, today
    found = assessment_of(packaging, context(today=day, policy=the_policy))
    assert (found.login, found.role) == ("rgommers", "Packaging Council member")
    late = change(added(pep_text(Sponsor="Paula Packaging", Topic="Packaging")))
    the_context = context(today=day, policy=the_policy)
    assert assessment_of(late, the_context).state is SponsorState.NOT_ELIGIBLE
    assert "Typing Council member or Packaging Council member" in (
        findings("sponsor", late, the_context)[0].message
    )


@pytest.mark.parametrize("accepted", ["stranger", "gone"])
def test_an_editor_can_accept_any_account(accepted: str) -> None:
    sponsor = "Gone Member" if accepted == "gone" else "Some Stranger"
    the_change = change(added(pep_text(Sponsor=sponsor)))
    the_context = context(
        accepted_sponsors=frozenset({Login(accepted)}),
        accepted_names={"some stranger": Login(accepted)},
    )
    found = assessment_of(the_change, the_context)
    assert (found.state, found.login) == (SponsorState.ELIGIBLE, accepted)
    assert found.role == "accepted by a PEP editor"
    assert findings("sponsor", the_change, the_context) == []


@pytest.mark.parametrize("sponsor", ["Other Stranger", "Some Stranger" + " X" * 100])
def test_accepting_an_account_by_one_name_accepts_nobody_by_another(sponsor: str) -> None:
    the_context = context(
        accepted_sponsors=frozenset({Login("stranger")}),
        accepted_names={"some stranger": Login("stranger")},
    )
    found = assessment_of(change(added(pep_text(Sponsor=sponsor))), the_context)
    assert found.state is SponsorState.NOT_ELIGIBLE


def test_accepting_one_account_does_not_accept_another_known_one() -> None:
    the_change = change(added(pep_text(Sponsor="Gone Member")))
    the_context = context(accepted_sponsors=frozenset({Login("stranger")}))
    assert assessment_of(the_change, the_context).state is SponsorState.NOT_ELIGIBLE


@pytest.mark.parametrize("sponsor", [None, "Wim Core", "Nobody Known"])
def test_a_core_author_needs_no_sponsor_and_a_needless_one_does_no_harm(
    sponsor: str | None,
) -> None:
    authors = "Olga Outsider,\n        Vera Core <v at example.org>"
    the_change = change(added(pep_text(Author=authors, Sponsor=sponsor)))
    assert findings("sponsor", the_change) == []
    found = assessment_of(the_change)
    assert found.state is SponsorState.AUTHOR_IS_CORE
    assert found.consent is ConsentState.NOT_NEEDED


@pytest.mark.parametrize("header", ["Sponsor", "Author"])
def test_a_name_that_may_mean_several_people_is_a_notice(header: str) -> None:
    twins = team(
        CoreTeamMember("Anna B. Twin", Login("anna1"), date(2010, 1, 1), None),
        CoreTeamMember("Anna C. Twin", Login("anna2"), date(2010, 1, 1), None),
    )
    headers: dict[str, str | None] = {"Sponsor": None}
    headers[header] = "Anna Twin"
    the_change = change(added(pep_text(**headers)))
    the_context = context(core_team=twins)
    found = finding("sponsor", the_change, the_context)
    assert (found.severity, found.need) == (Severity.NOTICE, None)
    assert "Anna Twin may be Anna B. Twin or Anna C. Twin" in found.message
    assert assessment_of(the_change, the_context).state is SponsorState.UNCLEAR


def test_without_the_core_teams_list_there_is_one_notice_and_nobody_is_accused() -> None:
    the_change = change(
        added(pep_text(791, Sponsor=None)),
        added(pep_text(792, Sponsor="Nobody Known"), "peps/pep-0792.rst"),
    )
    found = finding("sponsor", the_change, context(core_team=None))
    assert (found.severity, found.need) == (Severity.NOTICE, None)
    assert "I could not read the core team list" in found.message


def test_a_hostile_name_is_harmless_in_the_message() -> None:
    the_change = change(added(pep_text(Sponsor="Eve `x` [a](javascript:0) #1 \u202e @all")))
    message = finding("sponsor", the_change).message
    assert not set("@#[]<>\u202e") & set(message)
    assert "`" not in message


def test_changes_to_published_peps_need_no_sponsor() -> None:
    the_change = change(modified(pep_text(695, Sponsor=None), pep_text(695, Sponsor=None) + "x\n"))
    assert findings("sponsor", the_change) == []


def test_a_text_without_a_header_is_asked_for_the_header_first() -> None:
    assert findings("sponsor", change(added("Just words.\n"))) == []


OLGA, VERA = "Olga Outsider <olga at example.org>", "Vera Core <vera at example.org>"


def draft_change(before: dict[str, str | None], after: dict[str, str | None]) -> Change:
    texts = (pep_text(840, **before), pep_text(840, **after))
    return change(modified(*texts, "peps/pep-0840.rst"), author=Login("olga"))


@pytest.mark.parametrize("status", ["Draft", "Deferred"])
def test_a_draft_that_loses_its_sponsor_needs_one_until_it_is_decided(status: str) -> None:
    found = finding(
        "sponsor",
        draft_change({"Sponsor": VERA, "Status": status}, {"Sponsor": None, "Status": status}),
    )
    assert (found.severity, found.path, found.line) == (Severity.WARNING, "peps/pep-0840.rst", 3)
    assert found.message == (
        "PEP 840 needs a sponsor until it is decided: no author is a core developer."
    )
    assert found.need is None, "only new PEPs get the label"
    assert "`Sponsor: Name <email>`" in found.help


def test_a_draft_that_loses_its_core_author_needs_a_sponsor() -> None:
    both = {"Author": f"{OLGA},\n        {VERA}", "Sponsor": None}
    found = finding("sponsor", draft_change(both, {"Sponsor": None}))
    assert "needs a sponsor until it is decided" in found.message
    assert findings("sponsor", draft_change(both, {"Sponsor": VERA})) == []
    wrong = finding("sponsor", draft_change(both, {"Sponsor": None, "Author": "Nobody Known"}))
    assert wrong.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Sponsor": None}, {"Sponsor": None, "Author": "Olga O. Outsider"}),
        ({"Sponsor": None}, {"Sponsor": None, "Author": f"{OLGA},\n        Nobody Known"}),
        ({"Sponsor": VERA}, {"Sponsor": "Vera Core <other@example.org>"}),
        ({"Sponsor": VERA}, {"Sponsor": "Verotschka"}),
        ({"Sponsor": VERA}, {"Sponsor": "Wim Core"}),
        ({"Sponsor": VERA}, {"Sponsor": None, "Author": f"{OLGA},\n        {VERA}"}),
        ({"Sponsor": VERA}, {"Sponsor": None, "Author": f"{OLGA},\n        Edda Editor"}),
        ({"Sponsor": VERA, "Author": VERA}, {"Sponsor": None, "Author": VERA}),
        ({"Sponsor": VERA}, {"Sponsor": None, "Status": "Accepted"}),
        ({"Sponsor": VERA, "Status": "Final"}, {"Sponsor": None, "Status": "Final"}),
        ({"Sponsor": "Nobody Known"}, {"Sponsor": "Nobody Known", "Title": "Other"}),
        ({"Sponsor": "Gone Member"}, {"Sponsor": "Gone Member", "Author": f"{OLGA}, Nobody Else"}),
        ({"Sponsor": VERA}, {"Sponsor": VERA, "Title": "Other"}),
    ],
)
def test_other_changes_of_published_peps_are_left_alone(
    before: dict[str, str | None], after: dict[str, str | None]
) -> None:
    assert findings("sponsor", draft_change(before, after)) == []


def test_a_new_sponsor_who_may_not_be_one_is_a_warning() -> None:
    found = finding("sponsor", draft_change({"Sponsor": VERA}, {"Sponsor": "Nobody Known"}))
    assert (found.severity, found.line, found.need) == (Severity.WARNING, 4, None)
    assert "Nobody Known" in found.message


def test_a_sponsor_added_beside_a_core_author_is_noticed() -> None:
    core = {"Author": VERA, "Sponsor": None}
    found = finding("sponsor", draft_change(core, {"Author": VERA, "Sponsor": "Wim Core"}))
    assert (found.severity, found.line) == (Severity.NOTICE, 4)
    assert found.message == "PEP 1 asks to leave `Sponsor` out if an author is a core developer."


def test_without_the_list_a_changed_sponsor_is_only_noticed() -> None:
    the_change = draft_change({"Sponsor": VERA}, {"Sponsor": None})
    assert finding("sponsor", the_change, context(core_team=None)).severity is Severity.NOTICE
    other = draft_change({"Sponsor": VERA}, {"Sponsor": VERA, "Title": "Other"})
    assert findings("sponsor", other, context(core_team=None)) == []


def test_a_misspelt_header_is_no_sponsor_who_went() -> None:
    before = pep_text(840)
    misspelt = modified(before, before.replace("Sponsor:", "Sponso:"), "peps/pep-0840.rst")
    assert findings("sponsor", change(misspelt)) == []


def test_another_author_alone_asks_for_no_list() -> None:
    the_change = draft_change({}, {"Author": "Nobody Known"})
    assert findings("sponsor", the_change, context(core_team=None)) == []
