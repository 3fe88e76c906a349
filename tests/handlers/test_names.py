"""Whose payload it is, when names change and events come late."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.github.client.client import Gone
from bot.handlers.event_models import RepositoryEvent
from bot.handlers.events import Job
from bot.handlers.jobs import job_of
from bot.inbox.delivery import Batch, PutOff
from bot.peps.number import PepNumber
from bot.review.subject import Repository, Subject
from tests.builders import NOW, body_of, payload, pull_request, repository
from tests.handlers.conftest import Desk, FakeClients

CALM = Repository("python/calm", 7)


class GitHub(FakeClients):
    """Knows how repositories are called: the id by the full name."""

    def __init__(self, **ids: int) -> None:
        super().__init__()
        self.ids = {f"python/{name}": github_id for name, github_id in ids.items()}
        self.asked: list[str] = []

    def forget(self, full_name: str) -> None:
        """There is no token."""

    async def for_repository(self, full_name: str, installation: int) -> "GitHub":
        return self

    async def get(self, url: str, variables: Mapping[str, Any]) -> object:
        name = f"{variables['owner']}/{variables['repo']}"
        self.asked.append(name)
        if name not in self.ids:
            raise Gone("no token for such a repository")
        return {"full_name": name, "id": self.ids[name]}


def payload_of(name: str, github_id: int | None) -> dict[str, Any]:
    repository_data = {"full_name": name, "default_branch": "main", "id": github_id}
    return payload("edited", repository=repository_data, **pull_request())


async def handle_event(desk: Desk, name: str, github_id: int | None) -> Subject:
    await desk.handle(("pull_request", payload_of(name, github_id)), key=f"{name}#4422")
    return desk.reviews.asked[-1][0]


@pytest.fixture
def github(desk: Desk) -> GitHub:
    github = GitHub(peps=100)
    desk.clients = github
    return github


async def test_a_known_id_under_its_known_name_costs_no_question(
    desk: Desk, github: GitHub
) -> None:
    for _ in range(2):
        assert await handle_event(desk, "python/peps", 100) == Subject(repository(), 4422)
    assert github.asked == []


async def test_a_known_id_under_a_new_name_is_renamed_and_swept(desk: Desk, github: GitHub) -> None:
    await handle_event(desk, "python/peps", 100)
    await desk.store.set_claims(Subject(repository(), 1), [PepNumber(842)])
    github.ids = {"python/calm": 100}
    assert await handle_event(desk, "python/calm", 100) == Subject(CALM, 4422)
    assert await desk.store.repositories() == [CALM]
    claims = (await desk.store.stored_numbers(CALM)).claims
    assert [claim.number for claim in claims] == [842]
    assert [(one.event, one.key) for one in desk.queued] == [("sweep", "python/calm")]


@pytest.mark.parametrize("github_id", [100, None])
async def test_what_comes_late_under_a_former_name_is_handled_under_the_present_one(
    desk: Desk, github: GitHub, github_id: int | None
) -> None:
    await handle_event(desk, "python/peps", 100)
    github.ids = {"python/calm": 100}
    await handle_event(desk, "python/calm", 100)
    assert await handle_event(desk, "python/peps", github_id) == Subject(CALM, 4422)
    assert await desk.store.repositories() == [CALM]


async def test_a_name_is_taken_back_when_github_says_so(desk: Desk, github: GitHub) -> None:
    for name in ("peps", "calm", "peps"):
        github.ids = {f"python/{name}": 100}
        assert (await handle_event(desk, f"python/{name}", 100)).repository.full_name.endswith(name)
    assert await desk.store.repositories() == [repository()]


async def test_work_given_before_a_rename_is_done_under_the_present_name(
    desk: Desk, github: GitHub
) -> None:
    await handle_event(desk, "python/peps", 100)
    work = job_of(Job.REVIEW, Subject(repository(), 1), "d1", NOW)
    github.ids = {"python/calm": 100}
    await handle_event(desk, "python/calm", 100)
    await desk.handle_batch(Batch(work.key, (work,), 1))
    assert desk.reviews.asked[-1][0] == Subject(CALM, 1)


async def test_an_event_of_a_repository_whose_name_another_has_now_is_not_mixed_up(
    desk: Desk, github: GitHub
) -> None:
    await handle_event(desk, "python/peps", 100)
    with pytest.raises(PutOff):  # as long as it is young
        await handle_event(desk, "python/peps", 999)
    assert len(desk.reviews.asked) == 1


async def test_a_rename_before_any_id_was_known_is_read_from_its_event(
    desk: Desk, github: GitHub
) -> None:
    await desk.store.set_claims(Subject(repository(), 1), [PepNumber(842)])
    github.ids = {"python/calm": 100}
    data = payload(
        "renamed",
        repository={"full_name": "python/calm", "id": 100},
        changes={"repository": {"name": {"from": "peps"}}},
    )
    await desk.handle(("repository", data), key="python/calm")
    claims = (await desk.store.stored_numbers(CALM)).claims
    assert [claim.number for claim in claims] == [842]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"repository": {"name": {"from": "calm"}}}, "python/calm"),
        ({"owner": {"from": {"user": {"login": "nova"}}}}, "nova/peps"),
        ({"owner": {"from": {"organization": {"login": "psf"}}}}, "psf/peps"),
        ({"body": {"from": "x"}}, None),
        ({"repository": {"name": {"from": "../x"}}}, None),
        ({"repository": {"name": {"from": 1}}, "owner": []}, None),
        ({"repository": []}, None),
        ([], None),
    ],
)
def test_the_former_name_is_read_from_the_changes(changes: object, name: str | None) -> None:
    event = RepositoryEvent.parse(body_of(payload("renamed", changes=changes)))
    assert event.former_name == name


async def test_with_an_installation_come_names_that_known_ids_have_now(
    desk: Desk, github: GitHub
) -> None:
    await handle_event(desk, "python/peps", 100)
    github.ids = {"python/calm": 100}
    listed = [{"full_name": "python/calm", "id": 100}, {"full_name": "python/peps", "id": 999}]
    data = payload("added", repositories_added=listed, repositories_removed=[])
    await desk.handle_as(
        "d1", "installation_repositories", data | {"installation": {"id": 8}}, "installation:8"
    )
    assert await desk.store.repositories() == [Repository("python/calm", 8)]
