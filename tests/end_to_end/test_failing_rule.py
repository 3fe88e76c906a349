"""A rule whose code fails costs what it has to say, and nothing else of the review."""

from typing import Any

import aiohttp
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from github_simulator.views import CheckRunView
from tests.end_to_end.conftest import AUTHOR, EDITOR, OTHER_EDITOR, STRANGER, pep
from tests.end_to_end.desk import REPOSITORY, Desk
from tests.end_to_end.proposal import PATH, propose
from tests.rules.faulty import TRAP, stumbling

SOUND = pep(sponsor=None)
TRAPPED = pep(sponsor=None, body=TRAP)
AT_FIRST = {"new-pep", "needs sponsor", "awaiting author"}


def check_run(desk: Desk, number: int) -> CheckRunView:
    head = desk.simulator.pull_request(REPOSITORY, number).head_sha
    (run,) = desk.simulator.check_runs(REPOSITORY, head)
    return run


async def metrics(desk: Desk) -> str:
    async with aiohttp.ClientSession() as session, session.get(desk.url("/metrics")) as answer:
        return await answer.text()


async def push(desk: Desk, number: int, text: str) -> None:
    await desk.simulator.push(REPOSITORY, number, {PATH: text})
    await desk.calm()


async def test_what_a_failing_rule_said_stays_with_its_label_and_a_failure(desk: Desk) -> None:
    number = await propose(desk, SOUND)
    assert desk.labels(number) == AT_FIRST
    lines: list[dict[str, Any]]
    with stumbling("sponsor"), capture_logs(processors=[merge_contextvars]) as lines:
        await push(desk, number, TRAPPED)
        other = await propose(desk, pep(843), number=843, by=STRANGER)
        page = await metrics(desk)
        assert 'pepbot_rule_failures_total{rule="sponsor"} 1.0' in page
        assert 'pepbot_rule_failures_total{rule="number"} 0.0' in page
        (failed,) = [line for line in lines if line["event"] == "rule failed"]
        assert (failed["rule"], failed["log_level"]) == ("sponsor", "error")
        assert failed["subject"] == f"{REPOSITORY}#{number}"
        assert "LookupError: no such thing" in failed["error"]
        assert "in check" in failed["error"], "with the place"
        assert {line["outcome"] for line in lines if line["event"] == "handled"} == {"done"}
        assert desk.labels(number) == AT_FIRST
        assert "**Find a sponsor" in desk.comment(number)
        assert "My check of `sponsor` failed" in desk.comment(number)
        run = check_run(desk, number)
        assert run.conclusion == "failure"
        assert "`sponsor`" in run.text
        assert failed["id"] in run.text
        assert "below `Author`" in run.summary
        assert [note["title"] for note in run.annotations] == ["Sponsor"]
        assert desk.conclusions(other) == ["neutral"], "another is not concerned"
    await push(desk, number, f"{SOUND}\nMore.\n")
    assert desk.labels(number) == AT_FIRST
    assert "failed" not in desk.comment(number), "once the rule is mended"
    assert check_run(desk, number).text is None


async def test_the_same_fault_is_written_once(desk: Desk) -> None:
    with stumbling("sponsor", "markup"):
        number = await propose(desk, TRAPPED)
        desk.simulator.clear_requests()
        for login in (STRANGER, EDITOR, STRANGER):
            await desk.simulator.comment(REPOSITORY, number, by=login, body="What is this?")
            await desk.calm()
        await desk.simulator.edit_pull_request(REPOSITORY, number, by=AUTHOR, body="Other words.")
        await desk.calm()
        assert desk.writes() == []


async def test_nothing_is_called_in_order_that_nobody_looked_at(desk: Desk) -> None:
    with stumbling("markup"):
        number = await propose(desk, pep(body=TRAP))
    run, comment = check_run(desk, number), desk.comment(number)
    assert "verything" not in run.title + comment
    assert "A check of mine failed, which is no fault of yours" in comment
    assert run.title == "A check failed through a fault of the bot"
    assert run.conclusion == "failure"
    assert desk.labels(number) == {"new-pep", "awaiting sponsor"}, "the author has nothing to do"
    (checked,) = [line for line in comment.splitlines() if line.startswith("Checked and in order")]
    assert "reStructuredText" not in checked


async def test_a_failing_rule_that_an_editor_sets_aside_does_not_run(desk: Desk) -> None:
    ran: list[str] = []
    with stumbling("markup", on_run=ran.append), capture_logs() as lines:
        number = await propose(desk, pep(body=TRAP))
        told = "/pep skip markup because it is broken"
        await desk.simulator.comment(REPOSITORY, number, by=EDITOR, body=told)
        await desk.calm()
        ran.clear()
        lines.clear()
        await push(desk, number, pep(body=f"{TRAP} More."))
        await desk.simulator.comment(REPOSITORY, number, by=OTHER_EDITOR, body="/pep fix")
        await desk.calm()
        assert ran == []
        assert [line for line in lines if line["event"] == "rule failed"] == []
        assert desk.conclusions(number) == ["neutral"], "the sponsor is awaited"
        comment, run = desk.comment(number), check_run(desk, number)
        assert "Everything I can check is in order" in comment
        assert "Set aside by an editor:\n\n- reStructuredText (`markup`; [why]" in comment
        assert "`it is broken`" in comment
        assert "Set aside by an editor: reStructuredText (`markup`: `it is broken`)" in run.summary
        (checked,) = [line for line in comment.splitlines() if "Checked and in order" in line]
        assert "reStructuredText" not in checked
        assert "failed" not in f"{comment}{run.title}{run.summary}{run.text}"
        await desk.simulator.comment(
            REPOSITORY, number, by=OTHER_EDITOR, body="/pep unskip markup\n/pep explain markup"
        )
        await desk.calm()
    assert desk.conclusions(number) == ["failure"]
    assert "This check failed through a fault of the bot" in desk.replies(number)[-1]


async def test_a_command_that_asks_the_rules_is_answered_with_an_apology(desk: Desk) -> None:
    lines: list[dict[str, Any]]
    text = pep(body=TRAP)
    await desk.simulator.commit(REPOSITORY, {PATH: text}, by=EDITOR)
    with stumbling("tabs", "markup"), capture_logs(processors=[merge_contextvars]) as lines:
        spoilt = text.replace("Status: Draft", "Status:\tDraft").replace("842", "843", 1)
        number = await propose(desk, spoilt, number=843)
        issue = await desk.simulator.open_issue(REPOSITORY, by=STRANGER, title="Ready?")
        decided = "https://discuss.python.org/t/some-words/66453/63 17-Mar-2025"
        for place, words in (
            (number, "/pep fix"),
            (issue, "/pep submit 842"),
            (issue, f"/pep prepare accepted 842 {decided}"),
        ):
            lines.clear()
            known = desk.replies(place)
            await desk.simulator.comment(REPOSITORY, place, by=EDITOR, body=words)
            await desk.calm()
            (reply,) = [one for one in desk.replies(place) if one not in known]
            assert "my check of `markup` and `tabs` failed through a fault of mine" in reply
            logged = {line["id"] for line in lines if line["event"] == "rule failed"}
            assert len(logged) == 2
            assert all(f"`{one}`" in reply for one in logged)
        assert PATH in reply, "with all the rest"
        (suggestion,) = desk.simulator.pull_request(REPOSITORY, number).review_comments
        assert "Status: Draft" in suggestion.body, "what other rules would mend is offered"
