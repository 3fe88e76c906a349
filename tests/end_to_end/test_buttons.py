"""Buttons of the check run, and being asked to run it again."""

import pytest

from github_simulator.views import CheckRunView
from tests.end_to_end.conftest import EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose

UNNUMBERED = "peps/pep-9999.rst"


def run_of(harness: Harness, number: int) -> CheckRunView:
    """The only check run on the head."""
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run


def labels(harness: Harness, number: int) -> list[str]:
    return [one.label for one in run_of(harness, number).actions]


async def press(harness: Harness, number: int, identifier: str, by: str) -> None:
    await harness.simulator.request_action(
        REPOSITORY, run_of(harness, number).id, identifier, by=by
    )
    await harness.wait_until_idle()


async def rerun_the_run(harness: Harness, number: int) -> None:
    await harness.simulator.rerequest_check_run(REPOSITORY, run_of(harness, number).id, by=SPONSOR)


async def rerun_the_suite(harness: Harness, number: int) -> None:
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    await harness.simulator.rerequest_check_suite(REPOSITORY, head, by=SPONSOR)


async def test_a_run_that_is_asked_for_again_ends_again_although_nothing_changed(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(9999, body="A\ttab."), number=9999, line=None)
    before = run_of(harness, number)
    assert before.annotations
    for rerun in (rerun_the_run, rerun_the_suite):
        harness.simulator.clear_requests()
        await rerun(harness, number)
        await harness.wait_until_idle()
        assert run_of(harness, number) == before, "the suite is completed; no remark is told twice"
        assert [method for method, _ in harness.writes()] == ["PATCH"], rerun.__name__
    await harness.simulator.comment(REPOSITORY, number, by=STRANGER, body="Thanks")
    await harness.wait_until_idle()
    assert len(harness.writes()) == 1


async def test_the_buttons_fit_the_state_and_the_limits_of_github(harness: Harness) -> None:
    number = await propose(harness, pep(9999), number=9999, line=None)
    assert labels(harness, number) == ["Re-check", "Suggest fixes", "Use number 842"]
    actions = run_of(harness, number).actions
    assert len(actions) <= 3
    for one in actions:
        assert len(one.label) <= 20
        assert len(one.description) <= 40
        assert len(one.identifier) <= 20
    # One that stands for nothing does nothing.
    with pytest.raises(ValueError, match="offers no"):
        await press(harness, number, "merge", EDITOR)
    harness.simulator.clear_requests()
    await press(harness, number, "check", SPONSOR)
    assert harness.writes() == []
    assert harness.replies(number) == []
    push = harness.simulator.push
    await push(REPOSITORY, number, {UNNUMBERED: None, PATH: pep()})
    await harness.wait_until_idle()
    assert labels(harness, number) == ["Re-check", "Suggest fixes"], "the line for CODEOWNERS"
    await harness.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep skip codeowners because I add it"
    )
    await harness.wait_until_idle()
    assert labels(harness, number) == ["Re-check"]
    await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="/pep pause")
    await harness.wait_until_idle()
    assert labels(harness, number) == []
