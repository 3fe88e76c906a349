"""A rule whose code fails costs only its own findings; the rest of the review is done."""

from typing import Any

import aiohttp
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from github_simulator.views import CheckRunView
from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import PATH, propose
from tests.rules.faulty import TRAP, failing_rules

SOUND = pep(sponsor=None)
TRAPPED = pep(sponsor=None, body=TRAP)
AT_FIRST = {"new-pep", "needs sponsor", "awaiting author"}


def check_run(harness: Harness, number: int) -> CheckRunView:
    head = harness.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = harness.simulator.check_runs(REPOSITORY, head)
    return run


async def metrics(harness: Harness) -> str:
    async with aiohttp.ClientSession() as session, session.get(harness.url("/metrics")) as answer:
        return await answer.text()


async def push(harness: Harness, number: int, text: str) -> None:
    await harness.simulator.push(REPOSITORY, number, {PATH: text})
    await harness.wait_until_idle()


async def test_what_a_failing_rule_said_stays_with_its_label_and_a_failure(
    harness: Harness,
) -> None:
    number = await propose(harness, SOUND)
    assert harness.labels(number) == AT_FIRST
    lines: list[dict[str, Any]]
    with failing_rules("sponsor"), capture_logs(processors=[merge_contextvars]) as lines:
        await push(harness, number, TRAPPED)
        other = await propose(harness, pep(843), number=843, by=STRANGER)
        page = await metrics(harness)
        assert 'pepbot_rule_failures_total{rule="sponsor"} 1.0' in page
        assert 'pepbot_rule_failures_total{rule="number"} 0.0' in page
        (failed,) = [line for line in lines if line["event"] == "rule failed"]
        assert (failed["rule"], failed["log_level"]) == ("sponsor", "error")
        assert failed["subject"] == f"{REPOSITORY}#{number}"
        assert "LookupError: no such thing" in failed["error"]
        assert "in check" in failed["error"], "with the place"
        assert {line["outcome"] for line in lines if line["event"] == "handled"} == {"done"}
        assert harness.labels(number) == AT_FIRST
        assert "**Find a sponsor" in harness.comment(number)
        assert "My check of `sponsor` failed" in harness.comment(number)
        run = check_run(harness, number)
        assert run.conclusion == "failure"
        assert "`sponsor`" in run.text
        assert failed["id"] in run.text
        assert "below `Author`" in run.summary
        assert [note["title"] for note in run.annotations] == ["Sponsor"]
        assert harness.conclusions(other) == ["neutral"], "another is not concerned"
    await push(harness, number, f"{SOUND}\nMore.\n")
    assert harness.labels(number) == AT_FIRST
    assert "failed" not in harness.comment(number), "once the rule is mended"
    assert check_run(harness, number).text is None


async def test_the_same_fault_is_written_once(harness: Harness) -> None:
    with failing_rules("sponsor", "markup"):
        number = await propose(harness, TRAPPED)
        harness.simulator.clear_requests()
        for login in (STRANGER, EDITOR, STRANGER):
            await harness.simulator.comment(REPOSITORY, number, by=login, body="What is this?")
            await harness.wait_until_idle()
        await harness.simulator.edit_pull_request(
            REPOSITORY, number, by=AUTHOR, body="Other words."
        )
        await harness.wait_until_idle()
        assert harness.writes() == []


async def test_nothing_is_called_in_order_that_nobody_looked_at(harness: Harness) -> None:
    with failing_rules("markup"):
        number = await propose(harness, pep(body=TRAP))
    run, comment = check_run(harness, number), harness.comment(number)
    assert "verything" not in run.title + comment
    assert "One of my checks failed because of a bug in the bot" in comment
    assert run.title == "A check failed because of a bug in the bot"
    assert run.conclusion == "failure"
    assert harness.labels(number) == {"new-pep", "awaiting sponsor"}, "the author has nothing to do"
    (checked,) = [line for line in comment.splitlines() if line.startswith("Checked and in order")]
    assert "reStructuredText" not in checked


async def test_a_failing_rule_that_an_editor_sets_aside_does_not_run(harness: Harness) -> None:
    ran: list[str] = []
    with failing_rules("markup", on_run=ran.append), capture_logs() as lines:
        number = await propose(harness, pep(body=TRAP))
        command = "/pep skip markup because it is broken"
        await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body=command)
        await harness.wait_until_idle()
        ran.clear()
        lines.clear()
        await push(harness, number, pep(body=f"{TRAP} More."))
        await harness.simulator.comment(REPOSITORY, number, by=OTHER_EDITOR, body="/pep fix")
        await harness.wait_until_idle()
        assert ran == []
        assert [line for line in lines if line["event"] == "rule failed"] == []
        assert harness.conclusions(number) == ["neutral"], "the sponsor is awaited"
        comment, run = harness.comment(number), check_run(harness, number)
        assert "Everything I can check is in order" in comment
        assert "Skipped by an editor:\n\n- reStructuredText (`markup`; [why]" in comment
        assert "`it is broken`" in comment
        assert "Skipped by an editor: reStructuredText (`markup`: `it is broken`)" in run.summary
        (checked,) = [line for line in comment.splitlines() if "Checked and in order" in line]
        assert "reStructuredText" not in checked
        assert "failed" not in f"{comment}{run.title}{run.summary}{run.text}"
        await harness.simulator.comment(
            REPOSITORY, number, by=OTHER_EDITOR, body="/pep unskip markup\n/pep explain markup"
        )
        await harness.wait_until_idle()
    assert harness.conclusions(number) == ["failure"]
    assert "This check failed because of a bug in the bot" in harness.replies(number)[-1]


async def test_a_command_that_asks_the_rules_is_answered_with_an_apology(harness: Harness) -> None:
    lines: list[dict[str, Any]]
    text = pep(body=TRAP)
    await harness.simulator.commit(REPOSITORY, {PATH: text}, by=EDITOR)
    with failing_rules("tabs", "markup"), capture_logs(processors=[merge_contextvars]) as lines:
        broken = text.replace("Status: Draft", "Status:\tDraft").replace("842", "843", 1)
        number = await propose(harness, broken, number=843)
        issue = await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Ready?")
        decided = "https://discuss.python.org/t/some-words/66453/63 17-Mar-2025"
        for place, words in (
            (number, "/pep fix"),
            (issue, "/pep submit 842"),
            (issue, f"/pep prepare accepted 842 {decided}"),
        ):
            lines.clear()
            known = harness.replies(place)
            await harness.simulator.comment(REPOSITORY, place, by=EDITOR, body=words)
            await harness.wait_until_idle()
            (reply,) = [one for one in harness.replies(place) if one not in known]
            assert "my check of `markup` and `tabs` failed because of a bug in the bot" in reply
            logged = {line["id"] for line in lines if line["event"] == "rule failed"}
            assert len(logged) == 2
            assert all(f"`{one}`" in reply for one in logged)
        assert PATH in reply, "with all the rest"
        (suggestion,) = harness.simulator.pull_request(REPOSITORY, number).review_comments
        assert "Status: Draft" in suggestion.body, "what other rules would mend is offered"
