"""Check runs: what they carry, many annotations, and finding one that was not recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.github.client.client import TryLater
from bot.github.write.check_runs import find_check_run
from bot.review.reconcile import (
    WriteCheckRun,
)
from bot.review.snapshot import CheckRunMemory, Memory
from tests.github.scripted_github import REPOSITORY, Reply
from tests.github.writing_desk import (
    HEAD,
    LOST,
    ROOT,
    RUN,
    RUNS,
    SUBJECT,
    Desk,
    check_run,
    plan_of,
)


async def test_the_check_run_carries_the_names_it_is_found_by(desk: Desk) -> None:
    await desk.carry_out(plan_of(WriteCheckRun(None, HEAD, check_run(1), "digest")))
    assert desk.bodies("POST", RUNS) == [
        {
            "name": "PEP editor checks",
            "head_sha": HEAD,
            "external_id": "python/peps#1",
            "status": "completed",
            "conclusion": "neutral",
            "actions": [],
            "output": {
                "title": "1 thing to fix",
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


async def test_annotations_past_fifty_follow_in_further_requests(desk: Desk) -> None:
    outcome = await desk.carry_out(plan_of(WriteCheckRun(None, HEAD, check_run(120), "digest")))
    sent = desk.bodies("POST", RUNS) + desk.bodies("PATCH", RUN)
    lines = [[note["start_line"] for note in body["output"]["annotations"]] for body in sent]
    assert [len(batch) for batch in lines] == [50, 50, 20]
    assert [line for batch in lines for line in batch] == list(range(1, 121))
    assert all(body["output"]["summary"] == "The summary." for body in sent)
    assert outcome.check_run == CheckRunMemory(70, HEAD, "digest")


async def test_a_check_run_half_annotated_is_remembered_as_such(desk: Desk) -> None:
    desk.github.will("PATCH", RUN, LOST)
    with pytest.raises(TryLater):
        await desk.carry_out(plan_of(WriteCheckRun(None, HEAD, check_run(120), "digest")))
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
    write = WriteCheckRun(70, HEAD, check_run(3), "digest")
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
        await desk.carry_out(plan_of(WriteCheckRun(70, HEAD, check_run(1), "new")), memory)
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "")


async def test_an_update_without_annotations_asks_nothing(desk: Desk) -> None:
    memory = Memory(check_run=CheckRunMemory(70, HEAD, "old"))
    await desk.carry_out(plan_of(WriteCheckRun(70, HEAD, check_run(), "new")), memory)
    assert desk.github.journal == [f"PATCH {RUN}", "audit update check run", "end"]
    assert desk.store.memory.check_run == CheckRunMemory(70, HEAD, "new")


async def test_a_check_run_that_is_gone_is_forgotten(desk: Desk) -> None:
    desk.github.will("PATCH", RUN, Reply({"message": "Not Found"}, 404))
    memory = Memory(check_run=CheckRunMemory(70, HEAD, "old"))
    outcome = await desk.carry_out(plan_of(WriteCheckRun(70, HEAD, check_run(), "new")), memory)
    assert outcome.check_run is None


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
    assert "check_name=PEP editor checks" in query


async def test_no_check_run_is_found_where_only_others_stand(
    desk: Desk, listed: Callable[..., None]
) -> None:
    listed(run(69, "python/peps#2"), run(71, app=1))
    client = await desk.github.clients.for_repository(REPOSITORY, 12)
    assert await find_check_run(client, SUBJECT, HEAD, 4711) is None
