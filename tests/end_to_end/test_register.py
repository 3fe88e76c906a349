"""The register of published PEPs: filled at once by an archive; then only what changed is read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

import pytest

from bot.handlers.events import Job
from bot.handlers.published_peps import MOST_TEXTS
from bot.inbox.delivery import DeliveryState
from bot.peps.number import PepNumber
from bot.review.published_peps import Register
from bot.review.subject import Repository
from bot.store.database import open_database
from bot.store.register import RegisterStore
from github_simulator.github import GitHubSimulator
from tests.end_to_end.conftest import CODEOWNERS, CORE_TEAM, EDITOR, GitHubTime, pep
from tests.end_to_end.harness import REPOSITORY, Harness, running_harness

COUNT = MOST_TEXTS + 15
FIRST = 100
PEPS = {
    f"peps/pep-{number:04}.rst": pep(number, sponsor=None) for number in range(FIRST, FIRST + COUNT)
}


@asynccontextmanager
async def installed(folder: Path, pem: str, *, archives: bool) -> AsyncIterator[Harness]:
    def prepare(github: GitHubSimulator) -> None:
        if not archives:
            github.fail_next(404, times=100, match="/tarball/")

    async with running_harness(
        folder,
        pem,
        files={".github/CODEOWNERS": CODEOWNERS, **PEPS},
        core_team=CORE_TEAM,
        editors=[EDITOR],
        people=[EDITOR],
        clock=GitHubTime(),
        prepare=prepare,
    ) as made:
        yield made


@pytest.fixture
async def harness(tmp_path: Path, pem: str) -> AsyncIterator[Harness]:
    """A repository of which GitHub gives no archive: the first round has been made."""
    async with installed(tmp_path, pem, archives=False) as made:
        yield made


async def rounds(harness: Harness) -> int:
    assert harness.server is not None
    records = await harness.server.inbox.records(limit=10_000)
    return sum(
        one.delivery.event == Job.REGISTER and one.state is DeliveryState.DONE for one in records
    )


async def next_round(harness: Harness) -> int:
    """How many texts are read in the round that a start makes."""
    before = await rounds(harness)
    await harness.stop()
    harness.simulator.clear_requests()
    await harness.start()
    async with asyncio.timeout(20):
        while await rounds(harness) <= before:  # noqa: ASYNC110 # the store tells nobody
            await asyncio.sleep(0.01)
    await harness.wait_until_idle()
    return texts_read(harness)


def sha(text: str) -> str:
    """The SHA of a blob, as git has it."""
    content = text.encode()
    return sha1(b"blob %d\0" % len(content) + content).hexdigest()


def texts_read(harness: Harness) -> int:
    """Blobs that were read, CODEOWNERS left out."""
    blobs = [path for path in harness.reads() if "/git/blobs/" in path]
    assert len(set(blobs)) == len(blobs), "none twice"
    return sum(not path.endswith(sha(CODEOWNERS)) for path in blobs)


async def register(harness: Harness) -> Register:
    database = await open_database(harness.settings().database_url, serving=False)
    try:
        return await RegisterStore(database).register(Repository(REPOSITORY, 1))
    finally:
        await database.close()


async def test_an_installation_has_all_read_at_once_and_later_rounds_cost_nothing(
    tmp_path: Path, pem: str
) -> None:
    async with installed(tmp_path, pem, archives=True) as harness:
        entries = await register(harness)
        assert len(entries) == COUNT
        assert entries[PepNumber(FIRST)].blob == sha(PEPS[f"peps/pep-{FIRST:04}.rst"])
        assert await next_round(harness) == 0
        assert "tarball" not in str(harness.reads())


async def test_without_an_archive_the_fill_is_spread_over_rounds_newest_first(
    harness: Harness,
) -> None:
    assert min(await register(harness)) == FIRST + COUNT - MOST_TEXTS
    assert await next_round(harness) == COUNT - MOST_TEXTS
    assert len(await register(harness)) == COUNT
    assert await next_round(harness) == 0


@pytest.mark.exhaustive
async def test_a_push_has_only_what_changed_read_and_what_is_gone_struck(harness: Harness) -> None:
    await next_round(harness)
    harness.simulator.clear_requests()
    await harness.simulator.commit(
        REPOSITORY,
        {
            "peps/pep-0120.rst": pep(120, sponsor=None, status="Withdrawn"),
            "peps/pep-0300.rst": pep(300, sponsor=None),
            "peps/pep-0100.rst": None,
            "README.rst": "More.\n",
        },
        by=EDITOR,
    )
    await harness.wait_until_idle()
    assert texts_read(harness) == 2
    entries = await register(harness)
    assert PepNumber(100) not in entries
    assert entries[PepNumber(300)].changed_at is None
    withdrawn = entries[PepNumber(120)]
    assert withdrawn.preamble.status == "Withdrawn"
    assert withdrawn.status_since is not None
    assert datetime.now(UTC) - withdrawn.status_since < timedelta(minutes=5)


@pytest.mark.exhaustive
async def test_a_text_that_github_does_not_give_is_asked_for_again(harness: Harness) -> None:
    lost = sha(PEPS[f"peps/pep-{FIRST:04}.rst"])
    harness.simulator.fail_next(404, match=f"GET /repos/python/peps/git/blobs/{lost}")
    await next_round(harness)
    assert len(await register(harness)) == COUNT - 1
    assert await next_round(harness) == 1
    assert len(await register(harness)) == COUNT


async def test_before_most_is_known_a_push_has_nothing_read_that_it_did_not_change(
    harness: Harness,
) -> None:
    known = len(await register(harness))
    added = {f"peps/pep-{number:04}.rst": pep(number) for number in range(300, 300 + known)}
    with harness.simulator.lost_webhooks():
        await harness.simulator.commit(REPOSITORY, added, by=EDITOR)
    await harness.simulator.commit(REPOSITORY, {"peps/pep-0120.rst": pep(120)}, by=EDITOR)
    await harness.wait_until_idle()
    assert texts_read(harness) == 1
    assert len(await register(harness)) == known


@pytest.mark.exhaustive
async def test_what_is_known_and_changed_comes_before_what_was_never_read(harness: Harness) -> None:
    newest = range(FIRST + COUNT - 50, FIRST + COUNT)
    with harness.simulator.lost_webhooks():
        await harness.simulator.commit(
            REPOSITORY,
            {f"peps/pep-{number:04}.rst": pep(number, status="Final") for number in newest},
            by=EDITOR,
        )
    assert await next_round(harness) == MOST_TEXTS
    entries = await register(harness)
    assert {entries[PepNumber(number)].preamble.status for number in newest} == {"Final"}
    assert min(entries) == FIRST + 5
