from datetime import date

import pytest

from bot.rules.engine.finding import Fix, Severity
from tests.rules.builders import (
    change,
    context,
    council_since,
    finding,
    findings,
    modified,
    pep_text,
)

PATH = "peps/pep-0758.rst"


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
        "The C API Working Group is none: It gives opinions on PEPs about the C API; the Steering "
        "Council decides on them. The Steering Council appoints a PEP-Delegate, or decides itself."
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
