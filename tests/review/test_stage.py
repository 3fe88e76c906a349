"""Whose turn it is: the state machine as docs/labels.md draws it, over all that may be the case."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.peps.people import Login
from bot.review.overrides import ManualLabel, Overrides, StageOverride
from bot.review.render.queue import render_turn
from bot.review.snapshot import Conversation, Memory, Snapshot
from bot.review.stage import (
    ConsentAwaited,
    Stage,
    Turn,
    compute_turn,
    effective_turn,
    manual_stage_labels,
)
from bot.rules.engine.assessment import ConsentState, SponsorAssessment, SponsorState
from bot.rules.engine.context import Context, Mention
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.kind import ChangeKind
from tests.builders import HEAD, NOW, edit, snapshot
from tests.rules.builders import pep_text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "labels.md"
EDITOR, SPONSOR, STRANGER = Login("edda"), Login("vera"), Login("mallory")


@dataclass(frozen=True)
class Facts:
    """What may be the case on a pull request."""

    draft: bool
    to_mend: bool
    asks: Login | None
    asked_of_head: bool
    consent: ConsentState


def every(kind: ChangeKind) -> Iterator[Facts]:
    consents = list(ConsentState) if kind is ChangeKind.NEW_PEP else [ConsentState.NOT_NEEDED]
    asking = [None, EDITOR, SPONSOR, STRANGER]
    for facts in product([True, False], [True, False], asking, [True, False], consents):
        yield Facts(*facts)


def turn(kind: ChangeKind, facts: Facts, *, needs_deciders: bool = True) -> Turn | None:
    base = snapshot()
    asking = {facts.asks: HEAD if facts.asked_of_head else "0" * 40} if facts.asks else {}
    seen: Snapshot = replace(
        base,
        change=replace(base.change, draft=facts.draft),
        conversation=Conversation(changes_requested=asking),
        context=replace(base.context, editors=frozenset({EDITOR})),
    )
    sponsor = SponsorAssessment(SponsorState.ELIGIBLE, facts.consent, "Vera", SPONSOR)
    findings = (Finding("tabs", Severity.WARNING, "A tab."),) if facts.to_mend else ()
    return compute_turn(
        seen, kind, (sponsor,), findings, frozenset(), needs_deciders=needs_deciders
    )


def as_the_page_says(kind: ChangeKind, facts: Facts) -> Stage:
    """The list under the drawing, first that holds."""
    if facts.draft or facts.to_mend or (facts.asks == EDITOR and facts.asked_of_head):
        return Stage.AUTHOR
    if facts.consent in (ConsentState.AWAITED, ConsentState.WITHDRAWN):
        return Stage.SPONSOR
    return Stage.DECISION if kind.moves_status else Stage.EDITOR


@pytest.mark.parametrize("kind", [ChangeKind.NEW_PEP, ChangeKind.DECISION])
def test_the_turn_is_as_the_page_says_whatever_is_the_case(kind: ChangeKind) -> None:
    for facts in every(kind):
        found = turn(kind, facts)
        assert found is not None
        assert found.stage is as_the_page_says(kind, facts), facts
        if found.stage is Stage.DECISION:
            undecided = turn(kind, facts, needs_deciders=False)
            assert undecided is not None
            assert undecided.stage is Stage.EDITOR, facts


def test_every_step_that_can_happen_is_drawn_and_no_other() -> None:
    drawn = set(
        re.findall(r"^    (\w+) --> (\w+):", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    )
    possible: set[tuple[str, str]] = set()
    for kind in (ChangeKind.NEW_PEP, ChangeKind.DECISION):
        stages = {str(found.stage) for facts in every(kind) if (found := turn(kind, facts))}
        possible |= {(one, other) for one in stages for other in stages if one != other}
    assert drawn == possible


@pytest.mark.parametrize("kind", [ChangeKind.INFRASTRUCTURE, ChangeKind.OWNERS, ChangeKind.POLICY])
def test_where_no_pep_is_touched_it_is_nobodys_turn(kind: ChangeKind) -> None:
    assert turn(kind, next(every(ChangeKind.DECISION))) is None


def test_an_answer_is_awaited_until_its_day_and_then_it_is_the_editors_turn() -> None:
    text = pep_text(840, Author="Vera Core")
    takeover = edit(text, pep_text(840, Author="Mallory Mint"), "peps/pep-0840.rst")
    base = snapshot(takeover)
    asked = replace(base.context, mentions=(Mention(SPONSOR, NOW, "https://x/1"),))
    found = (Finding("ownership", Severity.WARNING, "Taken over."),)

    def computed(context: Context, *more: Finding, draft: bool = False) -> Turn:
        seen = replace(base, change=replace(takeover, draft=draft), context=context)
        turn = compute_turn(
            seen,
            ChangeKind.DRAFT_UPDATE,
            (),
            (*found, *more),
            frozenset(),
            needs_deciders=False,
        )
        assert turn is not None
        return turn

    day = NOW.date()
    assert str(computed(base.context)) == "author: ownership"
    waiting = computed(replace(asked, today=day + timedelta(days=29)))
    assert str(waiting) == f"author: answer of Vera Core since {day}"
    assert render_turn(waiting) == f"Vera Core has until {day + timedelta(30):%d-%b-%Y} to answer"
    over = computed(replace(asked, today=day + timedelta(days=30)))
    assert over.stage is Stage.EDITOR
    assert render_turn(over) == f"Vera Core had until {day + timedelta(30):%d-%b-%Y} to answer"
    assert str(computed(asked, draft=True)) == "author: draft ownership"
    tabs = Finding("tabs", Severity.WARNING, "A tab.")
    assert str(computed(asked, tabs)) == "author: ownership tabs"


COMPUTED = Turn(Stage.SPONSOR, ConsentAwaited(("vera",)))


def override(overridden: str, minutes: int = 0) -> Overrides:
    at = NOW + timedelta(minutes=minutes)
    return Overrides(stage=StageOverride("editor", overridden, EDITOR, at))


def test_an_override_holds_while_the_computed_turn_stays_and_the_later_wins() -> None:
    assert effective_turn(COMPUTED, Overrides(), {}) == COMPUTED
    assert effective_turn(COMPUTED, override("author: tabs"), {}) == COMPUTED
    held = effective_turn(COMPUTED, override(str(COMPUTED)), {})
    assert held is not None
    assert held.stage is Stage.EDITOR
    by_hand = {Stage.AUTHOR: ManualLabel(str(COMPUTED), NOW)}
    for minutes, stage in ((-1, Stage.AUTHOR), (1, Stage.EDITOR)):
        later = effective_turn(COMPUTED, override(str(COMPUTED), minutes), by_hand)
        assert later is not None
        assert later.stage is stage
    assert effective_turn(None, override("x"), {}) is None


def test_a_stage_label_is_a_persons_only_if_a_person_was_seen_setting_it() -> None:
    labelled = replace(snapshot(), labels=frozenset({"Awaiting Author"}), updated_at=NOW)
    assert manual_stage_labels(labelled, Memory(), COMPUTED) == {}
    seen = replace(labelled, set_by_people={"awaiting author": EDITOR})
    assert manual_stage_labels(seen, Memory(), COMPUTED) == {
        Stage.AUTHOR: ManualLabel(str(COMPUTED), NOW, EDITOR)
    }
    known = Memory(by_hand={"awaiting author": ManualLabel("editor: review", NOW)})
    assert manual_stage_labels(seen, known, COMPUTED) == {}
