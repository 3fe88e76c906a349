"""A repository of which thousands of pull requests are remembered, and its pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert

from bot.peps.number import PepNumber
from bot.review.published_peps import Published, published_from_text
from bot.review.snapshot import Memory, PullRequestState
from bot.store import schema
from bot.store.database import open_database
from bot.store.documents import Visibility
from bot.store.memories import columns_of, concerned_peps
from bot.store.register import encode_entry
from bot.store.store import Store
from tests.rules.builders import pep_text
from tests.web.filled_store import NOW, PEPS, make_memory

OPEN, OVER, PEP_COUNT = 260, 2_740, 700
FLOODED = 12
"""A PEP that every open pull request touches."""


def pull(number: int) -> Memory:
    """The pull request of this number; the first ones are over."""
    pep = 1 + number % PEP_COUNT
    if number <= OVER:
        return make_memory(
            f"PEP {pep}: Mend a word", "merged", waited=90, state=PullRequestState.MERGED
        )
    return make_memory(
        f"PEP {pep}: A calmer way, the {number}th",
        "editor",
        waited=number % 20,
        touches=(pep, FLOODED),
    )


def published() -> Iterator[Published]:
    """As many PEPs as python/peps has; of each status some."""
    statuses = ("Draft", "Accepted", "Final", "Final", "Final", "Withdrawn")
    text = {status: pep_text(1, Status=status, Type="Standards Track") for status in statuses}
    one = {
        status: published_from_text(PepNumber(1), "b", words, NOW - timedelta(days=60))
        for status, words in text.items()
    }
    for number in range(1, PEP_COUNT + 1):
        yield replace(one[statuses[number % len(statuses)]], number=PepNumber(number))


async def fill_with_many(url: str, now: datetime = NOW) -> None:
    """Fill a store, by the rows that `write_memory` writes, but all at once.

    Args:
        url: Its `DATABASE_URL`.
        now: When GitHub said last that the repository is public.
    """
    database = await open_database(url)
    store = Store(database)
    await store.add_repository(PEPS)
    await Visibility(store, lambda: now).answered(PEPS.full_name, is_private=False, asked_at=now)
    pulls = {number: pull(number) for number in range(1, OVER + OPEN + 1)}

    def work(connection: Connection) -> None:
        key: dict[str, object] = {"repository": PEPS.full_name}
        rows = [key | {"pull_request": n} | columns_of(one) for n, one in pulls.items()]
        connection.execute(insert(schema.pull_request), rows)
        touched = [
            key | {"pull_request": n, "pep": pep}
            for n, one in pulls.items()
            for pep in concerned_peps(one)
        ]
        connection.execute(insert(schema.touched_pep), touched)
        entries = [
            key | {"pep": one.number, "blob": one.blob, "entry": encode_entry(one)}
            for one in published()
        ]
        connection.execute(insert(schema.published_pep), entries)

    await database.write(work)
    await database.close()
