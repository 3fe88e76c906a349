"""A sweep looks at every open pull request, once, and may be interrupted anywhere."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.github.client.failure import Gone, TryLater
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


class Scene:
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
        return await sweep_claims(self.github, self.store, REPOSITORY, limiter=unlimited())


async def test_a_first_sweep_reads_every_open_pull_request() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.opened(2)
    scene.opened(3, 792, 793)
    assert await scene.sweep() == Sweep((1, 2, 3), ("main",))
    assert scene.store.claimed == {1: {791}, 3: {792, 793}}
    assert scene.store.complete
    assert scene.github.requests == [LIST, files_of(3), files_of(2), files_of(1)]


async def test_an_unchanged_head_is_not_read_again() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.store.memories[1] = KNOWN
    assert await scene.sweep() == Sweep((), ("main",))
    assert scene.github.requests == [LIST]


async def test_a_new_pep_whose_claim_was_lost_is_read_again() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.store.memories[1] = replace(KNOWN, is_new_pep=True)
    await scene.sweep()
    assert scene.store.claimed == {1: {791}}


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
    scene = Scene()
    scene.opened(1, **fields)
    scene.store.memories[1] = memory
    assert (await scene.sweep()).to_review == (1,)


async def test_a_pull_request_closed_unseen_gives_up_its_number() -> None:
    scene = Scene()
    scene.store.memories[1] = KNOWN
    scene.store.claimed[1] = frozenset({791})  # type: ignore[arg-type]
    scene.closed(1)
    assert await scene.sweep() == Sweep((1,), ())
    assert scene.store.claimed == {}


async def test_a_pull_request_opened_while_the_list_was_read_keeps_its_number() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.open.clear()
    scene.store.claimed[1] = frozenset({791})  # type: ignore[arg-type]
    assert await scene.sweep() == Sweep((), ())
    assert scene.store.claimed == {1: {791}}


async def test_an_interrupted_sweep_is_not_complete_and_can_be_run_again() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.opened(2, 792)
    files, scene.github.answers[files_of(1)] = (
        scene.github.answers[files_of(1)],
        TryLater("out of reach"),
    )
    with pytest.raises(TryLater):
        await scene.sweep()
    assert scene.store.claimed == {2: {792}}
    assert not scene.store.complete
    scene.github.answers[files_of(1)] = files
    assert (await scene.sweep()).to_review == (1,)
    assert scene.store.claimed == {1: {791}, 2: {792}}
    assert scene.store.complete


async def test_what_is_not_found_keeps_its_number_and_is_left_to_a_review() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.store.claimed = {1: frozenset({791}), 2: frozenset({792})}  # type: ignore[dict-item]
    scene.github.answers[files_of(1)] = Gone("a replica lags")
    scene.github.answers[f"{ROOT}/pulls/2"] = Gone("a replica lags")
    assert (await scene.sweep()).to_review == (1, 2)
    assert scene.store.claimed == {1: {791}, 2: {792}}


async def test_a_pull_request_that_vanishes_does_not_stop_the_sweep() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.opened(2, 792)
    scene.github.answers[files_of(2)] = Gone("deleted")
    await scene.sweep()
    assert scene.store.claimed == {1: {791}}
    assert scene.store.complete


async def test_what_is_older_than_the_installation_is_left_alone_until_it_changes() -> None:
    scene = Scene()
    scene.opened(1, 791)
    scene.opened(2)
    assert (await scene.sweep()).to_review == (1, 2)
    assert (await scene.sweep()).to_review == ()
    scene.open[0]["updated_at"] = stamp(NOON + timedelta(minutes=1))
    scene.opened(3)
    assert (await scene.sweep()).to_review == (2, 3)
