"""A repository with pull requests of all kinds, and a check which of them were reviewed."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.review.subject import Repository
from tests.end_to_end.conftest import AUTHOR, CODEOWNERS, EDITOR, STRANGER, pep
from tests.end_to_end.harness import REPOSITORY, Harness
from tests.end_to_end.proposal import propose

_READ = re.compile(rf"/repos/{REPOSITORY}/pulls/(\d+)")


@dataclass(frozen=True, slots=True)
class Queue:
    """The open pull requests, by number.

    Attributes:
        older: Claims 842, the next free number.
        later: Claims 842 as well.
        waiting: Has a placeholder; 843 is suggested.
        ahead: Claims 844; its comment suggests 843.
        below: Claims 700, which nobody ever used.
        special: Claims 4000.
        edit: Changes PEP 840.
        other: Changes no PEP.
        closed: Claimed 845 and was closed.
    """

    older: int
    later: int
    waiting: int
    ahead: int
    below: int
    special: int
    edit: int
    other: int
    closed: int

    @property
    def new_peps(self) -> list[int]:
        """The open ones that add a PEP."""
        return [self.older, self.later, self.waiting, self.ahead, self.below, self.special]

    @property
    def open(self) -> list[int]:
        """All that are open."""
        return [*self.new_peps, self.edit, self.other]


async def queue_up(harness: Harness) -> Queue:
    """Open them all, and forget the requests that were made for it."""
    older = await propose(harness)  # so that its number is taken for the others
    later = await propose(harness, by=STRANGER, wait_until_idle=False)
    edited = {"peps/pep-0840.rst": pep(840, author="Edith Quill <e@b.example>", sponsor=None)}
    queue = Queue(
        older=older,
        later=later,
        waiting=await propose(harness, number=9999, line=None, wait_until_idle=False),
        ahead=await propose(harness, number=844, wait_until_idle=False),
        below=await propose(harness, number=700, wait_until_idle=False),
        special=await propose(harness, number=4000, wait_until_idle=False),
        edit=await propose(
            harness, files=edited, title="PEP 840: Mend", by=EDITOR, wait_until_idle=False
        ),
        other=await propose(
            harness,
            files={"README.rst": "All PEPs\n"},
            title="Mend",
            by=EDITOR,
            wait_until_idle=False,
        ),
        closed=await propose(harness, number=845, wait_until_idle=False),
    )
    await harness.simulator.close(REPOSITORY, queue.closed, by=AUTHOR)
    await harness.wait_until_idle()
    assert "already claimed by" in harness.comment(queue.later)
    assert "843 is free" in harness.comment(queue.waiting)
    assert "843 is also free" in harness.comment(queue.ahead)
    harness.simulator.clear_requests()
    return queue


async def queue_up_and_sweep(harness: Harness) -> Queue:
    """Open them all, and sweep the repository once.

    The bot's own writes look like changes to the first sweep after them.
    """
    queue = await queue_up(harness)
    await sweep(harness)
    harness.simulator.clear_requests()
    return queue


def reviewed(harness: Harness) -> Counter[int]:
    """How often each pull request was read since the requests were cleared: once a review."""
    found = (_READ.fullmatch(path) for path in harness.reads())
    return Counter(int(match[1]) for match in found if match)


def once(*numbers: int) -> Counter[int]:
    """The expected result if each of these was reviewed once, and no other."""
    return Counter(numbers)


async def sweep(harness: Harness) -> None:
    """Sweep the repository, as the bot does from time to time."""
    assert harness.server is not None
    repository = Repository(REPOSITORY, harness.installation)
    await harness.server.inbox.accept(job_of(Job.SWEEP, repository, uuid4().hex, harness.clock()))
    await harness.wait_until_idle()


async def restart(harness: Harness) -> None:
    """Start the stopped bot, and wait until it has swept the repository."""
    await harness.start()
    await harness.until(lambda: any(path.startswith(_LIST) for path in harness.reads()))
    await harness.wait_until_idle()


@asynccontextmanager
async def absence(harness: Harness) -> AsyncIterator[None]:
    """Stop the bot inside the block; webhooks from then are lost."""
    await harness.stop()
    with harness.simulator.lost_webhooks():
        yield
    harness.simulator.clear_requests()
    await restart(harness)


def owners_with(line: str) -> dict[str, str]:
    """CODEOWNERS with one more line, as files to commit."""
    return {".github/CODEOWNERS": f"{CODEOWNERS}{line}\n"}


_LIST = f"/repos/{REPOSITORY}/pulls?"
