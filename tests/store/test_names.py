"""What is remembered of a repository is found by every name that it has or had."""

from datetime import UTC, datetime

import pytest

from bot.peps.number import PepNumber
from bot.review.subject import Repository, Subject
from bot.store.commands import DigestStore
from bot.store.database import Database
from bot.store.documents import QUEUE_ISSUE, Document
from bot.store.names import NameLookup, RepositoryNames
from bot.store.store import Store
from tests.store.builders import memory

PEPS, CALM = Repository("python/PEPs", 7), Repository("python/calm", 7)
ELSEWHERE = Repository("psf/calm", 8)


@pytest.fixture
def names(database: Database) -> RepositoryNames:
    return RepositoryNames(database)


async def claimed(store: Store, repository: Repository) -> list[tuple[int, int]]:
    claims = (await store.stored_numbers(repository)).claims
    return [(claim.number, claim.pull_request) for claim in claims]


async def test_what_is_remembered_goes_along_with_every_new_name(
    store: Store, names: RepositoryNames, database: Database
) -> None:
    await store.add_repository(PEPS)
    await store.remember(Subject(PEPS, 1), memory())
    await names.set_name(PEPS, 100)  # it was there before its id was known
    await DigestStore(database).note(Subject(PEPS, 2), "new", "?", datetime.now(UTC))
    await names.set_name(CALM, 100)
    await store.set_claims(Subject(CALM, 1), [PepNumber(842)])
    await names.set_name(ELSEWHERE, 100)
    for one in (PEPS, CALM, ELSEWHERE):
        assert await store.recall(Subject(one, 1)) == memory()
        assert await claimed(store, one) == [(842, 1)]
        assert await names.current_repository(one.full_name.upper()) == ELSEWHERE
    assert await store.repositories() == [ELSEWHERE]
    (item,) = await DigestStore(database).items(CALM)
    assert item.repository == "psf/calm"


async def test_documents_that_nobody_could_read_again_go_along_too(
    store: Store, names: RepositoryNames
) -> None:
    for number, repository in enumerate((PEPS, CALM)):
        await names.set_name(repository, number)
    for repository in (PEPS, CALM):
        name = QUEUE_ISSUE.of(repository)
        await store.keep_document(name, Document(repository.full_name, datetime.now(UTC)))
    await names.set_name(ELSEWHERE, 0)
    found = [await store.document(QUEUE_ISSUE.of(one)) for one in (ELSEWHERE, CALM, PEPS)]
    assert [one and one.text for one in found] == [PEPS.full_name, CALM.full_name, None]


async def test_two_repositories_that_swap_their_names_keep_what_is_theirs(
    store: Store, names: RepositoryNames
) -> None:
    await names.set_name(PEPS, 100)
    await names.set_name(CALM, 200)
    await store.set_claims(Subject(PEPS, 1), [PepNumber(842)])
    await store.set_claims(Subject(CALM, 2), [PepNumber(843)])
    await names.set_name(PEPS, 200)
    # How the other is called now nobody has heard yet; nothing is done to it under a wrong name.
    assert await store.repositories() == [PEPS]
    assert await names.look_up(CALM.full_name, 100) == NameLookup(
        by_name=PEPS, owner=200, is_known=True, by_id=None
    )
    await names.set_name(CALM, 100)
    assert await claimed(store, CALM) == [(842, 1)]
    assert await claimed(store, PEPS) == [(843, 2)]
    assert set(await store.repositories()) == {PEPS, CALM}


async def test_a_new_repository_under_a_former_name_begins_with_nothing(
    store: Store, names: RepositoryNames
) -> None:
    await names.set_name(PEPS, 100)
    await store.set_claims(Subject(PEPS, 1), [PepNumber(842)])
    await names.set_name(CALM, 100)
    await names.set_name(PEPS, 300)
    assert await claimed(store, PEPS) == []
    await store.set_claims(Subject(PEPS, 9), [PepNumber(850)])
    assert await claimed(store, CALM) == [(842, 1)]


@pytest.mark.parametrize("by", [PEPS, CALM])
async def test_a_repository_is_forgotten_by_any_name_with_all_of_them(
    store: Store, names: RepositoryNames, by: Repository
) -> None:
    await names.set_name(PEPS, 100)
    await names.set_name(CALM, 100)
    await names.set_name(ELSEWHERE, 200)
    for one in (CALM, ELSEWHERE):
        await store.set_claims(Subject(one, 1), [PepNumber(842)])
    await store.remove_repository(by.full_name)
    assert await claimed(store, CALM) == await claimed(store, PEPS) == []
    assert await claimed(store, ELSEWHERE) == [(842, 1)]
    assert await names.look_up(CALM.full_name, 100) == NameLookup(
        by_name=None, owner=None, is_known=False, by_id=None
    )


async def test_what_was_remembered_of_a_name_before_any_id_does_not_mix_with_what_takes_it(
    store: Store, names: RepositoryNames
) -> None:
    await store.add_repository(CALM)
    await store.set_claims(Subject(CALM, 5), [PepNumber(900)])
    await names.set_name(PEPS, 100)
    await store.set_claims(Subject(PEPS, 1), [PepNumber(842)])
    await names.set_name(CALM, 100)
    assert await claimed(store, CALM) == [(842, 1)]
    assert await store.repositories() == [CALM]
