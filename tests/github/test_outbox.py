"""The one way to write: order, refusals, and the dry run, whatever is written."""

import pytest
from structlog.testing import capture_logs

from bot.github.client.client import TryLater
from bot.github.write.comments import REMINDER_COMMENT, REPLY, comment_write, ensure_comment
from bot.github.write.outbox import WRITE_NAMES, Write, WriteKind, WriteStatus
from bot.store.rows import Intent
from tests.github.scripted_github import Reply
from tests.github.writing_desk import COMMENT, COMMENTS, FORBIDDEN, LOST, ROOT, Desk

REACTION = Write(WriteKind.REACT, "+1", "POST", "/issues/{number}/reactions", {"content": "+1"})
REACTIONS = f"{ROOT}/issues/1/reactions"


def test_no_two_kinds_of_writes_have_one_name() -> None:
    assert len(set(WRITE_NAMES)) == len(WriteKind)


async def test_a_refusal_is_counted_and_is_no_line_of_the_audit(desk: Desk) -> None:
    desk.github.will("POST", REACTIONS, FORBIDDEN)
    outbox, to = await desk.outbox()
    assert (await outbox.send(to, REACTION)).is_refused
    assert desk.counted == [("react", WriteStatus.REFUSED)]
    assert desk.store.audit == []


async def test_a_reply_is_intended_right_before_it_is_created(desk: Desk) -> None:
    outbox, to = await desk.outbox()
    assert await ensure_comment(outbox, to, REPLY, "reply X", "Hello", own={}) == 80
    assert desk.github.journal == ["intend comment reply X", f"POST {COMMENTS}", "audit reply"]
    assert desk.counted == [("reply", WriteStatus.WRITTEN)]


@pytest.mark.parametrize(("answer", "is_open"), [(FORBIDDEN, False), (LOST, True)])
async def test_only_a_create_whose_end_is_unknown_stays_intended(
    desk: Desk, answer: Reply, is_open: bool
) -> None:
    desk.github.will("POST", COMMENTS, answer)
    outbox, to = await desk.outbox()
    try:
        assert (await outbox.send(to, comment_write(REPLY, "reply X", "Hello", None))).id is None
    except TryLater:
        assert is_open
    assert (Intent("comment", "reply X") in desk.store.open) == is_open


async def test_a_reply_that_a_person_deleted_is_written_anew(desk: Desk) -> None:
    desk.github.will("PATCH", COMMENT, Reply({"message": "Not Found"}, 404))
    desk.github.will("POST", COMMENTS, Reply({"id": 81}, 201))
    outbox, to = await desk.outbox()
    assert await ensure_comment(outbox, to, REPLY, "reply X", "Hello", known=80) == 81


async def test_a_reminder_that_is_there_is_left_alone(desk: Desk) -> None:
    outbox, to = await desk.outbox()
    own = {"reminder thread": 80}
    found = await ensure_comment(outbox, to, REMINDER_COMMENT, "reminder thread", "Hi", own=own)
    assert found == 80
    assert desk.github.journal == []


async def test_a_dry_run_records_the_text_of_a_reply_and_logs_it(desk: Desk) -> None:
    outbox, to = await desk.outbox(dry_run=True)
    with capture_logs() as logs:
        assert await ensure_comment(outbox, to, REPLY, "reply X", "Hello", own={}) is None
    assert [(line["event"], line["write"]) for line in logs] == [("would write", "reply")]
    (record,) = desk.store.audit
    assert (record.detail, record.dry_run) == ("reply X\nHello", True)
    assert desk.store.open == []
    assert desk.counted == [("reply", WriteStatus.RECORDED)]
