"""Carrying out a plan: order, intents, memory, refusals, labels, annotations, the dry run."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.github.failure import TryLater
from bot.github.label_looks import LabelLook
from bot.github.writer import Writer, find_check_run, token_bucket
from bot.review.desired import Annotation, CheckRun, Conclusion
from bot.review.plan import (
    AddLabels,
    CreateCheckRun,
    CreateComment,
    Plan,
    RemoveLabel,
    SetLabels,
    UpdateCheckRun,
    UpdateComment,
    Write,
)
from bot.review.snapshot import (
    CheckRunMemory,
    CommentMemory,
    Conversation,
    Memory,
    OwnComment,
)
from bot.review.subject import Repository, Subject
from bot.store.protocol import Intent
from tests.github.remembering_store import RememberingStore
from tests.github.scripted_github import REPOSITORY, Reply, ScriptedGitHub, scripted_github

HEAD = "0123456789abcdef0123456789abcdef01234567"
SUBJECT = Subject(Repository(REPOSITORY, 12), 1)
ROOT = "/repos/python/peps"
RUNS = f"{ROOT}/check-runs"
RUN = f"{RUNS}/70"
LABELS = f"{ROOT}/issues/1/labels"
COMMENTS = f"{ROOT}/issues/1/comments"
COMMENT = f"{ROOT}/issues/comments/80"
LOST = Reply({"message": "Server Error"}, 502)
FORBIDDEN = Reply({"message": "Resource not accessible by integration"}, 403)


def annotation(line: int) -> Annotation:
    return Annotation("peps/pep-0791.rst", line, line, "warning", f"Remark {line}.", "Number")


def check_run(annotations: int = 0) -> CheckRun:
    notes = tuple(annotation(line) for line in range(1, annotations + 1))
    return CheckRun(Conclusion.NEUTRAL, "1 thing to mend", "The summary.", notes)


def plan_of(
    *writes: Write, labels: dict[str, str] | None = None, declined: dict[str, str] | None = None
) -> Plan:
    return Plan(writes, labels or {}, declined or {})


CREATE_RUN = CreateCheckRun(HEAD, check_run(), "run-digest")
CREATE_COMMENT = CreateComment("summary", "<!-- pep-bot:summary -->\nHello", "comment-digest")


class Unlimited:
    def __init__(self) -> None:
        self.taken = 0

    async def acquire(self) -> None:
        self.taken += 1


@dataclass
class Desk:
    """A writer with all it needs, and the means to run it."""

    github: ScriptedGitHub
    store: RememberingStore
    limiter: Unlimited

    async def carry_out(
        self, plan: Plan, memory: Memory = Memory(), *, dry_run: bool = False, **options: Any
    ) -> Memory:
        writer = Writer(
            self.store, dry_run=dry_run, limiter=lambda: self.limiter, clock=self.github.clock
        )
        client = await self.github.clients.for_repository(REPOSITORY, 12)
        return await writer.carry_out(client, SUBJECT, plan, memory, delivery="d-1", **options)

    def bodies(self, method: str, path: str) -> list[Any]:
        return [seen.document for seen in self.github.asked(method, path)]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with scripted_github() as github:
        github.will("POST", RUNS, Reply({"id": 70}, 201))
        github.will("PATCH", RUN, Reply({"id": 70}))
        github.will("POST", COMMENTS, Reply({"id": 80}, 201))
        github.will("PATCH", COMMENT, Reply({"id": 80}))
        github.will("POST", LABELS, Reply([]))
        github.will("PUT", LABELS, Reply([]))
        github.will("POST", f"{ROOT}/labels", Reply({"id": 1}, 201))
        yield Desk(github, RememberingStore(github.journal), Unlimited())


async def test_every_create_is_intended_before_and_remembered_before_it_is_fulfilled(
    desk: Desk,
) -> None:
    await desk.carry_out(plan_of(CREATE_RUN, CREATE_COMMENT))
    assert desk.github.journal == [
        f"intend check_run {HEAD}",
        f"POST {RUNS}",
        "remember",
        f"fulfil check_run {HEAD}",
        "audit create check run",
        "intend comment summary",
        f"POST {COMMENTS}",
        "remember",
        "fulfil comment summary",
        "audit create comment",
    ]
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "run-digest")
    assert desk.store.memory.comments == {"summary": CommentMemory(80, "comment-digest")}


async def test_the_check_run_carries_the_names_it_is_found_by(desk: Desk) -> None:
    await desk.carry_out(plan_of(CreateCheckRun(HEAD, check_run(1), "digest")))
    assert desk.bodies("POST", RUNS) == [
        {
            "name": "PEP editor checks",
            "head_sha": HEAD,
            "external_id": "python/peps#1",
            "status": "completed",
            "conclusion": "neutral",
            "output": {
                "title": "1 thing to mend",
                "summary": "The summary.",
                "annotations": [
                    {
                        "path": "peps/pep-0791.rst",
                        "start_line": 1,
                        "end_line": 1,
                        "annotation_level": "warning",
                        "message": "Remark 1.",
                        "title": "Number",
                    }
                ],
            },
        }
    ]


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


async def test_one_missing_permission_is_told_and_does_not_stop_the_other_writes(
    desk: Desk,
) -> None:
    desk.github.will("POST", RUNS, FORBIDDEN)
    desk.github.will("POST", COMMENTS, Reply({"message": "Issue is locked"}, 403))
    plan = plan_of(CREATE_RUN, AddLabels(("new-pep",)), CREATE_COMMENT, labels={"new-pep": "x"})
    with capture_logs() as logs:
        outcome = await desk.carry_out(plan)
    refused = [log for log in logs if log["event"] == "write_not_allowed"]
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


async def test_annotations_past_fifty_follow_in_further_requests(desk: Desk) -> None:
    outcome = await desk.carry_out(plan_of(CreateCheckRun(HEAD, check_run(120), "digest")))
    sent = desk.bodies("POST", RUNS) + desk.bodies("PATCH", RUN)
    lines = [[note["start_line"] for note in body["output"]["annotations"]] for body in sent]
    assert [len(batch) for batch in lines] == [50, 50, 20]
    assert sum(lines, []) == list(range(1, 121))
    assert all(body["output"]["summary"] == "The summary." for body in sent)
    assert outcome.check_run == CheckRunMemory(70, HEAD, "digest")


async def test_a_check_run_half_annotated_is_remembered_as_such(desk: Desk) -> None:
    desk.github.will("PATCH", RUN, LOST)
    with pytest.raises(TryLater):
        await desk.carry_out(plan_of(CreateCheckRun(HEAD, check_run(120), "digest")))
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "")
    assert desk.store.open == []


async def test_annotations_that_stand_already_are_not_appended_again(desk: Desk) -> None:
    standing = [
        {
            "path": "peps/pep-0791.rst",
            "start_line": line,
            "end_line": line,
            "annotation_level": "warning",
            "message": f"Remark {line}.",
        }
        for line in (1, 2)
    ]
    desk.github.will("GET", f"{RUN}/annotations", Reply(standing))
    memory = Memory(check_run=CheckRunMemory(70, HEAD, ""))
    write = UpdateCheckRun(70, HEAD, check_run(3), "digest")
    outcome = await desk.carry_out(plan_of(write), memory)
    (body,) = desk.bodies("PATCH", RUN)
    assert [note["start_line"] for note in body["output"]["annotations"]] == [3]
    assert outcome.check_run == CheckRunMemory(70, HEAD, "digest")


async def test_an_update_with_annotations_whose_answer_was_lost_is_looked_into_next_time(
    desk: Desk,
) -> None:
    desk.github.will("PATCH", RUN, LOST)
    memory = Memory(check_run=CheckRunMemory(70, HEAD, "old"))
    with pytest.raises(TryLater):
        await desk.carry_out(plan_of(UpdateCheckRun(70, HEAD, check_run(1), "new")), memory)
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "")


async def test_an_update_without_annotations_asks_nothing(desk: Desk) -> None:
    memory = Memory(check_run=CheckRunMemory(70, HEAD, "old"))
    await desk.carry_out(plan_of(UpdateCheckRun(70, HEAD, check_run(), "new")), memory)
    assert desk.github.journal == [f"PATCH {RUN}", "remember", "audit update check run"]
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "new")


async def test_a_check_run_that_is_gone_is_forgotten(desk: Desk) -> None:
    desk.github.will("PATCH", RUN, Reply({"message": "Not Found"}, 404))
    memory = Memory(check_run=CheckRunMemory(70, HEAD, "old"))
    outcome = await desk.carry_out(plan_of(UpdateCheckRun(70, HEAD, check_run(), "new")), memory)
    assert outcome.check_run is None


async def test_a_label_the_repository_lacks_is_made_first_and_only_once(desk: Desk) -> None:
    plan = plan_of(AddLabels(("needs sponsor",)), labels={"needs sponsor": "nobody"})
    looks = {"needs sponsor": LabelLook("e99695", "Nobody is named")}
    for _ in range(2):
        await desk.carry_out(plan, looks=looks)
    assert desk.bodies("POST", f"{ROOT}/labels") == [
        {"name": "needs sponsor", "color": "e99695", "description": "Nobody is named"}
    ]
    assert desk.bodies("POST", LABELS) == [{"labels": ["needs sponsor"]}] * 2
    assert desk.github.journal[0] == f"POST {ROOT}/labels"


async def test_a_label_that_exists_already_is_used(desk: Desk) -> None:
    errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
    exists = Reply({"message": "Validation Failed", "errors": errors}, 422)
    desk.github.will("POST", f"{ROOT}/labels", exists)
    await desk.carry_out(plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x"}))
    assert desk.bodies("POST", LABELS) == [{"labels": ["new-pep"]}]
    assert desk.store.labels == {"new-pep"}


async def test_a_known_label_is_the_same_in_another_case(desk: Desk) -> None:
    desk.store.labels = {"New-PEP"}
    await desk.carry_out(plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x"}))
    assert desk.bodies("POST", f"{ROOT}/labels") == []


async def test_where_labels_may_not_be_made_only_existing_ones_are_put(desk: Desk) -> None:
    desk.github.will("GET", f"{ROOT}/labels/new-pep", Reply({"name": "new-pep"}))
    plan = plan_of(
        AddLabels(("new-pep", "needs number")), labels={"new-pep": "x", "needs number": "y"}
    )
    outcome = await desk.carry_out(plan, create_missing=False)
    assert desk.bodies("POST", LABELS) == [{"labels": ["new-pep"]}]
    assert outcome.labels == {"new-pep": "x"}
    assert desk.bodies("POST", f"{ROOT}/labels") == []


async def test_where_no_label_can_be_put_nothing_is_written(desk: Desk) -> None:
    plan = plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x"})
    outcome = await desk.carry_out(plan, create_missing=False)
    assert outcome.labels == {}
    assert desk.store.audit == []
    assert desk.bodies("POST", LABELS) == []


async def test_labels_that_could_not_be_put_do_not_count_as_put(desk: Desk) -> None:
    desk.store.labels = {"new-pep"}
    desk.github.will("POST", LABELS, FORBIDDEN)
    plan = plan_of(AddLabels(("new-pep",)), labels={"new-pep": "x", "awaiting editor": "y"})
    outcome = await desk.carry_out(plan, Memory(labels={"awaiting editor": "y"}))
    assert outcome.labels == {"awaiting editor": "y"}


@pytest.mark.parametrize("answer", [Reply([]), Reply({"message": "Label does not exist"}, 404)])
async def test_a_label_is_taken_off_or_gone_already(desk: Desk, answer: Reply) -> None:
    desk.github.will("DELETE", f"{LABELS}/needs%20sponsor", answer)
    memory = Memory(labels={"needs sponsor": "x", "new-pep": "y"})
    outcome = await desk.carry_out(
        plan_of(RemoveLabel("needs sponsor"), labels={"new-pep": "y"}), memory
    )
    assert desk.store.memory.labels == outcome.labels == {"new-pep": "y"}
    assert [record.detail for record in desk.store.audit] == ["needs sponsor"]


async def test_a_label_that_could_not_be_taken_off_still_stands_by_our_hand(desk: Desk) -> None:
    desk.github.will("DELETE", f"{LABELS}/new-pep", FORBIDDEN)
    outcome = await desk.carry_out(plan_of(RemoveLabel("new-pep")), Memory(labels={"new-pep": "y"}))
    assert outcome.labels == {"new-pep": "y"}


async def test_labels_set_together_keep_those_of_others(desk: Desk) -> None:
    desk.store.labels = {"new-pep"}
    await desk.carry_out(plan_of(SetLabels(("infra", "new-pep")), labels={"new-pep": "x"}))
    assert desk.bodies("PUT", LABELS) == [{"labels": ["infra", "new-pep"]}]
    assert desk.bodies("POST", f"{ROOT}/labels") == []
    assert desk.store.memory.labels == {"new-pep": "x"}


async def test_labels_that_could_not_be_set_leave_the_memory_as_it_was(desk: Desk) -> None:
    desk.github.will("PUT", LABELS, FORBIDDEN)
    memory = Memory(labels={"new-pep": "x"})
    plan = plan_of(SetLabels(("awaiting editor",)), labels={"awaiting editor": "y"})
    assert (await desk.carry_out(plan, memory)).labels == {"new-pep": "x"}


async def test_a_label_is_not_remembered_before_it_is_put(desk: Desk) -> None:
    desk.github.will("POST", LABELS, LOST)
    plan = plan_of(CREATE_RUN, AddLabels(("new-pep",)), labels={"new-pep": "x"})
    with pytest.raises(TryLater):
        await desk.carry_out(plan)
    assert desk.store.memory.labels == {}


async def test_what_a_person_declined_is_remembered(desk: Desk) -> None:
    plan = plan_of(declined={"needs sponsor": "nobody"})
    assert (await desk.carry_out(plan)).declined == {"needs sponsor": "nobody"}


async def test_an_edited_comment_is_known_in_the_conversation_too(desk: Desk) -> None:
    other = OwnComment(79, "merged", "published")
    conversation = Conversation(own_comments=(OwnComment(80, "summary", "old"), other))
    memory = Memory(comments={"summary": CommentMemory(80, "old")}, conversation=conversation)
    write = UpdateComment(80, "summary", "new", "new-digest")
    outcome = await desk.carry_out(plan_of(write), memory)
    assert desk.bodies("PATCH", COMMENT) == [{"body": "new"}]
    assert outcome.comments == {"summary": CommentMemory(80, "new-digest")}
    assert outcome.conversation is not None
    assert outcome.conversation.own_comments == (other, OwnComment(80, "summary", "new"))


async def test_a_comment_deleted_by_a_person_is_forgotten_and_not_written_again(
    desk: Desk,
) -> None:
    desk.github.will("PATCH", COMMENT, Reply({"message": "Not Found"}, 404))
    conversation = Conversation(own_comments=(OwnComment(80, "summary", "old"),))
    memory = Memory(comments={"summary": CommentMemory(80, "old")}, conversation=conversation)
    outcome = await desk.carry_out(plan_of(UpdateComment(80, "summary", "new", "d")), memory)
    assert outcome.comments == {}
    assert outcome.conversation == Conversation()
    assert desk.bodies("POST", COMMENTS) == []


@pytest.mark.parametrize(
    "write",
    [
        CreateComment("summary", "x" * 65_537, "d"),
        UpdateComment(80, "summary", "x" * 65_537, "d"),
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
    assert desk.store.memories == []


async def test_a_real_write_is_audited_with_its_cause(desk: Desk) -> None:
    await desk.carry_out(plan_of(CREATE_COMMENT))
    (record,) = desk.store.audit
    assert (record.at, record.subject, record.delivery) == (desk.github.clock.now, SUBJECT, "d-1")
    assert (record.write, record.detail, record.dry_run) == ("create comment", "summary", False)


async def test_every_request_that_writes_takes_a_token(desk: Desk) -> None:
    plan = plan_of(
        CreateCheckRun(HEAD, check_run(120), "digest"), AddLabels(("new-pep",)), CREATE_COMMENT
    )
    await desk.carry_out(plan)
    writes = [seen for seen in desk.github.seen if not seen.path.endswith("/access_tokens")]
    assert desk.limiter.taken == len(writes) == 6


async def test_eight_writes_are_let_through_at_once() -> None:
    limiter = token_bucket()
    for _ in range(8):
        await limiter.acquire()
    assert not limiter.has_capacity()  # type: ignore[attr-defined]


@pytest.fixture
def listed(desk: Desk) -> Callable[..., None]:
    def listed(*runs: dict[str, Any]) -> None:
        document = {"total_count": len(runs), "check_runs": list(runs)}
        desk.github.will("GET", f"{ROOT}/commits/{HEAD}/check-runs", Reply(document))

    return listed


def run(run_id: int, external_id: str | None = "python/peps#1", app: int = 4711) -> dict[str, Any]:
    return {"id": run_id, "external_id": external_id, "app": {"id": app}}


async def test_an_unrecorded_check_run_is_found_by_its_external_id(
    desk: Desk, listed: Callable[..., None]
) -> None:
    listed(run(68), run(69, "python/peps#2"), run(70), run(71, app=1), run(72, None))
    client = await desk.github.clients.for_repository(REPOSITORY, 12)
    found = await find_check_run(client, SUBJECT, HEAD, 4711)
    assert found == CheckRunMemory(70, HEAD, "")
    query = desk.github.asked("GET", f"{ROOT}/commits/{HEAD}/check-runs")[0].query
    assert "check_name=PEP%20editor%20checks" in query


async def test_no_check_run_is_found_where_only_others_stand(
    desk: Desk, listed: Callable[..., None]
) -> None:
    listed(run(69, "python/peps#2"), run(71, app=1))
    client = await desk.github.clients.for_repository(REPOSITORY, 12)
    assert await find_check_run(client, SUBJECT, HEAD, 4711) is None
