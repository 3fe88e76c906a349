"""The check run: conclusion, summary and annotations."""

from typing import Any

import pytest

from bot.peps.change import FileChange, FileStatus
from bot.review.desired import CheckRun, Conclusion
from bot.review.render.check_run import NAME
from bot.review.snapshot import Snapshot
from bot.rules.engine.context import ActKind
from tests.builders import edit, new_pep, other_change, review_context, snapshot, wanted
from tests.rules.builders import (
    OWNERS_BEFORE,
    act,
    change,
    longer,
    modified,
    owners_with,
    pep_text,
    policy,
)


def run_of(the_snapshot: Snapshot) -> CheckRun:
    run = wanted(the_snapshot).check_run
    assert run is not None
    return run


def test_its_name_is_the_contracts() -> None:
    assert NAME == "PEP editor checks"


def test_there_is_none_where_no_pep_is_touched() -> None:
    assert wanted(snapshot(other_change())).check_run is None


def test_the_policy_may_want_one_everywhere() -> None:
    always = policy().model_copy(update={"check_run_always": True})
    run = run_of(snapshot(other_change(), context=review_context(policy=always)))
    assert run.conclusion is Conclusion.SUCCESS
    assert "No PEP is changed." in run.summary


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (pep_text(758), pep_text(758, Status="Accepted"), "PEP 758: Draft to Accepted."),
        (
            pep_text(758, Status="Final"),
            longer(pep_text(758, Status="Final"), "x"),
            "PEP 758 (Final): 1 line changed, editorial.",
        ),
        (pep_text(758), longer(pep_text(758), "x", "y"), "PEP 758 (Draft): 2 lines changed."),
    ],
)
def test_the_summary_says_what_is_changed(before: str, after: str, told: str) -> None:
    assert told in run_of(snapshot(edit(before, after))).summary


def test_a_change_of_owners_lines_alone_is_named_as_such() -> None:
    run = run_of(snapshot(change(owners=owners_with("peps/pep-0779.rst  @wim"))))
    assert run.summary.startswith("CODEOWNERS lines of PEPs changed.")


def test_many_edited_peps_are_not_all_listed() -> None:
    files = [
        edit(pep_text(number), longer(pep_text(number), "x"), f"peps/pep-{number:04}.rst").files[0]
        for number in range(100, 150)
    ]
    assert "And 40 more PEPs changed." in run_of(snapshot(change(*files))).summary


def test_findings_are_annotated_where_they_are() -> None:
    text = pep_text(9999, Sponsor=None)
    run = run_of(snapshot(new_pep(text, path="peps/pep-9999.rst", owners=OWNERS_BEFORE)))
    assert run.conclusion is Conclusion.FAILURE
    assert [
        (note.path, note.start_line, note.end_line, note.level) for note in run.annotations
    ] == [
        ("peps/pep-9999.rst", 3, 3, "failure"),
        ("peps/pep-9999.rst", 1, 1, "warning"),
    ]
    assert run.title == "Two things to fix"


def test_a_sponsor_to_wait_for_is_no_annotation() -> None:
    run = run_of(snapshot())
    assert (run.title, run.annotations) == ("Waiting for the sponsor", ())


def test_a_waived_finding_is_named_but_not_annotated() -> None:
    run = run_of(
        snapshot(new_pep(pep_text(Sponsor=None)), instructions=frozenset({"skip sponsor"}))
    )
    assert run.annotations == ()
    assert "Skipped by an editor" in run.summary
    assert "(`sponsor`)" in run.summary


COUNCIL_FORM = "https://github.com/python/steering-council/issues/new?template="
THREAD = {"Discussions-To": "https://discuss.python.org/t/imath/91337"}


def test_a_published_draft_with_a_thread_is_led_to_the_steering_council() -> None:
    text = pep_text(790, **THREAD)
    edited = change(modified(text, longer(text, "More words."), "peps/pep-0790.rst"))
    assert COUNCIL_FORM in run_of(snapshot(edited)).summary


def test_a_new_pep_is_not_led_there_before_it_is_published() -> None:
    for text in (pep_text(791, **THREAD), pep_text(9999, **THREAD)):
        run = run_of(snapshot(new_pep(text), context=review_context(acts=(act(ActKind.CONSENT),))))
        assert COUNCIL_FORM not in run.summary
        assert "(https://pep-previews--4422.org.readthedocs.build/pep-0791/)" in run.summary


def test_what_could_not_be_read_is_said() -> None:
    run = run_of(snapshot(degraded=("The core team's list is 12 days old.",)))
    assert "The core team's list is 12 days old." in run.summary


def test_a_summary_that_github_would_refuse_is_cut_and_says_so() -> None:
    run = run_of(snapshot(degraded=tuple(f"Note {n}: {'words ' * 100}" for n in range(200))))
    assert len(run.summary) <= 65_535
    assert run.summary.endswith("The annotations are complete.)")


@pytest.mark.parametrize(
    "status",
    [
        "```@everyone`",
        "@everyone",
        "<img src=x>",
        "[x](javascript:alert(1))",
        "https://evil.example",
    ],
)
def test_a_strangers_status_stays_plain_words(status: str) -> None:
    summary = run_of(snapshot(edit(pep_text(758), pep_text(758, Status=status)))).summary
    first: Any = summary.split("\n\n")[0]
    assert not set(first) & set("@<>[]`")
    assert "://" not in first


def test_the_line_to_paste_stands_in_the_summary_as_a_block() -> None:
    lacking = new_pep(pep_text(Author="Vera Core", Sponsor=None), owners=OWNERS_BEFORE)
    assert "\n\n    peps/pep-0791.rst  @vera" in run_of(snapshot(lacking)).summary.lower()


def test_a_change_of_the_policy_is_named_as_such() -> None:
    file = FileChange(".github/pep-bot.toml", FileStatus.ADDED, after="check_run_always = true\n")
    assert run_of(snapshot(change(file))).summary.startswith("The bot's policy for this repository")
