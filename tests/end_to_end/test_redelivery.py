"""Webhooks failed while the bot was down: once it runs, it asks GitHub to deliver them again."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.handlers.events import Job
from bot.handlers.redelivery import MAX_REQUESTS
from bot.inbox.delivery import DeliveryState
from github_simulator.github import GitHubSimulator
from github_simulator.webhooks import Delivery
from tests.end_to_end.conftest import (
    AUTHOR,
    CORE_TEAM,
    EDITOR,
    SPONSOR,
    GitHubTime,
    pep,
    pep_harness,
)
from tests.end_to_end.crash_record import assert_all_handled, stored_deliveries
from tests.end_to_end.crash_story import FILES
from tests.end_to_end.fleet import fleet
from tests.end_to_end.harness import BOT, REPOSITORY, Harness
from tests.end_to_end.process import (
    UNTHROTTLED_WORKER,
    BotProcess,
    environment,
    github,
    until,
    wait_until_idle,
)
from tests.end_to_end.proposal import propose

ASKED = "redelivery requested"


class MovedClock:
    """The bot's clock, put forward by the test."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def handled_webhooks(simulator: GitHubSimulator) -> list[Delivery]:
    """The webhooks that failed at first and of which the bot takes note."""
    return [
        one
        for one in simulator.deliveries
        if one.attempts[0].status_code != 202 and one.event not in ("check_suite", "check_run")
    ]


def answers(delivery: Delivery) -> list[int]:
    return [attempt.status_code for attempt in delivery.attempts]


async def speak(harness: Harness, number: int) -> None:
    """What only events tell: a command that came with an edit, and consent in an edited comment."""
    said = await harness.simulator.comment(REPOSITORY, number, by=EDITOR, body="Hm.")
    await harness.simulator.edit_comment(
        REPOSITORY, said, by=EDITOR, body="/pep skip sponsor-consent because I know"
    )


@contextmanager
def logged(event: str) -> Iterator[list[object]]:
    found: list[object] = []
    with capture_logs() as lines:
        yield found
    found += [line.get("guid") for line in lines if line["event"] == event]


async def looks(harness: Harness, *states: DeliveryState) -> int:
    """How often the bot looked, or is to look, at what failed."""
    assert harness.server is not None
    return sum(
        one.delivery.event == Job.REDELIVERY and (not states or one.state in states)
        for one in await harness.server.inbox.records(limit=10_000)
    )


async def away(harness: Harness) -> int:
    """Stop the bot; returns how often it had looked."""
    count = await looks(harness)
    await harness.stop()
    return count


async def back(harness: Harness, before: int) -> None:
    """Have the bot start, and wait until it looked at what failed and is done with that."""
    await harness.start()
    async with asyncio.timeout(20):
        while await looks(harness, DeliveryState.DONE) <= before:  # noqa: ASYNC110  # the store tells nobody
            await asyncio.sleep(0.01)
    await harness.wait_until_idle()


async def restart(harness: Harness) -> None:
    await back(harness, await away(harness))


async def test_what_happened_while_the_bot_was_away_is_fetched_once(harness: Harness) -> None:
    before = await away(harness)
    number = await propose(harness, wait_until_idle=False)
    await speak(harness, number)
    await harness.simulator.settle()
    lost = handled_webhooks(harness.simulator)
    assert {one.event for one in lost} == {"pull_request", "issue_comment"}
    with logged(ASKED) as asked:
        await back(harness, before)
    assert asked == [one.guid for one in lost], "the oldest comes first"
    assert [answers(one) for one in lost] == [[0, 202]] * len(lost)
    assert len(harness.comments(number)) == 1
    assert "awaiting editor" in harness.labels(number), "the edited command was heard"
    comments = harness.simulator.pull_request(REPOSITORY, number).comments
    (edited,) = [one for one in comments if one.login == EDITOR]
    assert harness.reactions(number, edited.id) == ["+1"]


@pytest.mark.exhaustive
async def test_the_next_start_asks_for_nothing_more(harness: Harness) -> None:
    before = await away(harness)
    await propose(harness, wait_until_idle=False)
    await harness.simulator.settle()
    await back(harness, before)
    before = await away(harness)
    harness.simulator.clear_requests()
    await back(harness, before)
    assert any(path.startswith("/app/hook/deliveries") for path in harness.reads())
    assert harness.writes() == []


async def test_what_came_although_github_gave_up_waiting_is_not_asked_for(harness: Harness) -> None:
    number = await propose(harness)
    (opened,) = [one for one in harness.simulator.deliveries if one.action == "opened"]
    assert answers(opened) == [202]
    opened.attempts[0] = replace(opened.attempts[0], status="timed out", status_code=0)
    before = await away(harness)
    harness.simulator.clear_requests()
    await back(harness, before)
    assert harness.writes() == []
    assert len(harness.comments(number)) == 1


@pytest.mark.exhaustive
async def test_events_that_the_bot_takes_no_note_of_are_left_alone(harness: Harness) -> None:
    before = await away(harness)
    number = await propose(harness, wait_until_idle=False)
    await harness.simulator.assign(REPOSITORY, number, by=EDITOR, login=EDITOR)
    await harness.simulator.settle()
    (assigned,) = [one for one in harness.simulator.deliveries if one.action == "assigned"]
    await back(harness, before)
    assert answers(assigned) == [0]


async def test_what_keeps_failing_is_asked_for_again_later_and_at_last_told(
    tmp_path: Path, pem: str
) -> None:
    clock = MovedClock()
    async with pep_harness(tmp_path, pem, clock) as harness:
        before = await away(harness)
        await propose(harness, wait_until_idle=False)
        await harness.simulator.settle()
        (opened,) = [one for one in harness.simulator.deliveries if one.action == "opened"]
        harness.overrides["gh_secret"] = (SecretStr("not the one GitHub has"),)
        await back(harness, before)
        asked = [len(opened.attempts) - 1]
        for pause in (0.1, 0.2, 1.1, 4.1, 16.1):
            clock.ahead += timedelta(hours=pause)
            await restart(harness)
            asked.append(len(opened.attempts) - 1)
        assert asked == [1, 1, 2, 3, 4, MAX_REQUESTS]
        clock.ahead += timedelta(hours=1)
        with logged("redelivery keeps failing") as told:
            await restart(harness)
        assert opened.guid in told
        clock.ahead += timedelta(hours=1)
        del harness.overrides["gh_secret"]
        await restart(harness)
        assert answers(opened) == [0] + [401] * MAX_REQUESTS, "it is for people now"


async def test_a_dry_run_asks_for_nothing_and_what_follows_it_does(harness: Harness) -> None:
    before = await away(harness)
    number = await propose(harness, wait_until_idle=False)
    await harness.simulator.settle()
    harness.overrides["dry_run"] = True
    harness.simulator.clear_requests()
    await back(harness, before)
    assert harness.writes() == []
    del harness.overrides["dry_run"]
    await restart(harness)
    assert {tuple(answers(one)) for one in handled_webhooks(harness.simulator)} == {(0, 202)}
    assert len(harness.comments(number)) == 1


async def test_trouble_with_github_delays_it_and_loses_nothing(harness: Harness) -> None:
    before = await away(harness)
    number = await propose(harness, wait_until_idle=False)
    await speak(harness, number)
    await harness.simulator.settle()
    harness.simulator.fail_next(times=2, match="GET /app/hook/deliveries")
    harness.simulator.drop_connections("POST /app/hook/deliveries", after=True)
    await back(harness, before)
    assert {tuple(answers(one)) for one in handled_webhooks(harness.simulator)} == {(0, 202)}
    assert len(harness.comments(number)) == 1


@pytest.mark.exhaustive
@pytest.mark.postgres
async def test_two_workers_that_start_together_ask_for_each_once(
    pem: str, postgres_url: str
) -> None:
    async with github(pem, FILES, CORE_TEAM, clock=GitHubTime()) as simulated:
        settings = environment(pem, simulated.api_url, Path(), DATABASE_URL=postgres_url)
        # Nobody listens while the app is installed and people begin to work.
        simulated.webhook_url = "http://127.0.0.1:9/nobody"
        await simulated.install_app([REPOSITORY])
        for number in range(1, 4):
            pep_number = 899 + number
            await simulated.open_pull_request(
                REPOSITORY,
                by=AUTHOR,
                title=f"PEP {pep_number}: A calmer way",
                files={f"peps/pep-{pep_number:04}.rst": pep(pep_number)},
            )
            await simulated.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
        await simulated.settle()
        lost = handled_webhooks(simulated)
        assert len(lost) >= 7
        async with fleet(settings, servers=1, workers=0) as bots:
            simulated.webhook_url = bots.servers[0].url("/webhook")
            bots.workers += [BotProcess(settings, UNTHROTTLED_WORKER) for _ in range(2)]
            await asyncio.gather(*(worker.start() for worker in bots.workers))
            await until(lambda: all(len(one.attempts) > 1 for one in lost), "it was not asked for")
            await wait_until_idle(simulated, bots)
            assert [answers(one) for one in lost] == [[0, 202]] * len(lost)
            assert_all_handled(simulated, await stored_deliveries(postgres_url))
            assert len(bots.events(ASKED)) == len(lost)
        for number in range(1, 4):
            comments = simulated.pull_request(REPOSITORY, number).comments
            assert len([one for one in comments if one.login == BOT]) == 1
