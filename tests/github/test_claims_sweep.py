"""A sweep looks at every open pull request, once, and may be interrupted anywhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.github.client.client import Gone, TryLater
from bot.github.read.claims_sweep import Sweep, sweep_claims
from bot.review.snapshot import Memory, PullRequestState
from tests.github.reading import (
    NOON,
    REPOSITORY,
    ROOT,
    FakeGitHub,
    FakeStore,
    pull,
    stamp,
    unlimited,
)

LIST = f"{ROOT}/pulls?state=open&sort=created&direction=desc"
KNOWN = Memory(state=PullRequestState.OPEN, head_sha="a" * 40, updated_at=NOON, base="main")


def files_of(number: int) -> str:
    return f"{ROOT}/pulls/{number}/files"


class Harness:
    def __init__(self) -> None:
        self.github, self.store = FakeGitHub(), FakeStore()
        self.store.complete = False
        self.open: list[dict[str, object]] = []
        self.github.answers[LIST] = self.open

    def opened(self, number: int, *peps: int, **fields: object) -> None:
        self.open.insert(0, pull(number, **fields))
        self.github.answers[f"{ROOT}/pulls/{number}"] = self.open[0]
        self.github.answers[files_of(number)] = [
            {"filename": f"peps/pep-{pep:04}.rst", "status": "added"} for pep in peps
        ]

    def closed(self, number: int) -> None:
        self.github.answers[f"{ROOT}/pulls/{number}"] = pull(number, state="closed")

    async def sweep(self) -> Sweep:
        return await sweep_claims(self.github, self.store, REPOSITORY, pace=unlimited)


async def test_a_first_sweep_reads_every_open_pull_request() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.opened(2)
    harness.opened(3, 792, 793)
    assert await harness.sweep() == Sweep((1, 2, 3), ("main",))
    assert harness.store.claimed == {1: {791}, 3: {792, 793}}
    assert harness.store.complete
    assert harness.github.requests == [LIST, files_of(3), files_of(2), files_of(1)]


async def test_an_unchanged_head_is_not_read_again() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.store.memories[1] = KNOWN
    assert await harness.sweep() == Sweep((), ("main",))
    assert harness.github.requests == [LIST]


async def test_a_new_pep_whose_claim_was_lost_is_read_again() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.store.memories[1] = replace(KNOWN, is_new_pep=True)
    await harness.sweep()
    assert harness.store.claimed == {1: {791}}


@pytest.mark.parametrize(
    ("memory", "fields"),
    [
        (KNOWN, {"updated_at": stamp(NOON + timedelta(minutes=1))}),
        (KNOWN, {"head": {"sha": "c" * 40, "repo": None}}),
        (replace(KNOWN, state=PullRequestState.CLOSED), {}),
        (replace(KNOWN, base="master"), {}),  # the branch was renamed
        (replace(KNOWN, base=""), {}),  # by a version that did not note it
        (Memory(head_sha="a" * 40), {}),
    ],
)
async def test_what_changed_unseen_is_to_be_reviewed(
    memory: Memory, fields: dict[str, object]
) -> None:
    harness = Harness()
    harness.opened(1, **fields)
    harness.store.memories[1] = memory
    assert (await harness.sweep()).to_review == (1,)


async def test_a_pull_request_closed_unseen_gives_up_its_number() -> None:
    harness = Harness()
    harness.store.memories[1] = KNOWN
    harness.store.claimed[1] = frozenset({791})  # type: ignore[arg-type]
    harness.closed(1)
    assert await harness.sweep() == Sweep((1,), ())
    assert harness.store.claimed == {}


async def test_a_pull_request_opened_while_the_list_was_read_keeps_its_number() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.open.clear()
    harness.store.claimed[1] = frozenset({791})  # type: ignore[arg-type]
    assert await harness.sweep() == Sweep((), ())
    assert harness.store.claimed == {1: {791}}


async def test_an_interrupted_sweep_is_not_complete_and_can_be_run_again() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.opened(2, 792)
    files, harness.github.answers[files_of(1)] = (
        harness.github.answers[files_of(1)],
        TryLater("out of reach"),
    )
    with pytest.raises(TryLater):
        await harness.sweep()
    assert harness.store.claimed == {2: {792}}
    assert not harness.store.complete
    harness.github.answers[files_of(1)] = files
    assert (await harness.sweep()).to_review == (1,)
    assert harness.store.claimed == {1: {791}, 2: {792}}
    assert harness.store.complete


async def test_what_is_not_found_keeps_its_number_and_is_left_to_a_review() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.store.claimed = {1: frozenset({791}), 2: frozenset({792})}  # type: ignore[dict-item]
    harness.github.answers[files_of(1)] = Gone("a replica lags")
    harness.github.answers[f"{ROOT}/pulls/2"] = Gone("a replica lags")
    assert (await harness.sweep()).to_review == (1, 2)
    assert harness.store.claimed == {1: {791}, 2: {792}}


async def test_a_pull_request_that_vanishes_does_not_stop_the_sweep() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.opened(2, 792)
    harness.github.answers[files_of(2)] = Gone("deleted")
    await harness.sweep()
    assert harness.store.claimed == {1: {791}}
    assert harness.store.complete


async def test_what_is_older_than_the_installation_is_left_alone_until_it_changes() -> None:
    harness = Harness()
    harness.opened(1, 791)
    harness.opened(2)
    assert (await harness.sweep()).to_review == (1, 2)
    assert (await harness.sweep()).to_review == ()
    harness.open[0]["updated_at"] = stamp(NOON + timedelta(minutes=1))
    harness.opened(3)
    assert (await harness.sweep()).to_review == (2, 3)
