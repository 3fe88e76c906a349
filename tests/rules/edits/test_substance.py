"""The rule on changes in substance: size and place decide."""

from datetime import date

import pytest

from bot.peps.change import Change
from bot.peps.number import PepNumber
from bot.policy.load import default_policy
from bot.rules.edits.substance import discussed_drafts
from bot.rules.engine.context import Context, OpenSubmission
from bot.rules.engine.finding import Severity
from tests.rules.builders import change, context, finding, findings, modified, pep_text

RULE = "substance"
THREAD = "https://discuss.python.org/t/92548"
APPROVAL = "https://github.com/python/steering-council/issues/340"
SPECIFICATION = "\n\nSpecification\n=============\n\nWords.\n\nSyntax\n------\n\n"
HISTORY = "\n\nChange History\n==============\n\n"


def lines(count: int) -> str:
    return "".join(f"Line {number}.\n" for number in range(count))


def text(status: str, specified: str = "", more: str = "", **headers: str | None) -> str:
    values: dict[str, str | None] = {"Status": status, "Discussions-To": THREAD, **headers}
    return pep_text(695, **values) + SPECIFICATION + specified + HISTORY + more


def edited(status: str, specified: str, more: str = "", **headers: str | None) -> Change:
    return change(modified(text(status, **headers), text(status, specified, more, **headers)))


@pytest.mark.parametrize("status", ["Provisional", "Accepted"])
def test_an_amendment_is_to_be_noted_in_the_pep(status: str) -> None:
    found = finding(RULE, edited(status, lines(10)))
    approval = ", with the Steering Council's approval" if status == "Accepted" else ""
    assert found.severity is Severity.NOTICE
    assert found.message == (
        "10 lines of the Specification change. PEP 1 says that amendments should be noted in "
        f"the PEP{approval}."
    )
    assert found.line == len(
        (pep_text(695, Status=status, **{"Discussions-To": THREAD}) + SPECIFICATION).split("\n")
    )
    assert ("link the approval" in found.help) is (status == "Accepted")


@pytest.mark.parametrize("status", ["Provisional", "Accepted"])
def test_an_entry_in_the_change_history_is_enough(status: str) -> None:
    assert findings(RULE, edited(status, lines(10), "- 12-May-2025: other words\n")) == []


@pytest.mark.parametrize(("status", "count"), [("Accepted", 0), ("Provisional", 1)])
def test_for_an_accepted_pep_the_councils_approval_may_be_linked_instead(
    status: str, count: int
) -> None:
    before = text(status)
    described = change(modified(before, text(status, lines(10))), body=f"As approved: {APPROVAL}")
    in_the_pep = change(modified(before, text(status, f"See {APPROVAL}.\n{lines(10)}")))
    hidden = change(modified(before, text(status, lines(10))), body=f"<!-- {APPROVAL} -->")
    assert len(findings(RULE, described)) == len(findings(RULE, in_the_pep)) == count
    assert len(findings(RULE, hidden)) == 1


def test_a_link_that_stood_there_before_approves_nothing() -> None:
    before, after = (
        text("Accepted", f"See {APPROVAL}.\n"),
        text("Accepted", f"See {APPROVAL}.\n{lines(10)}"),
    )
    assert len(findings(RULE, change(modified(before, after)))) == 1


@pytest.mark.parametrize("status", ["Provisional", "Accepted"])
def test_a_heading_of_the_specification_is_an_amendment(status: str) -> None:
    after = text(status).replace("Syntax\n------", "Grammar\n-------")
    found = finding(RULE, change(modified(text(status), after)))
    assert found.message.startswith("A heading in the Specification changes. PEP 1 says")


@pytest.mark.parametrize("status", ["Provisional", "Accepted", "Draft"])
def test_small_changes_and_those_elsewhere_are_not_reported(status: str) -> None:
    assert findings(RULE, edited(status, lines(9))) == []
    before = text(status)
    elsewhere = before.replace("Abstract", f"Some\n====\n\n{lines(200)}\n\nAbstract")
    assert findings(RULE, change(modified(before, elsewhere)), reading()) == []
    assert discussed_drafts(change(modified(before, elsewhere)), reading()) == ()


@pytest.mark.parametrize("status", ["Final", "Rejected", "Withdrawn", "Superseded", "Active"])
def test_other_peps_are_left_to_other_rules(status: str) -> None:
    assert findings(RULE, edited(status, lines(200)), reading()) == []


def test_only_standards_track_peps_are_amended() -> None:
    assert findings(RULE, edited("Accepted", lines(90), Type="Informational")) == []


def test_a_decision_may_come_with_other_words() -> None:
    moved = change(modified(text("Draft"), text("Accepted", lines(200))))
    assert findings(RULE, moved, reading()) == []
    assert (
        discussed_drafts(change(modified(text("Deferred"), text("Draft", lines(200)))), reading())
        == ()
    )


def reading() -> Context:
    """The Steering Council has been asked to decide."""
    issue = OpenSubmission("Steering Council", "python/steering-council#999", date(2025, 5, 3))
    return context(submitted={PepNumber(695): issue})


def test_a_draft_that_changes_much_has_its_thread_linked() -> None:
    (found,) = discussed_drafts(edited("Draft", lines(200)), context())
    assert (found.pep.number, found.lines, found.thread) == (695, 200, THREAD)
    assert discussed_drafts(edited("Draft", lines(99)), context()) == ()
    assert findings(RULE, edited("Draft", lines(200))) == []


@pytest.mark.parametrize("value", ["Pending", None])
def test_where_there_is_no_thread_none_is_linked(value: str | None) -> None:
    without = edited("Draft", lines(200), **{"Discussions-To": value})
    assert discussed_drafts(without, context()) == ()


def test_those_who_read_a_draft_are_to_be_told() -> None:
    found = finding(RULE, edited("Draft", lines(200)), reading())
    assert found.severity is Severity.NOTICE
    assert found.message == (
        "The Steering Council has been reviewing PEP 695 since 03-May-2025 "
        "(`python/steering-council#999`): report the change there."
    )
    assert findings(RULE, edited("Draft", lines(99)), reading()) == []


def test_how_many_lines_are_many_is_for_the_policy_to_say() -> None:
    policy = default_policy().model_copy(update={"draft_lines": 20, "amendment_lines": 2})
    strict = context(policy=policy)
    assert len(discussed_drafts(edited("Draft", lines(20)), strict)) == 1
    assert len(findings(RULE, edited("Accepted", lines(2)), strict)) == 1


def test_a_clean_up_of_many_peps_is_left_alone() -> None:
    files = [
        modified(text("Accepted"), text("Accepted", lines(90)), f"peps/pep-0{number}.rst")
        for number in range(400, 408)
    ]
    assert findings(RULE, change(*files)) == []
    assert len(findings(RULE, change(*files[:7]))) == 7
