"""What a transaction promises, on both kinds of database."""

import asyncio
import threading

import pytest
from sqlalchemy import Connection, insert, select

from bot.store import schema
from bot.store.database import Database, open_database
from bot.store.location import REVISION, StoreUnusable

COVERAGE = schema.claim_coverage


def cover(connection: Connection, repository: str = "python/peps") -> None:
    connection.execute(insert(COVERAGE).values(repository=repository, complete=True))


def covered(connection: Connection) -> list[str]:
    return list(connection.execute(select(COVERAGE.c.repository)).scalars())


async def test_one_is_completed_even_if_its_caller_is_cancelled(
    url: str, database: Database
) -> None:
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(connection: Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()
        cover(connection)

    writing = asyncio.create_task(database.write(work))
    await begun.wait()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    go_on.set()
    await database.close()
    again = await open_database(url)
    assert await again.read(covered) == ["python/peps"]
    await again.close()


async def test_one_that_fails_leaves_nothing(database: Database) -> None:
    def work(connection: Connection) -> None:
        cover(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await database.read(covered) == []


async def test_one_that_reads_sees_one_moment(url: str, database: Database) -> None:
    other = await open_database(url)
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(connection: Connection) -> tuple[list[str], list[str]]:
        before = covered(connection)
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()
        return before, covered(connection)

    reading = asyncio.create_task(database.read(work, many=True))
    await begun.wait()
    await other.write(cover)
    go_on.set()
    assert await reading == ([], [])
    assert await database.read(covered) == ["python/peps"]
    await other.close()


async def test_a_small_read_does_not_wait_in_the_event_loop(database: Database) -> None:
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(connection: Connection) -> None:
        cover(connection)
        loop.call_soon_threadsafe(begun.set)
        go_on.wait()

    writing = asyncio.create_task(database.write(work))
    await begun.wait()
    reading = asyncio.create_task(database.read(covered))
    await asyncio.sleep(0)
    go_on.set()
    await writing
    assert await reading in ([], ["python/peps"])  # PostgreSQL reads meanwhile


async def test_a_check_changes_nothing_and_tells_what_it_is(url: str, database: Database) -> None:
    program = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    told = await database.check()
    assert told.startswith(f"{program} ")
    assert told.endswith(f"schema {REVISION}")
    assert await database.read(covered) == []


async def test_closing_twice_does_no_harm(database: Database) -> None:
    await database.read(covered)
    await database.close()
    await database.close()


async def test_whoever_only_looks_neither_makes_nor_migrates(empty_url: str) -> None:
    for _ in range(2):
        with pytest.raises(StoreUnusable, match=r"there is no store .* yet; `serve` creates it"):
            await open_database(empty_url, serving=False)
    await (await open_database(empty_url)).close()
    looking = await open_database(empty_url, serving=False)
    assert await looking.read(covered) == []
    await looking.close()
