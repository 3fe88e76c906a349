"""Which account is meant by which login: the first seen, for good, in each repository."""

import asyncio
from dataclasses import replace

from bot.review.subject import Repository
from bot.store.database import Database
from bot.store.names import AccountStore, RepositoryNames
from bot.store.store import Store
from tests.store.builders import consent, subject

PEPS, OTHER = Repository("python/PEPs", 7), Repository("psf/other", 7)
LARGEST = 2**63 - 1


async def test_the_account_first_seen_stays_until_those_who_keep_the_list_say_otherwise(
    database: Database,
) -> None:
    store = AccountStore(database)
    assert await store.known(PEPS) == {}
    assert await store.first_seen(PEPS, {"edith": 1, "olga": LARGEST}, instead={}) == {
        "edith": 1,
        "olga": LARGEST,
    }
    assert await store.first_seen(OTHER, {"edith": 77}, instead={}) == {"edith": 77}
    assert await store.first_seen(PEPS, {"edith": 77}, instead={}) == {"edith": 1, "olga": LARGEST}
    assert await store.first_seen(PEPS, {"edith": 5, "sam": 3}, instead={"edith": 5}) == {
        "edith": 5,
        "olga": LARGEST,
        "sam": 3,
    }
    assert await store.known(Repository("PYTHON/peps", 7)) == {
        "edith": 5,
        "olga": LARGEST,
        "sam": 3,
    }
    assert await store.known(OTHER) == {"edith": 77}


async def test_of_two_that_come_at_once_one_is_first_for_both(database: Database) -> None:
    store = AccountStore(database)
    told = await asyncio.gather(
        *(store.first_seen(PEPS, {"edith": account}, instead={}) for account in (1, 77))
    )
    assert told[0] == told[1] == await store.known(PEPS)


async def test_accounts_go_along_with_a_new_name_and_leave_with_the_repository(
    database: Database,
) -> None:
    store, names = AccountStore(database), RepositoryNames(database)
    await names.set_name(PEPS, 100)
    await store.first_seen(PEPS, {"edith": 1}, instead={})
    await store.first_seen(OTHER, {"edith": 77}, instead={})
    calm = Repository("python/calm", 7)
    await names.set_name(calm, 100)
    assert await store.known(calm) == {"edith": 1}
    await Store(database).remove_repository(calm.full_name)
    assert await store.known(calm) == {}
    assert await store.known(OTHER) == {"edith": 77}


async def test_an_act_is_remembered_with_its_account(database: Database) -> None:
    store = Store(database)
    by_id = replace(consent(), account=LARGEST)
    await store.add_act(subject(), by_id, "n1")
    await store.add_act(subject(2), consent(), "n1")
    assert await store.acts(subject()) == [by_id]
    assert await store.acts(subject(2)) == [consent()]
