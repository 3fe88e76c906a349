"""Buttons of the check run, and being asked to run it again."""

import pytest

from github_simulator.views import CheckRunView
from tests.end_to_end.conftest import EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose

UNNUMBERED = "peps/pep-9999.rst"


def run_of(desk: Desk, number: int) -> CheckRunView:
    """The only check run on the head."""
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    return run


def labels(desk: Desk, number: int) -> list[str]:
    return [one.label for one in run_of(desk, number).actions]


async def press(desk: Desk, number: int, identifier: str, by: str) -> None:
    await desk.simulator.request_action(REPOSITORY, run_of(desk, number).id, identifier, by=by)
    await desk.calm()


async def rerun_the_run(desk: Desk, number: int) -> None:
    await desk.simulator.rerequest_check_run(REPOSITORY, run_of(desk, number).id, by=SPONSOR)


async def rerun_the_suite(desk: Desk, number: int) -> None:
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    await desk.simulator.rerequest_check_suite(REPOSITORY, head, by=SPONSOR)


async def test_a_run_that_is_asked_for_again_ends_again_although_nothing_changed(
    desk: Desk,
) -> None:
    number = await propose(desk, pep(9999, body="A\ttab."), number=9999, line=None)
    before = run_of(desk, number)
    assert before.annotations
    for rerun in (rerun_the_run, rerun_the_suite):
        desk.simulator.clear_requests()
        await rerun(desk, number)
        await desk.calm()
        assert run_of(desk, number) == before, "the suite is completed; no remark is told twice"
        assert [method for method, _ in desk.writes()] == ["PATCH"], rerun.__name__
    await desk.simulator.comment(REPOSITORY, number, by=STRANGER, body="Thanks")
    await desk.calm()
    assert len(desk.writes()) == 1


async def test_the_buttons_fit_the_state_and_the_limits_of_github(desk: Desk) -> None:
    number = await propose(desk, pep(9999), number=9999, line=None)
    assert labels(desk, number) == ["Re-check", "Suggest fixes", "Use number 842"]
    actions = run_of(desk, number).actions
    assert len(actions) <= 3
    for one in actions:
        assert len(one.label) <= 20
        assert len(one.description) <= 40
        assert len(one.identifier) <= 20
    # One that stands for nothing does nothing.
    with pytest.raises(ValueError, match="offers no"):
        await press(desk, number, "merge", EDITOR)
    desk.simulator.clear_requests()
    await press(desk, number, "check", SPONSOR)
    assert desk.writes() == []
    assert desk.replies(number) == []
    push = desk.simulator.push
    await push(REPOSITORY, number, {UNNUMBERED: None, PATH: pep()})
    await desk.calm()
    assert labels(desk, number) == ["Re-check", "Suggest fixes"], "the line for CODEOWNERS"
    await desk.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep skip codeowners because I add it"
    )
    await desk.calm()
    assert labels(desk, number) == ["Re-check"]
    await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep pause")
    await desk.calm()
    assert labels(desk, number) == []
