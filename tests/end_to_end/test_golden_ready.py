"""Golden 17: everything is in order, but the repository's own checks or the branch are not."""

import pytest

from bot.handlers.events import SUBSCRIBED_EVENTS
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, EDITOR, SPONSOR, pep, with_line
from tests.end_to_end.dependents import sweep
from tests.end_to_end.golden import mentions
from tests.end_to_end.harness import REPOSITORY, SECRET, Harness, public_half
from tests.end_to_end.proposal import PATH, propose, set_policy
from tests.end_to_end.test_golden_ownership import queue

ACTIONS = 15368
POLICY = 'checks = ["Lint"]\n'
NOTHING = "**Next: a PEP editor reviews it.** There is nothing you need to do now."
FAILS = "Everything I can check is in order, but **`Lint` fails**, see [its log]("
CONFLICTS = "Everything I can check is in order, but the branch **conflicts** with `main`."


async def ready(harness: Harness, pem: str, policy: str = POLICY) -> int:
    """A new PEP on which nothing is left to fix, in a repository with GitHub Actions."""
    harness.simulator.register_app(
        ACTIONS, "github-actions", public_key_pem=public_half(pem), secret=SECRET
    )
    await set_policy(harness, policy)
    number = await propose(harness)
    await harness.simulator.review(REPOSITORY, number, by=SPONSOR, state="APPROVED")
    await harness.wait_until_idle()
    assert NOTHING in harness.comment(number)
    return number


def head_of(harness: Harness, number: int) -> str:
    return harness.simulator.pull_request(REPOSITORY, number).head_sha


async def report(
    harness: Harness, number: int, conclusion: str, name: str = "Lint", head: str = ""
) -> None:
    sha = head or head_of(harness, number)
    await harness.simulator.report_check(REPOSITORY, sha, name, conclusion, app_id=ACTIONS)
    await harness.wait_until_idle()


def own_conclusions(harness: Harness, number: int) -> list[str | None]:
    runs = harness.simulator.check_runs(REPOSITORY, head_of(harness, number))
    return [run.conclusion for run in runs if run.external_id]


def test_results_of_other_checks_reach_the_app() -> None:
    assert "check_run" in SUBSCRIBED_EVENTS


async def test_a_failed_check_is_told_in_the_headline_and_the_queue(
    harness: Harness, pem: str
) -> None:
    number = await ready(harness, pem)
    labels = harness.labels(number)
    await report(harness, number, "failure")
    comment = harness.comment(number)
    assert FAILS in comment
    assert "An editor can merge it once that is fixed." in comment
    assert NOTHING not in comment
    assert mentions(comment) == []
    assert harness.labels(number) == labels == {"new-pep", "awaiting editor"}
    assert own_conclusions(harness, number) == ["success"]
    assert f"#{number} for less than a day, Lint fails: " in await queue(harness)


async def test_it_is_gone_once_the_check_passes_or_another_head_is_pushed(
    harness: Harness, pem: str
) -> None:
    number = await ready(harness, pem)
    await report(harness, number, "failure")
    await report(harness, number, "success")
    assert NOTHING in harness.comment(number)
    assert "Lint" not in await queue(harness)
    await report(harness, number, "timed_out")
    assert FAILS in harness.comment(number)
    await harness.simulator.push(REPOSITORY, number, by=AUTHOR, files={PATH: pep(body="New.")})
    await harness.wait_until_idle()
    assert NOTHING in harness.comment(number)


async def test_a_result_that_comes_before_the_head_was_read_is_not_lost(
    harness: Harness, pem: str
) -> None:
    number = await ready(harness, pem)
    harness.simulator.hold_webhooks()
    await harness.simulator.push(REPOSITORY, number, by=AUTHOR, files={PATH: pep(body="New.")})
    await harness.simulator.report_check(
        REPOSITORY, head_of(harness, number), "Lint", "failure", app_id=ACTIONS
    )
    await harness.simulator.release_webhooks(reverse=True)
    await harness.wait_until_idle()
    assert FAILS in harness.comment(number)


@pytest.mark.parametrize("conclusion", ["success", "neutral", "skipped", "cancelled"])
async def test_what_did_not_fail_is_silent_and_costs_no_request(
    harness: Harness, pem: str, conclusion: str
) -> None:
    number = await ready(harness, pem)
    harness.simulator.clear_requests()
    await report(harness, number, conclusion)
    assert (harness.reads(), harness.writes()) == ([], [])


async def test_checks_that_the_policy_does_not_name_are_silent(harness: Harness, pem: str) -> None:
    number = await ready(harness, pem)
    harness.simulator.clear_requests()
    await report(harness, number, "failure", name="Render")
    assert (harness.reads(), harness.writes()) == ([], [])


async def test_what_is_left_to_fix_comes_first(harness: Harness, pem: str) -> None:
    number = await ready(harness, pem)
    files = {".github/CODEOWNERS": CODEOWNERS}
    await harness.simulator.push(REPOSITORY, number, by=AUTHOR, files=files)
    await harness.wait_until_idle()
    before = harness.comment(number)
    assert "**One step is yours**" in before
    await report(harness, number, "failure")
    assert harness.comment(number) == before
    assert "Lint" not in await queue(harness)


async def test_a_conflict_is_told_as_it_was_last_read_and_renewed_by_the_sweep(
    harness: Harness, pem: str
) -> None:
    number = await ready(harness, pem)
    other = with_line("peps/pep-0850.rst  @ada")
    await harness.simulator.commit(REPOSITORY, {".github/CODEOWNERS": other}, by=EDITOR)
    await harness.simulator.comment(REPOSITORY, number, by=AUTHOR, body="Is it ready?")
    await harness.wait_until_idle()
    assert CONFLICTS in harness.comment(number)
    assert harness.labels(number) == {"new-pep", "awaiting editor"}
    assert own_conclusions(harness, number) == ["success"]
    assert f"#{number} for less than a day, conflicts with main: " in await queue(harness)
    await harness.simulator.commit(REPOSITORY, {".github/CODEOWNERS": CODEOWNERS}, by=EDITOR)
    await sweep(harness)
    await harness.wait_until_idle()
    assert NOTHING in harness.comment(number)


async def test_a_failed_check_and_a_conflict_are_told_in_one_sentence(
    harness: Harness, pem: str
) -> None:
    number = await ready(harness, pem)
    other = with_line("peps/pep-0850.rst  @ada")
    await harness.simulator.commit(REPOSITORY, {".github/CODEOWNERS": other}, by=EDITOR)
    await report(harness, number, "failure")
    comment = harness.comment(number)
    assert FAILS in comment
    assert "), and the branch **conflicts** with `main`. An editor can merge it once " in comment


async def test_a_failed_check_is_no_reason_for_a_comment(harness: Harness, pem: str) -> None:
    await ready(harness, pem)
    files = {
        "peps/pep-0840.rst": pep(
            840,
            author="Edith Quill <edith@python.example>",
            sponsor=None,
            body="This PEP proposes less.",
        )
    }
    number = await propose(harness, files=files, title="PEP 840: Reword", by="edith")
    await report(harness, number, "failure")
    assert harness.comments(number) == []
    assert "Lint fails" in await queue(harness)
