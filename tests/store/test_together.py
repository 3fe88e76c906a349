"""Several processes write to one PostgreSQL at once: the outcome is that of one after another."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import reduce
from operator import xor
from pathlib import Path

import pytest

from bot.commands.log import CommandComment
from bot.commands.text import CommandStatus, LoggedCommand, Place
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.review.snapshot import Memory
from bot.store.commands import CommandStore
from bot.store.database import Database, open_database
from bot.store.rows import Intent, WriteRecord
from bot.store.store import Store
from tests.store.builders import NOON, PEPS, audit, consent, memory, subject

pytestmark = pytest.mark.postgres


@pytest.fixture
async def databases(postgres_store: str) -> AsyncIterator[list[Database]]:
    """The same one, as three processes have it open."""
    opened = [await open_database(postgres_store) for _ in range(3)]
    yield opened
    for database in opened:
        await database.close()


@pytest.fixture
def stores(databases: list[Database]) -> list[Store]:
    return [Store(database) for database in databases]


async def test_the_same_rows_put_by_all_at_once_are_there_once(stores: list[Store]) -> None:
    await asyncio.gather(
        *(store.remember(subject(), memory()) for store in stores for _ in range(6)),
        *(store.intend(subject(), Intent("comment", "summary")) for store in stores),
        *(store.add_known_labels(PEPS, ["bug", "docs"]) for store in stores),
        *(store.add_act(subject(), consent(), "n1") for store in stores),
        *(store.add_repository(PEPS) for store in stores),
    )
    assert await stores[0].reviewed(PEPS) == {1: memory()}
    assert await stores[0].intents(subject()) == [Intent("comment", "summary")]
    assert await stores[0].known_labels(PEPS) == {"bug", "docs"}
    assert await stores[0].acts(subject()) == [consent()]
    assert await stores[0].repositories() == [PEPS]


async def test_claims_set_at_once_tell_together_what_changed(stores: list[Store]) -> None:
    wanted = [[PepNumber(n) for n in range(700 + i, 712 + i)] for i in range(6)]
    changed = await asyncio.gather(
        *(store.set_claims(subject(), numbers) for store in stores for numbers in wanted)
    )
    claims = (await stores[0].stored_numbers(PEPS)).claims
    numbers = [claim.number for claim in claims]
    assert numbers in wanted
    # Each tells what came or went through it: one after another, that leads from none to the last.
    assert reduce(xor, changed) == frozenset(numbers)


async def test_only_one_is_the_first_to_remember(stores: list[Store]) -> None:
    await asyncio.gather(
        *(
            store.remember_if_unknown(subject(), Memory(number_inputs=str(i)))
            for i in range(6)
            for store in stores
        )
    )
    remembered = await stores[0].recall(subject())
    await stores[1].remember_if_unknown(subject(), memory())
    assert await stores[2].recall(subject()) == remembered != Memory()


async def test_no_line_of_the_audit_is_lost(stores: list[Store]) -> None:
    records = [
        WriteRecord(NOON, subject(number), f"d{number}", "AddLabels", "new-pep", False)
        for number in range(40)
    ]
    await asyncio.gather(*(stores[i % 3].record_write(one) for i, one in enumerate(records)))
    written = await audit(stores[0])
    assert sorted(one.subject.number for one in written) == list(range(40))


async def test_a_command_processed_by_all_is_logged_once(databases: list[Database]) -> None:
    stores = [CommandStore(database) for database in databases]
    # Numbers of comments outgrew 32 bits in 2024.
    logged = LoggedCommand(
        source="c1",
        canonical="number 791",
        ordinal=0,
        subject=1,
        login=Login("hugovk"),
        at=NOON,
        order=(3_000_000_000, 4),
        url="https://x/1",
        status=CommandStatus.DONE,
        note="",
    )
    processed = CommandComment(
        source="c1",
        place=Place.COMMENT,
        id=3_000_000_000,
        author="hugovk",
        url="https://x/1",
        at=NOON,
    )
    await asyncio.gather(
        *(store.keep(subject(), processed, [logged]) for store in stores for _ in range(4))
    )
    assert await stores[0].logged(subject()) == [logged]
    assert await stores[1].processed(subject(), "c1") == processed


_PROCESS = """
import asyncio, json, sys
from bot.store.database import open_database
from bot.store.store import Store
from tests.store.builders import subject

async def main(url, first):
    store = Store(await open_database(url))
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(10):
        told = await store.set_claims(subject(), range(first + turn, first + turn + 5))
        print(json.dumps(sorted(told)))
    await store.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.exhaustive
def test_processes_that_start_and_write_at_once_do_so_too(postgres_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _PROCESS, postgres_url, str(700 + 3 * number)],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "each found the tables, whoever made them"
    changed: list[frozenset[int]] = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        output, _ = process.communicate()
        assert process.returncode == 0
        changed += [frozenset(json.loads(line)) for line in output.splitlines()]
    assert len(changed) == 20
    assert reduce(xor, changed) == asyncio.run(_claimed(postgres_url))


async def _claimed(url: str) -> set[int]:
    store = Store(await open_database(url))
    claims = (await store.stored_numbers(PEPS)).claims
    await store.close()
    return {claim.number for claim in claims}
