"""Golden 11: somebody takes a PEP over (PEP 1, "Transferring PEP Ownership")."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.queue import queue_text, read_queues
from tests.end_to_end.conftest import EDITOR, STRANGER, pep, pep_harness
from tests.end_to_end.golden import mentions
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose, set_policy
from tests.end_to_end.test_pages import get_page

PATH = "peps/pep-0840.rst"
OWNER = "elda-quinn"
ELDA, MALLORY = "Elda Quinn <elda@mail.example>", "Mallory Mint <mallory@mail.example>"
OLGA = "Olga Outsider <olga@mail.example>"
HANDS_OVER = "This hands PEP 840 from Elda Quinn to Mallory Mint."
KNOWN = '[people.known]\n"Elda Quinn" = "elda-quinn"\n'


@pytest.fixture
async def published(tmp_path: Path, pem: str) -> AsyncIterator[Harness]:
    """A repository in which Elda Quinn is the author of PEP 840."""
    async with pep_harness(tmp_path, pem) as harness:
        harness.simulator.add_user(OWNER)
        await publish(harness, ELDA)
        yield harness


async def publish(harness: Harness, author: str, policy: str = KNOWN) -> None:
    await harness.simulator.commit(REPOSITORY, {PATH: pep(840, author=author)}, by=EDITOR)
    await set_policy(harness, policy)


async def take_over(
    harness: Harness, author: str = MALLORY, *, by: str = STRANGER, body: str = ""
) -> int:
    files = {PATH: pep(840, author=author)}
    return await propose(harness, files=files, title="PEP 840: Take over", by=by, body=body)


async def say(harness: Harness, number: int, body: str, *, by: str = STRANGER) -> None:
    await harness.simulator.comment(REPOSITORY, number, by=by, body=body)
    await harness.wait_until_idle()


async def queue(harness: Harness, *, days: int = 0) -> str:
    """The queue as the command prints it in some days."""
    later = datetime.now(UTC) + timedelta(days=days, hours=1)
    return queue_text(await read_queues(f"sqlite:///{harness.store}", lambda: later))


def is_silent(harness: Harness, number: int) -> bool:
    return not (harness.labels(number) or harness.comments(number) or harness.annotations(number))


async def test_a_stranger_who_takes_a_pep_over_is_told_to_ask_its_author(
    published: Harness,
) -> None:
    number = await take_over(published)
    assert published.labels(number) == set()
    assert published.conclusions(number) == ["neutral"]
    assert published.annotations(number) == [(PATH, 3, "warning", HANDS_OVER)]
    comment = published.comment(number)
    assert HANDS_OVER in comment
    assert "PEP 1 asks you to mention Elda Quinn and the editors here." in comment
    assert "An approval from Elda Quinn settles it." in comment
    assert "stays a co-author" in comment
    assert (
        "\n    @elda-quinn @python/pep-editors I would like to take over PEP 840, because …\n"
        in comment
    )
    assert mentions(comment) == []
    assert "Authors' turn: 1" in await queue(published)


async def test_whoever_was_asked_is_waited_for_and_then_the_editors_decide(
    published: Harness,
) -> None:
    number = await take_over(published)
    writes = len(published.writes())
    await say(published, number, "`@elda-quinn` wrote this.")
    assert len(published.writes()) == writes
    await say(published, number, "@elda-quinn @python/pep-editors may I take it over?")
    comment = published.comment(number)
    assert f"Elda Quinn was asked on {datetime.now(UTC):%d-%b-%Y}." in comment
    assert "I would like to take over" not in comment
    assert published.conclusions(number) == ["neutral"]
    line = f"  #{number} for {{}}, waiting for Elda Quinn"
    assert f"Authors' turn: 1\n{line.format('less than a day')}: " in await queue(published)
    assert f"Authors' turn: 1\n{line.format('28 days')}, " in await queue(published, days=28)
    assert "by mallory, waiting for Elda Quinn" in (await get_page(published))[1]
    pull = (await get_page(published, f"/{REPOSITORY}/pull/{number}"))[1]
    assert "(less than a day, waiting for Elda Quinn )" in pull
    later = await queue(published, days=32)
    assert re.search(rf"Editors' turn: 1\n  #{number} for [23] days, no answer from Elda Q", later)
    await published.simulator.review(REPOSITORY, number, by=OWNER, state="APPROVED")
    await published.wait_until_idle()
    assert published.conclusions(number) == ["success"]
    assert "thank you." in published.comment(number)
    assert "Elda Quinn" not in await queue(published, days=32)


async def test_a_mention_in_the_description_counts_and_the_policy_says_how_long(
    published: Harness,
) -> None:
    await set_policy(published, f"ownership_days = 7\n{KNOWN}")
    number = await take_over(published, body="May I, @elda-quinn?")
    assert "Elda Quinn was asked on " in published.comment(number)
    assert f"Editors' turn: 1\n  #{number} for " in await queue(published, days=9)


async def test_of_an_author_without_a_known_account_an_e_mail_counts(published: Harness) -> None:
    await publish(published, OLGA, "")
    number = await take_over(published)
    assert "ask Olga Outsider by e-mail" in published.comment(number)
    await say(published, number, "I have not e-mailed yet.")
    assert "ask Olga Outsider by e-mail" in published.comment(number)
    await say(published, number, "I e-mailed Olga Outsider today.")
    assert "Olga Outsider was asked on " in published.comment(number)
    assert "waiting for Olga Outsider" in await queue(published)


async def test_the_editors_decide_by_skipping_the_rule(published: Harness) -> None:
    number = await take_over(published)
    await say(published, number, "/pep skip ownership because there was no answer", by=EDITOR)
    assert published.conclusions(number) == ["success"]
    assert HANDS_OVER not in published.comment(number)
    assert "Editors' turn: 1" in await queue(published)


@pytest.mark.parametrize(
    ("author", "by"),
    [
        pytest.param(MALLORY, OWNER, id="she hands it over herself"),
        pytest.param(f"{ELDA},\n        {MALLORY}", OWNER, id="she adds a co-author"),
        pytest.param("Elda M. Quinn <elda@mail.example>", STRANGER, id="a name is corrected"),
        pytest.param("Elda Quinn <quinn@mail.example>", STRANGER, id="an address is corrected"),
    ],
)
async def test_nothing_is_said_of_other_changes(published: Harness, author: str, by: str) -> None:
    number = await take_over(published, author, by=by)
    assert [text for *_, text in published.annotations(number) if "840 from" in text] == []
    assert (published.labels(number), published.comments(number)) == (set(), [])
    assert published.conclusions(number) == ["success"]


async def test_an_author_who_takes_another_off_is_noticed(published: Harness) -> None:
    await publish(published, f"{ELDA},\n        {MALLORY}")
    number = await take_over(published, ELDA, by=OWNER)
    assert (published.labels(number), published.comments(number)) == (set(), [])
    assert published.conclusions(number) == ["success"]
    assert published.annotations(number) == [
        (PATH, 3, "notice", "Mallory Mint is no longer listed as an author of PEP 840.")
    ]
