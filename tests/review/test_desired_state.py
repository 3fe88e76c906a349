"""What should stand on GitHub (contract, "On GitHub")."""

from typing import Any

import pytest

from bot.peps.change import Change
from bot.policy.labels import LabelNames
from bot.review.desired import Conclusion
from bot.review.snapshot import PullRequestState, Snapshot
from bot.rules.engine.context import ActKind
from tests.builders import (
    edit,
    label_names,
    new_pep,
    other_change,
    review_context,
    snapshot,
    wanted,
)
from tests.rules.builders import OWNERS_BEFORE, act, change, longer, owners_with, pep_text, policy

AGREED = (act(ActKind.CONSENT),)
DECIDED = "`14-Mar-2025 <https://discuss.python.org/t/66453/63>`__"


def open_pull_request(the_change: Change, **context: Any) -> Snapshot:
    return snapshot(the_change, context=review_context(**context))


@pytest.mark.parametrize(
    ("the_change", "acts", "labels"),
    [
        (new_pep(), AGREED, {"new-pep", "awaiting editor"}),
        (new_pep(), (), {"new-pep", "awaiting sponsor"}),
        (
            new_pep(owners=OWNERS_BEFORE),
            AGREED,
            {"new-pep", "needs codeowners", "awaiting author"},
        ),
        (
            new_pep(pep_text(9999, Sponsor=None), path="peps/pep-9999.rst", owners=OWNERS_BEFORE),
            (),
            {"new-pep", "needs sponsor", "needs number", "awaiting author"},
        ),
        (edit(pep_text(758), pep_text(758, Status="Accepted", Resolution=DECIDED)), (), set()),
        (edit(pep_text(758), pep_text(758, Status="Accepted")), (), {"awaiting author"}),
        (
            edit(pep_text(758), pep_text(759, Status="Final")),
            (),
            {"needs number", "awaiting author"},
        ),
        (edit(pep_text(758), longer(pep_text(758), "x")), (), set()),
        (change(owners=owners_with("peps/pep-0779.rst  @wim")), (), set()),
        (other_change(), (), set()),
    ],
)
def test_the_labels_of_each_state(the_change: Change, acts: Any, labels: set[str]) -> None:
    assert label_names(open_pull_request(the_change, acts=acts)) == labels


def test_labels_switched_off_or_renamed_in_the_policy() -> None:
    names = LabelNames(new_pep="", awaiting_editor="your turn, editors")
    renamed = policy().model_copy(update={"labels": names})
    shown = label_names(open_pull_request(new_pep(), acts=AGREED, policy=renamed))
    assert shown == {"your turn, editors"}


def test_the_cause_of_a_need_changes_with_what_is_said_about_it() -> None:
    missing = wanted(open_pull_request(new_pep(owners=OWNERS_BEFORE))).labels
    incomplete = wanted(
        open_pull_request(new_pep(owners=owners_with("peps/pep-0791.rst  @wim")), acts=AGREED)
    ).labels
    assert missing is not None
    assert incomplete is not None
    assert missing["needs codeowners"] != incomplete["needs codeowners"]


def test_nothing_is_touched_on_a_closed_pull_request() -> None:
    closed = wanted(snapshot(state=PullRequestState.CLOSED))
    assert (closed.labels, closed.comments, closed.check_run) == (None, (), None)


def test_a_merged_new_pep_gets_the_next_steps_and_nothing_else() -> None:
    merged = wanted(snapshot(state=PullRequestState.MERGED))
    assert (merged.labels, merged.check_run) == (None, None)
    assert [comment.marker for comment in merged.comments] == ["merged"]


def test_a_merged_edit_gets_nothing() -> None:
    assert (
        wanted(
            snapshot(edit(pep_text(758), longer(pep_text(758), "x")), state=PullRequestState.MERGED)
        ).comments
        == ()
    )


def test_a_paused_pull_request_keeps_its_check_run_only() -> None:
    paused = wanted(
        snapshot(new_pep(owners=OWNERS_BEFORE), instructions=frozenset({"bot: paused"}))
    )
    assert (paused.labels, paused.comments) == (None, ())
    assert paused.check_run is not None
    assert paused.check_run.conclusion is Conclusion.NEUTRAL
    assert paused.check_run.annotations == ()
    assert "paused" in paused.check_run.title.lower()


def test_labels_that_people_set_on_other_pull_requests_are_not_ours_to_clear() -> None:
    assert wanted(snapshot(other_change())).passing == frozenset()
    assert "awaiting editor" in wanted(snapshot()).passing
