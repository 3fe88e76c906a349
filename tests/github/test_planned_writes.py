"""Carrying out a plan: order, intents, memory, refusals, comments, the dry run."""

import pytest
from structlog.testing import capture_logs

from bot.github.client.client import TryLater
from bot.github.client.throttle import token_bucket
from bot.review.reconcile import (
    AddLabels,
    RemoveLabel,
    Write,
    WriteCheckRun,
    WriteComment,
)
from bot.review.snapshot import CheckRunMemory, CommentMemory, Conversation, Memory, OwnComment
from bot.store.rows import Intent
from tests.github.scripted_github import Reply
from tests.github.writing_desk import (
    COMMENT,
    COMMENTS,
    CREATE_COMMENT,
    CREATE_RUN,
    FORBIDDEN,
    HEAD,
    LOST,
    RUNS,
    SUBJECT,
    Desk,
    check_run,
    plan_of,
)


async def test_every_create_is_intended_before_and_remembered_before_it_is_fulfilled(
    desk: Desk,
) -> None:
    await desk.carry_out(plan_of(CREATE_RUN, CREATE_COMMENT))
    assert desk.github.journal == [
        f"intend check_run {HEAD}",
        f"POST {RUNS}",
        "audit create check run",
        "remember",
        f"fulfil check_run {HEAD}",
        "intend comment summary",
        f"POST {COMMENTS}",
        "audit create comment",
        "remember",
        "fulfil comment summary",
    ]
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "run-digest")
    assert desk.store.memory.comments == {"summary": CommentMemory(80, "comment-digest")}


@pytest.mark.parametrize("write", [CREATE_RUN, CREATE_COMMENT])
async def test_a_create_whose_answer_was_lost_stays_intended(desk: Desk, write: Write) -> None:
    desk.github.will("POST", RUNS, LOST)
    desk.github.will("POST", COMMENTS, Reply(dropped=True))
    with pytest.raises(TryLater):
        await desk.carry_out(plan_of(write))
    assert len(desk.store.open) == 1
    assert desk.store.memories == []
    assert desk.store.audit == []


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_a_create_that_was_refused_is_no_longer_intended(desk: Desk, status: int) -> None:
    desk.github.will("POST", RUNS, Reply({"message": "No"}, status))
    outcome = await desk.carry_out(plan_of(CREATE_RUN))
    assert desk.store.open == []
    assert outcome.check_run is None
    assert desk.store.audit == []


async def test_one_missing_permission_is_logged_and_does_not_stop_the_other_writes(
    desk: Desk,
) -> None:
    desk.github.will("POST", RUNS, FORBIDDEN)
    desk.github.will("POST", COMMENTS, Reply({"message": "Issue is locked"}, 403))
    plan = plan_of(CREATE_RUN, AddLabels(("new-pep",)), CREATE_COMMENT, labels={"new-pep": "x"})
    with capture_logs() as logs:
        outcome = await desk.carry_out(plan)
    refused = [log for log in logs if log["event"] == "write not allowed"]
    assert [log["needs"] for log in refused] == [
        "checks: write",
        "issues: write, or the conversation is locked",
    ]
    assert outcome.labels == {"new-pep": "x"}
    assert [record.write for record in desk.store.audit] == ["add labels"]


async def test_what_was_written_before_a_failure_is_remembered(desk: Desk) -> None:
    desk.github.will("POST", COMMENTS, LOST)
    with pytest.raises(TryLater):
        await desk.carry_out(plan_of(CREATE_RUN, CREATE_COMMENT))
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "run-digest")
    assert desk.store.open == [Intent("comment", "summary")]


async def test_what_a_person_declined_is_remembered(desk: Desk) -> None:
    plan = plan_of(declined={"needs sponsor": "nobody"})
    assert (await desk.carry_out(plan)).declined == {"needs sponsor": "nobody"}


async def test_an_edited_comment_is_known_in_the_conversation_too(desk: Desk) -> None:
    other = OwnComment(79, "merged", "published")
    conversation = Conversation(own_comments=(OwnComment(80, "summary", "old"), other))
    memory = Memory(comments={"summary": CommentMemory(80, "old")}, conversation=conversation)
    write = WriteComment(80, "summary", "new", "new-digest")
    outcome = await desk.carry_out(plan_of(write), memory)
    assert desk.bodies("PATCH", COMMENT) == [{"body": "new"}]
    assert outcome.comments == {"summary": CommentMemory(80, "new-digest")}
    assert outcome.conversation is not None
    assert outcome.conversation.own_comments == (other, OwnComment(80, "summary", "new"))


async def test_a_comment_deleted_by_a_person_does_not_come_back(
    desk: Desk,
) -> None:
    desk.github.will("PATCH", COMMENT, Reply({"message": "Not Found"}, 404))
    conversation = Conversation(own_comments=(OwnComment(80, "summary", "old"),))
    memory = Memory(comments={"summary": CommentMemory(80, "old")}, conversation=conversation)
    outcome = await desk.carry_out(plan_of(WriteComment(80, "summary", "new", "d")), memory)
    assert outcome.comments == {"summary": CommentMemory(80, "d")}
    assert desk.bodies("POST", COMMENTS) == []


@pytest.mark.parametrize(
    "write",
    [
        WriteComment(None, "summary", "x" * 65_537, "d"),
        WriteComment(80, "summary", "x" * 65_537, "d"),
    ],
)
async def test_a_comment_that_is_too_long_is_refused_before_anything_is_written(
    desk: Desk, write: Write
) -> None:
    with pytest.raises(ValueError, match="65536"):
        await desk.carry_out(plan_of(CREATE_RUN, write))
    assert desk.github.journal == []


async def test_a_dry_run_records_everything_and_sends_nothing(desk: Desk) -> None:
    memory = Memory(labels={"new-pep": "x"})
    plan = plan_of(CREATE_RUN, AddLabels(("a", "b")), RemoveLabel("c"), CREATE_COMMENT)
    assert await desk.carry_out(plan, memory, dry_run=True) is memory
    assert desk.github.seen == []
    assert [(record.write, record.dry_run) for record in desk.store.audit] == [
        ("create check run", True),
        ("add labels", True),
        ("remove label", True),
        ("create comment", True),
    ]
    assert "Hello" in desk.store.audit[-1].detail
    assert desk.store.memories == [memory]


async def test_a_real_write_is_audited_with_its_cause(desk: Desk) -> None:
    await desk.carry_out(plan_of(CREATE_COMMENT))
    (record,) = desk.store.audit
    assert (record.at, record.subject, record.delivery) == (desk.github.clock.now, SUBJECT, "d-1")
    assert (record.write, record.detail, record.dry_run) == ("create comment", "summary", False)


async def test_every_request_that_writes_takes_a_token(desk: Desk) -> None:
    plan = plan_of(
        WriteCheckRun(None, HEAD, check_run(120), "digest"),
        AddLabels(("new-pep",)),
        CREATE_COMMENT,
        labels={"new-pep": "x"},
    )
    await desk.carry_out(plan)
    writes = [seen for seen in desk.github.seen if not seen.path.endswith("/access_tokens")]
    assert desk.limiter.taken == len(writes) == 6


async def test_eight_writes_are_let_through_at_once() -> None:
    limiter = token_bucket()
    for _ in range(8):
        await limiter.acquire()
    assert not limiter.has_capacity()  # type: ignore[attr-defined]
