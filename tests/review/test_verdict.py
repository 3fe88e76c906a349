"""Whose turn it is, and how the check run ends (contract, "Check run" and "Labels")."""

from dataclasses import replace
from typing import Any

import pytest

from bot.peps.change import Change
from bot.peps.people import Login
from bot.policy.labels import LabelNames
from bot.policy.model import RuleSetting
from bot.review.desired import Conclusion
from bot.review.overrides import Overrides, Waiver
from bot.review.snapshot import PullRequestState
from bot.review.stage import Stage
from bot.review.verdict import judge
from bot.rules.engine.context import ActKind
from bot.rules.engine.finding import Need
from tests.builders import edit, new_pep, other_change, review_context, snapshot
from tests.rules.builders import (
    OWNERS_BEFORE,
    act,
    change,
    ledger,
    longer,
    owners_with,
    pep_text,
    policy,
)

AGREED = (act(ActKind.CONSENT),)
RESOLUTION = "`01-Apr-2025 <https://discuss.python.org/t/66453/63>`__"
ACCEPTED = pep_text(758, Status="Accepted", Resolution=RESOLUTION)
FINAL = pep_text(758, Status="Final", Resolution=RESOLUTION).replace(
    "Abstract\n", ".. canonical-doc:: :ref:`python:except`\n\n\nAbstract\n", 1
)
NO_SPONSOR = pep_text(Sponsor=None)


@pytest.mark.parametrize(
    ("the_change", "acts", "stage", "conclusion"),
    [
        (new_pep(), AGREED, Stage.EDITOR, Conclusion.SUCCESS),
        (new_pep(), (), Stage.SPONSOR, Conclusion.NEUTRAL),
        (new_pep(), (act(ActKind.WITHDRAWAL),), Stage.SPONSOR, Conclusion.NEUTRAL),
        (new_pep(), (act(ActKind.COMMENTED),), Stage.EDITOR, Conclusion.SUCCESS),
        (new_pep(author="Vera"), (), Stage.EDITOR, Conclusion.SUCCESS),
        (new_pep(owners=OWNERS_BEFORE), AGREED, Stage.AUTHOR, Conclusion.NEUTRAL),
        (new_pep(owners=OWNERS_BEFORE), (), Stage.AUTHOR, Conclusion.NEUTRAL),
        (new_pep(NO_SPONSOR), (), Stage.AUTHOR, Conclusion.FAILURE),
        (new_pep(NO_SPONSOR, draft=True), (), Stage.AUTHOR, Conclusion.NEUTRAL),
        (new_pep(draft=True), AGREED, Stage.AUTHOR, Conclusion.NEUTRAL),
        (
            edit(pep_text(758), pep_text(758, Status="Accepted", Resolution=RESOLUTION)),
            (),
            Stage.DECISION,
            Conclusion.SUCCESS,
        ),
        (edit(ACCEPTED, FINAL), (), Stage.EDITOR, Conclusion.SUCCESS),
        (
            edit(pep_text(758), pep_text(758, Status="Withdrawn")),
            (),
            Stage.EDITOR,
            Conclusion.SUCCESS,
        ),
        (edit(pep_text(758), longer(pep_text(758), "x")), (), Stage.EDITOR, Conclusion.SUCCESS),
        (change(owners=owners_with("peps/pep-0779.rst  @wim")), (), None, Conclusion.SUCCESS),
        (other_change(), (), None, Conclusion.SUCCESS),
    ],
)
def test_stage_and_conclusion(
    the_change: Change, acts: Any, stage: Stage | None, conclusion: Conclusion
) -> None:
    verdict = judge(snapshot(the_change, context=review_context(acts=acts)))
    assert (verdict.stage, verdict.conclusion) == (stage, conclusion)


def test_a_pep_that_lacks_everything_needs_a_sponsor_and_a_number_but_no_owners_yet() -> None:
    text = pep_text(9999, Sponsor=None)
    verdict = judge(snapshot(new_pep(text, path="peps/pep-9999.rst", owners=OWNERS_BEFORE)))
    assert {finding.need for finding in verdict.findings} == {Need.SPONSOR, Need.NUMBER}
    assert [finding.rule for finding in verdict.steps] == ["sponsor", "number"]


@pytest.mark.parametrize("label", ["skip sponsor", "Skip Sponsor", "skip  sponsor"])
def test_a_finding_an_editor_set_aside_no_longer_counts(label: str) -> None:
    verdict = judge(snapshot(new_pep(NO_SPONSOR), instructions=frozenset({label})))
    assert verdict.waived == ("sponsor",)
    assert Need.SPONSOR not in {finding.need for finding in verdict.findings}
    assert verdict.conclusion is Conclusion.SUCCESS
    assert verdict.stage is Stage.EDITOR


def test_of_what_is_set_aside_only_rules_that_would_run_are_named() -> None:
    the_policy = policy().model_copy(update={"rules": {"tabs": RuleSetting.OFF}})
    labels = frozenset({"skip tabs", "skip no-such-rule", "skip title", "skip sponsor"})
    seen = snapshot(context=review_context(policy=the_policy), instructions=labels)
    assert judge(seen).waived == ("sponsor", "title")
    assert judge(replace(seen, state=PullRequestState.MERGED)).waived == ()


def test_an_awaited_sponsor_can_be_set_aside_too() -> None:
    verdict = judge(snapshot(instructions=frozenset({"skip sponsor-consent"})))
    assert (verdict.stage, verdict.conclusion) == (Stage.EDITOR, Conclusion.SUCCESS)


def test_a_label_that_nobody_entitled_set_waives_nothing() -> None:
    verdict = judge(snapshot(new_pep(NO_SPONSOR), labels=frozenset({"skip sponsor"})))
    assert verdict.conclusion is Conclusion.FAILURE


@pytest.mark.parametrize("label", ["bot: paused", "Bot: Paused"])
def test_a_paused_pull_request_ends_neutral_whatever_stands(label: str) -> None:
    verdict = judge(snapshot(new_pep(NO_SPONSOR), instructions=frozenset({label})))
    assert verdict.paused
    assert verdict.conclusion is Conclusion.NEUTRAL


@pytest.mark.parametrize(
    ("label_by", "said_by", "conclusion"),
    [
        ("edith", (), Conclusion.NEUTRAL),
        ("edith", ("nova",), Conclusion.NEUTRAL),
        (None, ("nova",), Conclusion.FAILURE),
        (None, ("nova", "EDITH"), Conclusion.NEUTRAL),
        (None, ("edith", "nova"), Conclusion.NEUTRAL),
        (None, (), Conclusion.NEUTRAL),
    ],
)
def test_a_pause_ends_neutral_unless_authors_alone_asked_for_it(
    label_by: str | None, said_by: tuple[str, ...], conclusion: Conclusion
) -> None:
    paused = "bot: paused"
    verdict = judge(
        snapshot(
            new_pep(NO_SPONSOR),
            context=review_context(editors=frozenset({Login("edith"), Login("edmund")})),
            instructions=frozenset({paused}),
            set_by_people={paused: Login(label_by)} if label_by else {},
            overrides=Overrides(pauses=tuple(Waiver(Login(by), "", "") for by in said_by)),
        )
    )
    assert verdict.paused
    assert verdict.conclusion is conclusion


def test_a_policy_without_instruction_labels_takes_no_label_for_one() -> None:
    names = LabelNames(paused="", skip_prefix="")
    off = review_context(policy=policy().model_copy(update={"labels": names}))
    verdict = judge(
        snapshot(new_pep(NO_SPONSOR), context=off, instructions=frozenset({"", "sponsor"}))
    )
    assert not verdict.paused
    assert not verdict.waived


@pytest.mark.parametrize("state", [PullRequestState.MERGED, PullRequestState.CLOSED])
def test_nothing_is_held_against_a_pull_request_that_is_not_open(state: PullRequestState) -> None:
    published = review_context(numbers=ledger((*range(700, 792),)))
    verdict = judge(snapshot(new_pep(NO_SPONSOR), state=state, context=published))
    assert verdict.findings == ()
    assert verdict.stage is None
    assert [assessment.pep.number for assessment in verdict.peps] == [791]


def test_the_cause_of_a_stage_changes_with_its_reason_only() -> None:
    without_owners = judge(snapshot(new_pep(owners=OWNERS_BEFORE)))
    again = judge(snapshot(new_pep(owners=OWNERS_BEFORE), labels=frozenset({"x"})))
    without_sponsor = judge(snapshot(new_pep(NO_SPONSOR)))
    assert without_owners.turn == again.turn
    assert without_owners.turn != without_sponsor.turn
