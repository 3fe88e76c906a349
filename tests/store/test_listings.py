"""What lists tell of pull requests is found by key, and says what all that is remembered says."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import Connection, delete, insert, select

from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.review.published_peps import collect_known_peps
from bot.review.queue.queue import WEEK, queue_of
from bot.review.snapshot import Memory, PullRequestState, QueueEntry
from bot.store import schema
from bot.store.copying import whole_store
from bot.store.database import Database, open_database
from bot.store.location import located
from bot.store.memories import PepPulls, columns_of, encode_memory, pulls_of, write_memory
from bot.store.migrate import migrate_store, run_migrations
from bot.store.rows import every_column
from bot.store.store import Store
from tests.store.builders import NOON, OTHER, PEPS, memory, subject

OPEN, MERGED, CLOSED = PullRequestState.OPEN, PullRequestState.MERGED, PullRequestState.CLOSED
PEP = PepNumber(791)


def pull(
    state: PullRequestState | None,
    *,
    turn: str = "editor",
    since: datetime = NOON,
    numbers: tuple[int, ...] = (),
    touches: tuple[int, ...] = (),
    adds: tuple[int, ...] = (),
) -> Memory:
    queue_entry = QueueEntry(
        title="PEP 791: Calm",
        opener=Login("nova"),
        opened=NOON.date(),
        draft=False,
        kind="new PEP",
        turn=turn,
        since=since,
        active_at=NOON,
    )
    return replace(
        memory(),
        state=state,
        numbers=frozenset(numbers),
        touches=frozenset(touches),
        adds=frozenset(adds),
        queue_entry=queue_entry if turn else None,
    )


EVERY = {
    number: pull(state, turn=turn, touches=touches, adds=adds, since=NOON - timedelta(days=days))
    for number, (state, turn, touches, adds, days) in enumerate(
        product((None, OPEN, MERGED, CLOSED), ("editor", ""), ((), (791,)), ((), (791,)), (1, 8)), 1
    )
} | {99: pull(OPEN, turn="decision", touches=(791, 12))}


async def fill(database: Database) -> None:
    def work(connection: Connection) -> None:
        for number, one in EVERY.items():
            write_memory(connection, subject(number), one)
        write_memory(connection, subject(500, OTHER), EVERY[99])

    await database.write(work)


async def of_pep(database: Database, most: int = 99, pep: PepNumber = PEP) -> PepPulls:
    return await database.read(lambda connection: pulls_of(connection, PEPS, pep, most))


async def test_lists_say_the_same_as_all_that_is_remembered(database: Database) -> None:
    await fill(database)
    store = Store(database)
    every = await store.reviewed(PEPS)
    told = await store.listings(PEPS, since=NOON - WEEK)
    assert (
        collect_known_peps({}, told)
        == collect_known_peps({}, every)
        == collect_known_peps({}, await store.listings(PEPS))
    )
    assert queue_of(told, NOON) == queue_of(every, NOON)
    assert 99 in told
    over = {number for number, one in EVERY.items() if one.state is CLOSED}
    assert len(over & told.keys()) < len(over)
    assert all(one.conversation is None and not one.comments for one in told.values())


async def test_of_a_pep_the_oldest_open_ones_are_told_and_all_are_counted(
    database: Database,
) -> None:
    await fill(database)
    touching = [n for n, one in EVERY.items() if one.state is OPEN and 791 in one.touches]
    pulls = await of_pep(database, most=3)
    assert list(pulls.open) == sorted(touching)[:3]
    assert pulls.open_count == len(touching)
    added = [n for n, one in EVERY.items() if one.state is MERGED and 791 in one.adds]
    assert list(pulls.adding) == [max(added)]
    assert await of_pep(database, pep=PepNumber(792)) == PepPulls({}, 0, {})


async def test_what_a_pull_request_no_longer_does_is_told_no_longer(database: Database) -> None:
    store = Store(database)
    await store.remember(subject(), pull(OPEN, numbers=(0, 791), touches=(12,)))
    assert list((await of_pep(database)).open) == [1]
    assert list((await of_pep(database, pep=PepNumber(12))).open) == [1]
    await store.remember(subject(), pull(OPEN, numbers=(792,)))
    assert (await of_pep(database)).open == {}
    await store.remember(subject(), pull(CLOSED, numbers=(792,)))
    assert (await of_pep(database, pep=PepNumber(792))).open == {}
    await store.remember(subject(), pull(MERGED, adds=(792,)))
    assert list((await of_pep(database, pep=PepNumber(792))).adding) == [1]


async def test_a_row_that_an_earlier_version_wrote_since_is_told_by_its_memory(
    database: Database,
) -> None:
    await Store(database).remember(subject(), pull(OPEN, touches=(12,)))
    table = schema.pull_request
    later, added = pull(OPEN, touches=(791,)), pull(MERGED, adds=(791,))

    def as_before_0007(connection: Connection) -> None:
        for number, one in ((1, later), (2, added), (3, pull(CLOSED, touches=(791,)))):
            key = {"repository": PEPS.full_name, "pull_request": number}
            about = delete(table).where(table.c.pull_request == number)
            connection.execute(about)
            row = key | {"memory": encode_memory(one)}
            connection.execute(insert(table).values(row))

    await database.write(as_before_0007)
    pulls = await of_pep(database)
    assert (pulls.open, pulls.open_count, pulls.adding) == ({1: later}, 1, {2: added})
    assert (await of_pep(database, pep=PepNumber(12))).open_count == 0
    told = await Store(database).listings(PEPS, since=NOON - WEEK)
    assert collect_known_peps({}, told) == collect_known_peps({}, {1: later, 2: added})


async def test_what_was_remembered_before_there_were_lists_is_listed_by_the_migration(
    empty_url: str,
) -> None:
    table, touched = schema.pull_request, schema.touched_pep
    strange = {
        200: "no JSON",
        201: '{"version":2}',
        202: '{"version":1,"state":7}',
        203: '{"version":1,"state":"open","touches":[true,"x",791],"listed":{"since":"x"}}',
    }
    texts = {number: encode_memory(one) for number, one in EVERY.items()} | strange
    with whole_store(located(empty_url), to_change=True) as connection:
        run_migrations(connection, "0005")
        rows = [
            {"repository": PEPS.full_name, "pull_request": number, "memory": text}
            for number, text in texts.items()
        ]
        connection.execute(insert(table), rows)
    migrate_store(located(empty_url))
    with whole_store(located(empty_url)) as connection:
        for row in connection.execute(every_column(table)).mappings():
            if row["pull_request"] in EVERY:
                assert columns_of(EVERY[row["pull_request"]]).items() <= dict(row).items()
        found = set(connection.execute(select(touched.c.pull_request, touched.c.pep)).all())
    wanted = {(n, pep) for n, one in EVERY.items() if one.state is OPEN for pep in one.touches}
    wanted |= {(n, pep) for n, one in EVERY.items() if one.state is MERGED for pep in one.adds}
    assert found == wanted | {(203, 791)}
    database = await open_database(empty_url)
    store = Store(database)
    told, every = await store.listings(PEPS, since=NOON - WEEK), await store.reviewed(PEPS)
    assert queue_of(told, NOON) == queue_of(every, NOON)
    await database.close()
