"""Pushes, check suites, and installations that come and go."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.github.client.client import Gone
from bot.handlers.events import EVERYTHING, Job
from bot.handlers.invalidator import core_team_changed, editors_seen
from bot.handlers.jobs import job_of
from bot.inbox.delivery import Batch
from bot.peps.people import Login
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from bot.review.subject import Repository, Subject
from bot.store.documents import Document
from tests.builders import NOW, payload, repository
from tests.github.reading import pull, stamp
from tests.handlers.conftest import Desk, FakeClients

POLICY = ".github/pep-bot.toml"


def push(*commits: dict[str, list[str]], ref: str = "refs/heads/main") -> dict[str, Any]:
    return payload(ref=ref, commits=list(commits))


@pytest.fixture
async def waiting(desk: Desk) -> Desk:
    """Two new PEPs claim 791, one of them 792 too; one is an edit, and one was merged as 791."""
    await desk.store.complete_claims(repository(), True)
    await desk.remember(1, numbers=frozenset({791}), is_new_pep=True)
    await desk.claim(1, 791)
    await desk.remember(2, numbers=frozenset({791, 792}), is_new_pep=True)
    await desk.claim(2, 791, 792)
    await desk.remember(3)
    await desk.remember(4, numbers=frozenset({791}), state=PullRequestState.MERGED)
    await desk.settle()
    return desk


@pytest.mark.parametrize(
    ("published", "reviewed"),
    [
        ({790}, []),
        ({790, 791}, [1, 2]),
        ({790, 792}, [1, 2]),  # 791 is not the next number any more
        ({790, 500}, []),
        ({788, 789}, [1, 2]),
    ],
)
async def test_a_push_has_those_reviewed_whom_it_concerns(
    waiting: Desk, published: set[int], reviewed: list[int]
) -> None:
    waiting.base_branch.published = published
    await waiting.handle_as("d1", "push", push())
    assert waiting.queued_keys == [f"python/peps#{number}" for number in reviewed]
    assert waiting.base_branch.repositories == [repository()]


async def test_a_push_reported_by_two_events_is_a_cause_once(waiting: Desk) -> None:
    waiting.base_branch.published = {790, 791}
    await waiting.handle_as("d1", "push", push())
    waiting.queued.clear()
    await waiting.handle_as("d2", "push", push())
    assert waiting.queued == []


async def test_another_policy_has_every_open_pull_request_reviewed_once(waiting: Desk) -> None:
    labels = waiting.base_branch.policy.labels.model_copy(update={"new_pep": "fresh"})
    waiting.base_branch.policy = waiting.base_branch.policy.model_copy(update={"labels": labels})
    await waiting.handle_as("d1", "push", push())
    assert waiting.queued_keys == [f"python/peps#{number}" for number in (1, 2, 3)]
    waiting.queued.clear()
    await waiting.handle_as("d2", "push", push())
    assert waiting.queued == []


async def test_a_push_to_another_branch_changes_nothing(waiting: Desk) -> None:
    data = push(ref="refs/heads/topic")
    waiting.base_branch.published = {790, 791}
    await waiting.handle_as("d1", "push", data)
    assert waiting.queued == []
    assert waiting.base_branch.repositories == []


async def test_the_second_run_of_a_push_queues_the_same_deliveries(waiting: Desk) -> None:
    waiting.base_branch.published = {790, 791}
    await waiting.handle_as("d1", "push", push())
    for number in (1, 2):
        concerned = Subject(repository(), number)
        memory = await waiting.store.recall(concerned)
        await waiting.store.remember(concerned, replace(memory, number_inputs="as before a crash"))
    await waiting.handle_as("d1", "push", push())
    ids = [delivery.id for delivery in waiting.queued]
    assert ids[:2] == ids[2:]


@pytest.mark.parametrize(
    "data", [payload(ref="refs/heads/main", commits="x"), push({"added": "x"}), push([None]), {}]
)
async def test_an_odd_push_does_no_harm(waiting: Desk, data: dict[str, Any]) -> None:
    await waiting.handle_as("d1", "push", data)
    assert waiting.queued == []


async def test_a_check_suite_run_again_reviews_the_pull_requests_on_its_head(
    waiting: Desk,
) -> None:
    for number in (2, 4):
        suite = payload("rerequested", check_suite={"head_sha": f"{number:040}"})
        await waiting.handle_as("d1", "check_suite", suite)
    assert waiting.queued_keys == ["python/peps#2"]


@pytest.mark.parametrize("suite", [None, {}, {"head_sha": None}, {"head_sha": ""}])
async def test_a_check_suite_without_a_head_reviews_nothing(desk: Desk, suite: object) -> None:
    await desk.remember(1, head_sha=None)
    await desk.handle_as("d1", "check_suite", payload("rerequested", check_suite=suite))
    assert desk.queued == []


def lint(run: int, conclusion: str, head: int = 2, name: str = "Run pre-commit") -> dict[str, Any]:
    check = {"id": run, "name": name, "head_sha": f"{head:040}", "conclusion": conclusion}
    return payload("completed", check_run=check)


async def test_a_check_that_fails_or_passes_again_reviews_the_pull_requests_on_its_head(
    waiting: Desk,
) -> None:
    ended = ("success", "failure", "failure", "cancelled", "success")
    for run, conclusion in enumerate(ended, start=1):
        await waiting.handle_as(f"d{run}", "check_run", lint(run, conclusion))
    queued = [one.id.rpartition(":")[2] for one in waiting.queued]
    assert queued == ["d2", "d3", "d4"]
    assert set(waiting.queued_keys) == {"python/peps#2"}


async def test_the_result_of_an_earlier_run_that_comes_late_is_ignored(waiting: Desk) -> None:
    await waiting.handle_as("d1", "check_run", lint(8, "success"))
    await waiting.handle_as("d2", "check_run", lint(7, "failure"))
    assert waiting.queued == []


@pytest.mark.parametrize(
    "data",
    [
        lint(7, "failure", name="Somebody's own"),
        lint(7, "failure", head=4),  # merged
        lint(7, "failure", head=99),
    ],
)
async def test_checks_elsewhere_and_those_that_the_policy_does_not_name_review_nothing(
    waiting: Desk, data: dict[str, Any]
) -> None:
    await waiting.handle_as("d1", "check_run", data)
    assert waiting.queued == []
    assert waiting.base_branch.repositories == []


def names(*full_names: str) -> list[dict[str, str]]:
    return [{"full_name": name} for name in full_names]


async def known(desk: Desk) -> set[str]:
    return {one.full_name for one in await desk.store.repositories()}


async def test_what_comes_with_an_installation_is_known_and_swept(desk: Desk) -> None:
    data = payload("created", repositories=names("python/a", "python/b"))
    await desk.handle_as("d1", "installation", data, "installation:7")
    assert await known(desk) == {"python/a", "python/b", "python/peps"}
    assert [(one.event, one.key) for one in desk.queued] == [
        ("sweep", "python/a"),
        ("register", "python/a"),
        ("sweep", "python/b"),
        ("register", "python/b"),
    ]


@pytest.mark.parametrize(
    ("action", "swept"), [("unsuspend", EVERYTHING), ("new_permissions_accepted", "")]
)
async def test_an_installation_that_comes_back_is_swept_for_what_was_missed(
    desk: Desk, action: str, swept: str
) -> None:
    await desk.handle_as("d1", "installation", payload(action), "installation:7")
    assert [(one.event, one.key, one.action) for one in desk.queued] == [
        ("sweep", "python/peps", swept),
        ("register", "python/peps", ""),
    ]


@pytest.mark.parametrize("listed", [["python/peps"], []])
async def test_what_goes_with_an_installation_is_forgotten_with_all_about_it(
    desk: Desk, listed: list[str]
) -> None:
    await desk.remember(1, is_new_pep=True)
    data = payload("deleted", repositories=names(*listed))
    await desk.handle_as("d1", "installation", data, "installation:7")
    assert await known(desk) == set()
    assert (await desk.store.recall(Subject(repository(), 1))).state is None
    assert desk.queued == []


async def test_an_uninstallation_forgets_that_installation_only(desk: Desk) -> None:
    await desk.store.add_repository(repository("other/peps", 8))
    await desk.handle_as("d1", "installation", payload("deleted"), "installation:7")
    assert await known(desk) == {"other/peps"}


async def test_an_uninstallation_received_after_a_reinstallation_forgets_nothing(
    desk: Desk,
) -> None:
    back = payload("created", repositories=names("python/peps"))
    await desk.handle_as("d2", "installation", back | {"installation": {"id": 8}}, "installation:8")
    gone = payload("deleted", repositories=names("python/peps"))
    await desk.handle_as("d1", "installation", gone, "installation:7")
    assert [one.installation for one in await desk.store.repositories()] == [8]


async def test_a_removal_received_after_the_repository_is_back_forgets_nothing(
    desk: Desk,
) -> None:
    removed = payload("removed", repositories_removed=names("python/peps"))
    desk.clients.installations["python/peps"] = 7
    await desk.handle_as("d1", "installation_repositories", removed, "installation:7")
    assert await known(desk) == {"python/peps"}
    del desk.clients.installations["python/peps"]
    await desk.handle_as("d2", "installation_repositories", removed, "installation:7")
    assert await known(desk) == set()


async def test_a_suspension_forgets_nothing(desk: Desk) -> None:
    data = payload("suspend", repositories=names("python/peps"))
    await desk.handle_as("d1", "installation", data, "installation:7")
    assert await known(desk) == {"python/peps"}


async def test_a_new_core_team_list_has_every_open_new_pep_reviewed_once(desk: Desk) -> None:
    await desk.remember(1, is_new_pep=True)
    await desk.remember(2)
    before = Document("Olaf Brandt,olaf,2009-01-20,,\n", NOW)
    await core_team_changed(desk.app, 7, before, "Ada Merritt,ada,2026-01-01,,\n")
    await core_team_changed(desk.app, 7, before, "Ada Merritt,ada,2026-01-01,,\n")
    assert [(one.event, one.key) for one in desk.queued] == [("review", "python/peps#1")] * 2
    assert len({one.id for one in desk.queued}) == 1


async def test_a_new_core_team_list_concerns_its_own_installation_alone(desk: Desk) -> None:
    other = Repository("mallory/peps", 8)
    await desk.store.add_repository(other)
    seen = Memory(state=PullRequestState.OPEN, is_new_pep=True)
    await desk.store.remember(Subject(other, 1), seen)
    await desk.remember(1, is_new_pep=True)
    before = Document("Olaf Brandt,olaf,2009-01-20,,\n", NOW)
    await core_team_changed(desk.app, 8, before, "Ada Merritt,ada,2026-01-01,,\n")
    assert [one.key for one in desk.queued] == ["mallory/peps#1"]


async def test_repositories_are_added_and_removed_one_by_one(desk: Desk) -> None:
    added = payload("added", repositories_added=names("python/a"), repositories_removed=[])
    await desk.handle_as("d1", "installation_repositories", added, "installation:7")
    removed = payload("removed", repositories_added=[], repositories_removed=names("python/peps"))
    await desk.handle_as("d2", "installation_repositories", removed, "installation:7")
    assert await known(desk) == {"python/a"}


async def test_new_permissions_forget_nothing(desk: Desk) -> None:
    data = payload("new_permissions_accepted")
    await desk.handle_as("d1", "installation", data, "installation:7")
    assert await known(desk) == {"python/peps"}


async def test_odd_names_are_passed_over(desk: Desk) -> None:
    listed = [*names("a/..", "../b", "python/good"), None, {"full_name": 1}, "python/x"]
    data = payload("created", repositories=listed)
    await desk.handle_as("d1", "installation", data, "installation:7")
    assert await known(desk) == {"python/good", "python/peps"}


# Sweeps


class OpenPulls(FakeClients):
    """The open pull requests of the repository, each with the file it adds."""

    def __init__(self, **files: str) -> None:
        super().__init__()
        self.files = {int(number.removeprefix("n")): path for number, path in files.items()}

    async def for_repository(self, full_name: str, installation: int) -> "OpenPulls":
        return self

    async def pages(
        self, url: str, variables: Mapping[str, Any] | None = None
    ) -> AsyncIterator[object]:
        if "/files" in url:
            assert variables is not None
            yield {"filename": self.files[int(variables["number"])], "status": "added", "sha": "c"}
            return
        for number in self.files:
            yield pull(number, head={"sha": f"{number:040}", "repo": {}}, updated_at=stamp(NOW))

    async def get(self, url: str, variables: Mapping[str, Any] | None = None) -> object:
        if variables is None or "number" not in variables:
            raise Gone("not asked for here")
        return pull(int(variables["number"]), state="closed")


@pytest.fixture
async def three(desk: Desk) -> Desk:
    """Three open pull requests: a new PEP known as it is, one that was missed, one unknown."""
    desk.clients = OpenPulls(n1="peps/pep-0791.rst", n2="peps/pep-0792.rst", n3="peps/pep-0793.rst")
    known = {"numbers": frozenset({791}), "is_new_pep": True}
    await desk.remember(1, updated_at=NOW, **known)
    await desk.claim(1, 791)
    await desk.remember(2, updated_at=NOW - timedelta(hours=1))
    return desk


async def test_the_first_sweep_learns_the_claims_and_leaves_the_unknown_alone(three: Desk) -> None:
    await three.handle_batch(Batch("python/peps", (job_of(Job.SWEEP, repository(), "d1", NOW),), 1))
    known = await three.store.stored_numbers(repository())
    claims, complete = known.claims, known.claims_complete
    assert complete
    assert {(claim.pull_request, claim.number) for claim in claims} >= {(1, 791), (3, 793)}
    # 1 had to leave clashes open, 2 was missed; 3 is older than the installation.
    assert three.queued_keys == ["python/peps#1", "python/peps#2"]


async def test_a_later_sweep_reviews_whatever_was_missed(three: Desk) -> None:
    await three.store.complete_claims(repository(), True)
    await three.settle()
    await three.handle_batch(Batch("python/peps", (job_of(Job.SWEEP, repository(), "d1", NOW),), 1))
    assert three.queued_keys == ["python/peps#2", "python/peps#3"]


async def test_a_sweep_reviews_again_what_could_not_be_merged(three: Desk) -> None:
    await three.store.complete_claims(repository(), True)
    entry = QueueEntry("x", Login("nova"), "new PEP", "editor", NOW, NOW, obstacles="Lint fails")
    memory = await three.store.recall(Subject(repository(), 1))
    await three.store.remember(Subject(repository(), 1), replace(memory, queue_entry=entry))
    await three.settle()
    await three.handle_batch(Batch("python/peps", (job_of(Job.SWEEP, repository(), "d1", NOW),), 1))
    assert three.queued_keys == ["python/peps#1", "python/peps#2", "python/peps#3"]


async def test_a_sweep_of_everything_reviews_what_changed_and_what_did_not(three: Desk) -> None:
    await three.store.complete_claims(repository(), True)
    await three.settle()
    sweep = job_of(Job.SWEEP, repository(), "d1", NOW, EVERYTHING)
    await three.handle_batch(Batch(sweep.key, (sweep,), 1))
    assert three.queued_keys == [f"python/peps#{number}" for number in (1, 2, 3)]


async def test_a_sweep_reviews_what_was_closed_unseen_and_who_waits_for_its_number(
    three: Desk,
) -> None:
    await three.store.complete_claims(repository(), True)
    await three.remember(9, numbers=frozenset({795}), is_new_pep=True)
    await three.claim(9, 795)
    await three.remember(1, updated_at=NOW, numbers=frozenset({791, 795}), is_new_pep=True)
    await three.handle_batch(Batch("python/peps", (job_of(Job.SWEEP, repository(), "d1", NOW),), 1))
    assert three.queued_keys == [f"python/peps#{number}" for number in (1, 2, 3, 9)]


async def test_other_editors_concern_new_peps_for_every_branch(desk: Desk) -> None:
    await desk.remember(1, is_new_pep=True)
    await desk.remember(2, is_new_pep=True, base="old")
    seen = partial(editors_seen, desk.app)
    for cause in ("d1", "d2"):
        await seen(repository(), ["edith"], cause)
    assert desk.queued == []
    await seen(repository(), ["edith", "ada"], "d3")
    assert desk.queued_keys == ["python/peps#1", "python/peps#2"]
