"""The editors' queue, as the command prints it while a bot is running."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.queue import queue_json, queue_text, read_queues
from tests.end_to_end.conftest import AUTHOR, EDITOR, SPONSOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.process import command
from tests.end_to_end.proposal import propose

HOSTILE = "PEP 842: \x1b[31m@python/all\u202e ##[error] `x` <b>\nsecond line"


def url(harness: Harness) -> str:
    return f"sqlite:///{harness.folder / 'bot.sqlite3'}"


async def printed_queue(harness: Harness, *, days: int = 0) -> str:
    """The queue as it would be told in some days."""
    later = datetime.now(UTC) + timedelta(days=days, hours=1)
    return queue_text(await read_queues(url(harness), lambda: later))


async def test_a_pull_request_moves_through_the_queue_as_its_turns_do(harness: Harness) -> None:
    number = await propose(harness)
    assert f"Sponsors' turn: 1\n  #{number} for less than a day: PEP 842: A calmer way" in (
        await printed_queue(harness)
    )
    await harness.simulator.comment(REPOSITORY, number, by=SPONSOR, body="/pep sponsor")
    await harness.wait_until_idle()
    later = await printed_queue(harness, days=8)
    assert f"Editors' turn: 1\n  #{number} for 8 days, idle for 8 days: PEP 842" in later
    assert f"842 claimed by #{number}" in later
    await harness.simulator.mark_draft(REPOSITORY, number)
    await harness.wait_until_idle()
    assert f"Drafts: 1\n  #{number} for less than a day" in await printed_queue(harness)
    await harness.simulator.mark_ready(REPOSITORY, number)
    await harness.simulator.merge(REPOSITORY, number, by=EDITOR)
    await harness.wait_until_idle()
    merged = await printed_queue(harness)
    assert "Nothing is waiting." in merged
    assert f"merged: #{number}" in merged
    assert "merged" not in await printed_queue(harness, days=8)


async def test_reserved_numbers_and_blank_issues_are_listed_for_editors(harness: Harness) -> None:
    number = await propose(harness, files={"README.rst": "Other.\n"}, title="Infra: Words")
    await harness.simulator.comment(
        REPOSITORY, number, by=EDITOR, body="/pep number 850 because it was announced"
    )
    await harness.simulator.open_issue(REPOSITORY, by=STRANGER, title="Hi", body="")
    await harness.wait_until_idle()
    text = await printed_queue(harness)
    assert f"Touches no PEP: 1\n  #{number}" in text
    assert "850 reserved: it was announced" in text
    assert "New issues, for editors only\n  #2 " in text


async def test_a_title_cannot_steer_the_terminal(harness: Harness) -> None:
    await propose(harness, title=HOSTILE)
    text = await printed_queue(harness)
    assert "PEP 842:" in text
    assert not any(mark in text for mark in ("\x1b", "\u202e", "##[", "\nsecond"))
    (line,) = queue_json(await read_queues(url(harness))).splitlines()
    assert line.isascii()
    (waiting,) = json.loads(line)["turns"]["sponsor"]
    assert waiting["title"] == harness.simulator.pull_request(REPOSITORY, 1).title


@pytest.mark.exhaustive
async def test_the_command_reads_the_store_beside_the_server_and_writes_nothing(
    harness: Harness,
) -> None:
    number = await propose(harness, pep(sponsor=None))
    harness.simulator.clear_requests()
    environment = {**os.environ, "DATABASE_URL": url(harness)}
    plain = await command(environment, "queue")
    assert (plain.code, plain.err, harness.reads(), harness.writes()) == (0, "", [], [])
    assert f"Authors' turn: 1\n  #{number} " in plain.out
    document = json.loads(queue_json(await read_queues(url(harness))))
    (waiting,) = document["turns"]["author"]
    assert (waiting["number"], waiting["opener"]) == (number, AUTHOR)
    assert (waiting["kind"], waiting["idle"]) == ("new PEP", False)
    assert document["claimed"] == {"842": [number]}
    assert document["within_a_week"]["opened"] == [number]
