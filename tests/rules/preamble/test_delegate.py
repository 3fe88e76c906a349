from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.peps.change import Change, FileChange, FileStatus
from bot.policy.in_office import Delegation
from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import (
    added,
    change,
    context,
    council_since,
    delegation,
    finding,
    findings,
    modified,
    pep_text,
)

PATH = "peps/pep-0758.rst"
NOON = datetime(2025, 5, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", ["TBD", "tbd", "TODO", "", "N/A", "?"])
@pytest.mark.parametrize("header", ["PEP-Delegate", "BDFL-Delegate"])
def test_a_decided_pep_does_not_keep_a_placeholder(value: str, header: str) -> None:
    before = pep_text(758, **{header: value})
    after = before.replace("Status: Draft", "Status: Accepted")
    found = finding("delegate", change(modified(before, after, PATH)))
    (line,) = (
        number
        for number, text in enumerate(after.split("\n"), start=1)
        if text.startswith(f"{header}:")
    )
    assert (found.severity, found.line) == (Severity.WARNING, line)
    assert found.message == (
        "A decided PEP should not keep a placeholder. Remove the line if nobody was appointed."
    )
    assert found.fix == Fix(line, line, ())


@pytest.mark.parametrize("value", ["TBD", ""])
def test_in_a_draft_a_placeholder_is_fine(value: str) -> None:
    before, after = pep_text(758), pep_text(758, **{"PEP-Delegate": value})
    assert findings("delegate", change(modified(before, after, PATH))) == []


@pytest.mark.parametrize("value", ["C API Working Group", "Steering Council", "the typing WG"])
def test_a_body_cannot_be_a_delegate(value: str) -> None:
    before, after = pep_text(758), pep_text(758, **{"PEP-Delegate": value})
    found = finding("delegate", change(modified(before, after, PATH)))
    assert found.severity is Severity.WARNING
    assert "a council or working group cannot be one" in found.message


def test_an_author_cannot_be_the_delegate_whichever_line_is_new() -> None:
    own = {"PEP-Delegate": "Paula Packaging <paula at example.org>"}
    both = pep_text(758, Author="Vera Core, Paula Packaging", **own)
    for before in (pep_text(758, Author="Vera Core, Paula Packaging"), pep_text(758, **own)):
        found = finding("delegate", change(modified(before, both, PATH)))
        assert (found.severity, found.message) == (
            Severity.WARNING,
            "An author of a PEP cannot be its PEP-Delegate.",
        )
    assert findings("delegate", change(modified(both, f"{both}\nMore.\n", PATH))) == []
    early = context(today=date(2015, 9, 4))
    assert findings("delegate", change(modified(before, both, PATH)), early) == [], "as in PEP 503"


def test_a_body_the_policy_knows_is_explained() -> None:
    before, after = pep_text(758), pep_text(758, **{"PEP-Delegate": "C API Working Group"})
    found = finding("delegate", change(modified(before, after, PATH)))
    assert found.help == (
        "The C API Working Group is not a person. It gives opinions on PEPs about the C API; the "
        "Steering Council decides on them. The Steering Council "
        "appoints a PEP-Delegate, or decides "
        "itself."
    )


@pytest.mark.parametrize("status", ["Accepted", "Provisional", "Rejected", "Final"])
def test_a_decision_in_the_name_of_a_body_is_reported_where_the_line_was_there_before(
    status: str,
) -> None:
    before = pep_text(757, **{"PEP-Delegate": "C API Working Group"})
    after = before.replace("Status: Draft", f"Status: {status}")
    found = finding("delegate", change(modified(before, after, "peps/pep-0757.rst")))
    assert (found.severity, found.line) == (Severity.WARNING, 5)


def test_a_decision_that_also_brings_the_body_in_is_reported_once() -> None:
    before = pep_text(757)
    after = pep_text(757, Status="Accepted", **{"PEP-Delegate": "C API Working Group"})
    assert len(findings("delegate", change(modified(before, after, PATH)))) == 1


def test_taking_a_pep_back_is_no_decision() -> None:
    before = pep_text(757, Status="Accepted", **{"PEP-Delegate": "C API Working Group"})
    after = before.replace("Status: Accepted", "Status: Draft")
    assert findings("delegate", change(modified(before, after, PATH))) == []


@pytest.mark.parametrize(
    ("day", "is_reported"), [(date(2026, 10, 31), True), (date(2026, 11, 1), False)]
)
def test_a_council_may_be_named_from_the_day_it_decides(day: date, is_reported: bool) -> None:
    on_day = context(today=day, policy=council_since(date(2026, 11, 1)))
    before = pep_text(758, Topic="Packaging")
    after = pep_text(758, Topic="Packaging", **{"PEP-Delegate": "Packaging Council"})
    found = findings("delegate", change(modified(before, after, PATH)), on_day)
    assert bool(found) is is_reported


def test_a_council_decides_on_its_own_topic_alone() -> None:
    on_day = context(today=date(2026, 11, 1), policy=council_since(date(2026, 11, 1)))
    before, after = pep_text(758), pep_text(758, **{"PEP-Delegate": "Packaging Council"})
    assert len(findings("delegate", change(modified(before, after, PATH)), on_day)) == 1


@pytest.mark.parametrize(
    "value", ["Paul Moore <p.f.moore at gmail.com>", "Wgora Teamowski", "Sig Hansen", "Wim"]
)
def test_a_person_can(value: str) -> None:
    before = pep_text(758, **{"PEP-Delegate": value})
    after = before.replace("Status: Draft", "Status: Accepted")
    assert findings("delegate", change(modified(before, after, PATH))) == []


def test_an_old_placeholder_on_a_line_that_nobody_touches_is_left_alone() -> None:
    before = pep_text(758, Status="Final", **{"PEP-Delegate": "TBD"})
    after = before.replace("Words.", "Other words.")
    assert findings("delegate", change(modified(before, after, PATH))) == []


ISSUE = "https://github.com/python/steering-council/issues/259"
WIM = {"PEP-Delegate": "Wim Core <wim at example.org>"}


def naming(pep: int = 758, *, was: dict[str, str] | None = None, **headers: str) -> Change:
    """A change that gives a draft these headers."""
    before, after = pep_text(pep, **(was or {})), pep_text(pep, **(headers or WIM))
    return change(modified(before, after, f"peps/pep-{pep:04}.rst"))


def test_a_new_delegate_whose_appointment_nothing_shows_gets_a_notice() -> None:
    found = finding("delegate", naming())
    assert (found.severity, found.path, found.line, found.pep) == (
        Severity.NOTICE,
        "peps/pep-0758.rst",
        5,
        758,
    )
    assert found.message == "Nothing here shows the appointment of Wim Core as PEP-Delegate."
    assert "`/pep delegate @login because LINK`" in found.help
    new = change(added(pep_text(791, **WIM)))
    assert finding("delegate", new).message == found.message


@pytest.mark.parametrize(
    "recorded",
    [
        delegation("WIM", 758),
        delegation("wim", 758, link=ISSUE),
        delegation("wim", 758, name="Somebody Else", link=ISSUE),
    ],
)
def test_an_offer_or_an_appointment_on_record_shows_it(recorded: Delegation) -> None:
    assert findings("delegate", naming(), context(delegations=(recorded,))) == []


@pytest.mark.parametrize(
    "recorded",
    [
        delegation("vera", 758, link=ISSUE),
        delegation("wim", 791, link=ISSUE),
        delegation("wim", 758, link=ISSUE, ended_at=NOON),
        delegation("dora", 758, name="Wim Core", link=ISSUE),
    ],
)
def test_the_record_of_another_person_or_pep_or_an_old_one_shows_nothing(
    recorded: Delegation,
) -> None:
    assert findings("delegate", naming(), context(delegations=(recorded,)))


def test_a_delegate_without_a_known_account_is_known_by_the_recorded_name() -> None:
    dora = naming(**{"PEP-Delegate": "Dora Stranger"})
    recorded = delegation("dora", 758, name="Dora STRANGER", link=ISSUE)
    assert findings("delegate", dora, context(delegations=(recorded,))) == []
    nameless = replace(recorded, name="")
    assert findings("delegate", dora, context(delegations=(nameless,)))


def test_a_standing_delegation_or_a_linked_issue_of_the_council_shows_it() -> None:
    paula = {"PEP-Delegate": "Paula Packaging", "Topic": "Packaging"}
    assert findings("delegate", naming(**paula)) == []
    assert findings("delegate", naming(**(paula | {"Topic": "Typing"})))
    linked = replace(naming(), body=f"Appointed in {ISSUE}.")
    assert findings("delegate", linked) == []
    assert findings("delegate", replace(linked, body=f"<!-- {ISSUE} -->"))


def test_who_was_named_before_is_not_new() -> None:
    address = {"PEP-Delegate": "Wim Core <other at example.org>"}
    assert findings("delegate", naming(was=WIM, **address)) == []
    legacy = {"BDFL-Delegate": WIM["PEP-Delegate"]}
    assert findings("delegate", naming(was=legacy, **WIM)) == []
    whole = change(FileChange("peps/pep-0758.rst", FileStatus.MODIFIED, after=pep_text(758, **WIM)))
    assert findings("delegate", whole) == [], "where whole files are checked nothing is new"
    final = {"Status": "Final"}
    assert findings("delegate", naming(was=final, **final, **WIM)) == [], "it is history"


def test_the_old_name_of_the_header_is_fixed_in_a_new_pep_alone() -> None:
    legacy = {"BDFL-Delegate": "TBD"}
    new = change(added(pep_text(791, **legacy)))
    found = finding("delegate", new)
    assert (found.severity, found.message, found.fix) == (
        Severity.NOTICE,
        "`BDFL-Delegate` is the old name of `PEP-Delegate`.",
        Fix(5, 5, ("PEP-Delegate: TBD",)),
    )
    assert findings("delegate", naming(was=legacy, **(legacy | {"Title": "jmath"}))) == []
    both = finding("delegate", change(added(pep_text(791, **legacy, **{"PEP-Delegate": "TBD"}))))
    assert both.fix is None
