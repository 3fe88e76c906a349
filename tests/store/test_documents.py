"""Documents make room for newer ones of their kind, and go with what they are about."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.review.subject import Repository
from bot.store.database import Database
from bot.store.documents import (
    CORE_TEAM,
    EDITORS_SEEN,
    JUDGED_BY,
    KINDS,
    QUEUE_ISSUE,
    TEAM_ACCOUNTS,
    VISIBILITY,
    Document,
    DocumentKind,
    Owner,
    put_document,
)
from bot.store.names import RepositoryNames
from bot.store.store import Store
from tests.store.builders import NOON

PEPS, CALM = Repository("python/PEPs", 7), Repository("python/calm", 7)
PEPS2, ELSEWHERE = Repository("python/peps2", 7), Repository("python/peps", 8)


async def keep(store: Store, name: str, hours: float = 0) -> str:
    await store.keep_document(name, Document(name, NOON + timedelta(hours=hours)))
    return name


async def left(store: Store, *names: str) -> list[str]:
    return [name for name in names if await store.document(name) is not None]


def all_of(repository: Repository) -> list[str]:
    """A document of each kind that is a repository's own."""
    kinds = [one for one in KINDS if one.owner is Owner.REPOSITORY]
    return [one.of(repository, "" if one.most == 1 else "main") for one in kinds]


@pytest.mark.parametrize("kind", [one for one in KINDS if one.most > 1], ids=lambda one: one.prefix)
async def test_of_as_many_as_somebody_names_those_read_last_are_kept(
    store: Store, database: Database, kind: DocumentKind
) -> None:
    few = replace(kind, most=3)

    async def keep(name: str, hours: float) -> str:
        document = Document("", NOON + timedelta(hours=hours))
        await database.write(lambda connection: put_document(connection, name, document, (few,)))
        return name

    owner, other = {
        Owner.REPOSITORY: (PEPS, PEPS2),
        Owner.INSTALLATION: (7, 77),
        Owner.NOBODY: (None, None),
    }[kind.owner]
    made = [await keep(few.of(owner, f"{number}/x"), number) for number in range(3)]
    others = [] if other is None else [await keep(few.of(other, "0/x"), -9)]
    await keep(made[0], 5)  # read again
    new = await keep(few.of(owner, "new/x"), 6)
    late = await keep(few.of(owner, "late/x"), -5)  # by a clock that was turned back
    assert await left(store, *made, new, late, *others) == [made[0], new, late, *others]


async def test_a_branch_or_team_that_is_called_oddly_is_one_of_its_owner_all_the_same(
    store: Store,
) -> None:
    names = [
        JUDGED_BY.of(PEPS, f"\U0010ffff\ud83d:%_{number}") for number in range(JUDGED_BY.most + 5)
    ]
    for hours, name in enumerate(names):
        await keep(store, name, hours)
    assert await left(store, *names) == names[5:]


async def test_documents_go_with_their_repository(store: Store) -> None:
    for one in (PEPS, PEPS2):
        await store.add_repository(one)
        for name in all_of(one):
            await keep(store, name)
    hidden = await keep(store, VISIBILITY.of(None, "python/peps"))
    app = await keep(store, "deliveries looked through")
    await store.remove_repository("Python/peps")
    assert await left(store, *all_of(PEPS)) == []
    assert await left(store, *all_of(PEPS2), hidden, app) == [*all_of(PEPS2), hidden, app]


async def test_what_is_an_installation_s_goes_with_the_last_of_its_repositories(
    store: Store,
) -> None:
    for one in (PEPS, PEPS2):
        await store.add_repository(one)
    own = [CORE_TEAM.of(7, "a/b/c.csv:told"), TEAM_ACCOUNTS.of(7, "python/pep-editors")]
    others = [CORE_TEAM.of(77, "a/b/c.csv"), TEAM_ACCOUNTS.of(77, "python/pep-editors")]
    for name in (*own, *others):
        await keep(store, name)
    await store.remove_repository("python/peps2")
    assert await left(store, *own, *others) == [*own, *others]
    await store.add_repository(ELSEWHERE)  # it came back before its going was heard of
    assert await left(store, *own, *others) == others


async def test_what_can_be_read_again_does_not_stay_under_a_former_name(
    store: Store, database: Database
) -> None:
    names = RepositoryNames(database)
    await names.set_name(PEPS, 1)
    for name in (*all_of(PEPS), CORE_TEAM.of(7, "a/b/c.csv")):
        await keep(store, name)
    await names.set_name(CALM, 1)
    assert await left(store, *all_of(PEPS), EDITORS_SEEN.of(CALM)) == []
    kept = [QUEUE_ISSUE.of(CALM), CORE_TEAM.of(7, "a/b/c.csv")]
    assert await left(store, *kept) == kept
    await names.set_name(Repository(CALM.full_name, 8), 1)  # another installation has it now
    assert await left(store, *kept) == kept[:1]
