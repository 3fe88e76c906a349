"""What becomes of trouble with the server: told in words, nothing half-written, over when it is."""

import asyncio
import threading
from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from bot.peps.number import PepNumber
from bot.store.database import Database, open_database
from bot.store.location import StoreUnavailable, StoreUnusable
from bot.store.store import Store
from tests.postgres import PostgresServer
from tests.store.builders import PEPS, memory, subject

pytestmark = pytest.mark.postgres


@pytest.fixture
async def database(postgres_store: str) -> AsyncIterator[Database]:
    database = await open_database(postgres_store)
    yield database
    await database.close()


async def test_a_server_lost_in_the_middle_leaves_nothing_half_written(
    postgres_server: PostgresServer, database: Database
) -> None:
    store = Store(database)
    await store.remember(subject(1), memory())
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(connection: Connection) -> None:
        connection.execute(text("DELETE FROM pull_request"))
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()
        connection.execute(text("DELETE FROM dependency"))

    writing = asyncio.create_task(database.write(work))
    await begun.wait()
    # Connections that are idle at that moment are lost, too.
    await asyncio.gather(*(store.recall(subject(1)) for _ in range(3)))
    postgres_server.stop(at_once=True)
    try:
        go_on.set()
        with pytest.raises(StoreUnavailable, match=r"the database .* cannot be used now"):
            await writing
        with pytest.raises(StoreUnavailable, match="no server listens there: start it"):
            await store.recall(subject(1))
        with pytest.raises(StoreUnavailable):
            await store.set_claims(subject(1), [PepNumber(791)])
        with pytest.raises(StoreUnavailable):
            await database.check()
    finally:
        postgres_server.start()
    assert await store.reviewed(PEPS) == {1: memory()}
    assert list(await store.numbered(PEPS)) == [1]
    assert await store.set_claims(subject(1), [PepNumber(791)]) == {791}


async def test_idle_connections_that_were_ended_are_not_missed(
    postgres_store: str, database: Database
) -> None:
    store = Store(database)
    await asyncio.gather(*(store.recall(subject(n)) for n in range(8)))
    with psycopg.connect(postgres_store, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    for number in range(8):
        await store.remember(subject(number), memory())
    assert len(await store.reviewed(PEPS)) == 8


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("53100", "make room"),
        ("53300", "raise max_connections"),
        ("57P01", "continues by itself"),
        ("58030", "disk is failing"),
        ("55P03", "pg_dump"),
        ("57014", "overloaded"),
        ("XX001", "restore a backup"),
        ("40001", "tries again later"),
    ],
)
async def test_each_trouble_is_told_with_what_to_do(
    database: Database, code: str, advice: str
) -> None:
    fails = text(
        f"DO $$ BEGIN RAISE 'it went wrong' USING ERRCODE = '{code}',"
        " DETAIL = 'what a stranger wrote'; END $$"
    )

    def work(connection: Connection) -> None:
        connection.execute(text("DELETE FROM pull_request"))
        connection.execute(fails)

    await Store(database).remember(subject(), memory())
    with pytest.raises(StoreUnavailable, match="it went wrong") as refused:
        await database.write(work)
    assert advice in str(refused.value)
    assert "stranger" not in str(refused.value)
    assert await Store(database).recall(subject()) == memory()


async def test_a_mistake_in_a_statement_is_a_bug_and_no_trouble(database: Database) -> None:
    with pytest.raises(Exception, match="nowhere") as fault:
        await database.read(lambda connection: connection.execute(text("SELECT * FROM nowhere")))
    assert not isinstance(fault.value, StoreUnavailable)


async def test_a_server_that_may_only_be_read_is_told(
    postgres_store: str, database: Database
) -> None:
    def read_only(connection: Connection) -> None:
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text("DELETE FROM pull_request"))

    with pytest.raises(StoreUnavailable, match="standby"):
        await database.write(read_only)


async def test_an_account_without_rights_is_told_what_it_lacks(
    postgres_server: PostgresServer, postgres_store: str
) -> None:
    with psycopg.connect(postgres_store, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS guest")
        owner.execute("CREATE ROLE guest LOGIN")
    guest = postgres_store.replace("bot@", "guest:hunter2@")
    with pytest.raises(StoreUnusable, match="own the database, or GRANT") as refused:
        await open_database(guest)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        (("bot@", "nobody:hunter2@"), "correct user and password"),
        (("bot@", "bot:hunter2@"), "create it, or correct DATABASE_URL"),
        (("bot@127.0.0.1", "bot:hunter2@nowhere.invalid"), "its host is unknown"),
        (("bot@", "bot:hun%zzter2@"), "special characters"),
        (("bot@", "bot:hunter2@x@"), "DATABASE_URL"),
        (("bot@", "bot:hunter2/@"), "DATABASE_URL"),
    ],
)
async def test_a_url_that_leads_nowhere_is_told_without_its_password(
    postgres_server: PostgresServer, change: tuple[str, str], advice: str
) -> None:
    url = postgres_server.url("there_is_none").replace(*change)
    with pytest.raises(StoreUnusable, match=advice) as refused:
        await open_database(url)
    cause = "".join(map(str, (refused.value, refused.value.__cause__)))
    assert "hun" not in str(refused.value), cause
