"""The plan of writes: only the difference, and never against people."""

from dataclasses import replace
from datetime import date

import pytest

from bot.review.desired import Annotation, CheckRun, Comment, Conclusion, Desired
from bot.review.reconcile import (
    AddLabels,
    Plan,
    RemoveLabel,
    SetLabels,
    Write,
    WriteCheckRun,
    WriteComment,
    digest_of,
    known_comments,
    plan_writes,
)
from bot.review.snapshot import (
    CheckRunMemory,
    CommentMemory,
    Memory,
    PullRequestState,
    Snapshot,
)
from tests.builders import HEAD, comment_memory, new_pep, own, said, seen_open, snapshot, wanted

BODY = "<!-- pep-bot:summary -->\nThank you!\n"
SUMMARY = Comment("summary", BODY)


def note(line: int, message: str = "Mend this.") -> Annotation:
    return Annotation("peps/pep-0791.rst", line, line, "warning", message, "Number")


def run(*notes: Annotation, title: str = "One thing to fix") -> CheckRun:
    return CheckRun(Conclusion.NEUTRAL, title, "Summary.", notes)


def after(the_snapshot: Snapshot, desired: Desired, plan: Plan, memory: Memory) -> Memory:
    """The memory once the plan was carried out, as the writer keeps it."""
    comments = dict(known_comments(the_snapshot, desired, memory))
    check_run = memory.check_run
    for write in plan.writes:
        match write:
            case WriteCheckRun(id_, sha, _, digest):
                check_run = CheckRunMemory(id_ or 70, sha, digest)
            case WriteComment(id_, marker, _, digest):
                comments[marker] = CommentMemory(id_ or 80, digest)
            case _:
                pass
    return replace(
        memory,
        state=the_snapshot.state,
        check_run=check_run,
        comments=comments,
        labels=plan.labels,
        declined=plan.declined,
    )


def label_plan(present: set[str], labels: dict[str, str], memory: Memory) -> Plan:
    return plan_writes(snapshot(labels=frozenset(present)), Desired(labels=labels), memory)


def writes_of(kind: type[Write] | tuple[type[Write], ...], plan: Plan) -> list[Write]:
    return [write for write in plan.writes if isinstance(write, kind)]


def test_the_first_review_writes_check_run_then_labels_then_comment() -> None:
    first = snapshot()
    plan = plan_writes(first, wanted(first), Memory())
    check_run, labels, comment = plan.writes
    assert isinstance(check_run, WriteCheckRun)
    assert labels == AddLabels(("new-pep", "awaiting sponsor"))
    assert isinstance(comment, WriteComment)
    assert (check_run.id, comment.id) == (None, None)


def test_a_second_review_of_the_same_writes_nothing() -> None:
    first = snapshot()
    desired = wanted(first)
    plan = plan_writes(first, desired, Memory())
    body = next(write.body for write in plan.writes if isinstance(write, WriteComment))
    again = snapshot(
        labels=frozenset(plan.labels), conversation=said(own(body.replace("\n", "\r\n")))
    )
    memory = after(first, desired, plan, Memory())
    assert wanted(again) == desired
    assert plan_writes(again, desired, memory).writes == ()


# Labels


def test_a_label_a_person_removed_stays_away_until_its_cause_changes() -> None:
    memory = seen_open(labels={"needs number": "number a"})
    removed = label_plan(set(), {"needs number": "number a"}, memory)
    assert removed.writes == ()
    assert removed.declined == {"needs number": "number a"}
    assert removed.labels == {}

    later = seen_open(declined=removed.declined)
    still = label_plan(set(), {"needs number": "number a"}, later)
    assert (still.writes, still.declined) == ((), {"needs number": "number a"})

    changed = label_plan(set(), {"needs number": "number b"}, later)
    assert changed.writes == (AddLabels(("needs number",)),)
    assert changed.declined == {}


def test_a_label_whose_cause_changed_comes_back_though_a_person_removed_it() -> None:
    memory = seen_open(labels={"needs number": "number a"})
    plan = label_plan(set(), {"needs number": "number b"}, memory)
    assert plan.writes == (AddLabels(("needs number",)),)


def test_a_label_that_a_person_added_is_not_removed() -> None:
    memory = seen_open(labels={"new-pep": "new PEP"})
    plan = label_plan({"new-pep", "needs sponsor", "question"}, {"new-pep": "new PEP"}, memory)
    assert plan.writes == ()


def test_our_label_goes_when_its_reason_does() -> None:
    memory = seen_open(labels={"needs number": "a", "new-pep": "new PEP"})
    plan = label_plan({"needs number", "new-pep"}, {"new-pep": "new PEP"}, memory)
    assert plan.writes == (RemoveLabel("needs number"),)
    assert plan.labels == {"new-pep": "new PEP"}


def test_labels_are_the_same_whatever_their_case() -> None:
    memory = seen_open(labels={"new-pep": "new PEP", "needs number": "a"})
    plan = label_plan({"New-PEP", "Needs Number"}, {"new-pep": "new PEP"}, memory)
    assert plan.writes == (RemoveLabel("Needs Number"),)


def test_more_than_two_label_writes_become_one_that_keeps_peoples_labels() -> None:
    memory = seen_open(labels={"a": "1", "b": "2"})
    plan = label_plan({"a", "b", "by hand"}, {"c": "3"}, memory)
    assert plan.writes == (SetLabels(("by hand", "c")),)


def test_two_label_writes_stay_two() -> None:
    memory = seen_open(labels={"a": "1"})
    plan = label_plan({"a"}, {"c": "3"}, memory)
    assert plan.writes == (AddLabels(("c",)), RemoveLabel("a"))


def test_a_lost_memory_does_not_leave_old_stage_labels_behind() -> None:
    first = snapshot(labels=frozenset({"awaiting author", "new-pep", "question"}))
    plan = plan_writes(first, wanted(first), Memory())
    assert writes_of((AddLabels, RemoveLabel, SetLabels), plan) == [
        AddLabels(("awaiting sponsor",)),
        RemoveLabel("awaiting author"),
    ]


def test_a_first_review_that_was_cut_short_still_owns_its_labels() -> None:
    memory = Memory(labels={"new-pep": "new PEP"})
    assert label_plan({"new-pep"}, {}, memory).writes == (RemoveLabel("new-pep"),)


def test_left_alone_labels_are_remembered_as_they_were() -> None:
    memory = seen_open(labels={"new-pep": "new PEP"}, declined={"needs number": "a"})
    plan = plan_writes(snapshot(labels=frozenset({"new-pep"})), Desired(labels=None), memory)
    assert (plan.writes, plan.labels, plan.declined) == ((), memory.labels, memory.declined)


# Check run


def test_a_new_head_gets_a_check_run_of_its_own() -> None:
    memory = seen_open(check_run=CheckRunMemory(70, "b" * 40, "x"))
    (write,) = plan_writes(snapshot(), Desired(labels=None, check_run=run(note(1))), memory).writes
    assert isinstance(write, WriteCheckRun)
    assert (write.id, write.head_sha) == (None, HEAD)
    assert write.check_run.annotations == (note(1),)


def test_an_update_sends_only_new_annotations() -> None:
    first = Desired(labels=None, check_run=run(note(1), note(2)))
    (created,) = plan_writes(snapshot(), first, seen_open()).writes
    assert isinstance(created, WriteCheckRun)
    assert created.id is None
    known = CheckRunMemory(70, HEAD, created.digest)

    second = Desired(labels=None, check_run=run(note(2), note(3)))
    (updated,) = plan_writes(snapshot(), second, seen_open(check_run=known)).writes
    assert isinstance(updated, WriteCheckRun)
    assert (updated.id, updated.check_run.annotations) == (70, (note(3),))
    assert "not listed here come from an earlier run" in updated.check_run.summary
    assert "earlier run" not in created.check_run.summary
    assert updated.digest != created.digest

    # The first is wanted again: it still stands from the beginning.
    third = Desired(labels=None, check_run=run(note(1), title="Another title"))
    known = CheckRunMemory(70, HEAD, updated.digest)
    (again,) = plan_writes(snapshot(), third, seen_open(check_run=known)).writes
    assert isinstance(again, WriteCheckRun)
    assert (again.id, again.check_run.annotations) == (70, ())

    known = CheckRunMemory(70, HEAD, again.digest)
    assert plan_writes(snapshot(), third, seen_open(check_run=known)).writes == ()


def test_a_check_run_of_unknown_content_is_written_whole() -> None:
    memory = seen_open(check_run=CheckRunMemory(70, HEAD, ""))
    (write,) = plan_writes(snapshot(), Desired(labels=None, check_run=run(note(1))), memory).writes
    assert isinstance(write, WriteCheckRun)
    assert (write.id, write.check_run.annotations) == (70, (note(1),))


# Comments


def comment_plan(the_snapshot: Snapshot, memory: Memory, comment: Comment = SUMMARY) -> Plan:
    return plan_writes(the_snapshot, Desired(labels=None, comments=(comment,)), memory)


def test_a_comment_is_edited_in_place() -> None:
    memory = seen_open(comments={"summary": comment_memory("old")})
    plan = comment_plan(snapshot(conversation=said(own("old"))), memory)
    assert plan.writes == (WriteComment(80, "summary", BODY, digest_of(BODY)),)


def test_a_comment_a_person_deleted_is_not_created_again() -> None:
    deleted = snapshot(conversation=said())
    memory = seen_open(comments={"summary": comment_memory(digest_of(BODY))})
    assert comment_plan(deleted, memory).writes == ()
    changed = comment_plan(deleted, memory, Comment("summary", BODY + "More.\n"))
    assert not any(isinstance(one, WriteComment) and one.id is None for one in changed.writes)


def test_a_lost_memory_finds_its_comment_and_remembers_it() -> None:
    stands = snapshot(conversation=said(own(BODY)))
    desired = Desired(labels=None, comments=(SUMMARY,))
    assert plan_writes(stands, desired, Memory()).writes == ()
    known = known_comments(stands, desired, Memory())
    assert known == {"summary": CommentMemory(80, digest_of(BODY))}


def test_a_reply_is_not_mistaken_for_the_comment() -> None:
    stands = snapshot(conversation=said(own("reply", "reply IC_1")))
    desired = Desired(labels=None, comments=(SUMMARY,))
    assert known_comments(stands, desired, Memory()) == {}
    (write,) = plan_writes(stands, desired, Memory()).writes
    assert isinstance(write, WriteComment)
    assert write.id is None


def test_a_comment_that_is_only_to_be_updated_is_never_created() -> None:
    mended = Comment("summary", BODY, create=False)
    assert comment_plan(snapshot(), seen_open(), mended).writes == ()
    with_one = comment_plan(snapshot(conversation=said(own("old"))), seen_open(), mended)
    assert with_one.writes == (WriteComment(80, "summary", BODY, digest_of(BODY)),)


MERGED = Comment("merged", "<!-- pep-bot:merged -->\nPublished.\n")


@pytest.mark.parametrize(
    ("memory", "opened", "is_written"),
    [
        (seen_open(), date(2023, 1, 1), True),
        (Memory(), date(2025, 5, 1), True),
        (Memory(), date(2023, 1, 1), False),
        (Memory(), None, False),
        (Memory(state=PullRequestState.MERGED), date(2025, 5, 1), False),
    ],
)
def test_what_was_merged_long_before_the_bot_came_is_left_in_peace(
    memory: Memory, opened: date | None, is_written: bool
) -> None:
    merged = snapshot(new_pep(opened=opened), state=PullRequestState.MERGED)
    plan = comment_plan(merged, memory, MERGED)
    assert bool(plan.writes) is is_written
