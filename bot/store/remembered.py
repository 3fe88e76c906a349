"""What is remembered of all pull requests of a repository, decoded where the database is read."""

from collections.abc import Callable

from sqlalchemy import Connection, select

from bot.review.snapshot import Memory
from bot.review.subject import Repository
from bot.store import schema
from bot.store.codec import decode_memory
from bot.store.rows import folded


def remembered_in(
    connection: Connection, repository: Repository, wanted: Callable[[Memory], bool]
) -> dict[int, Memory]:
    """The wanted ones among all remembered pull requests, by number.

    Of thousands that were closed long ago none is held for longer than it takes to say so.
    """
    table = schema.pull_request
    query = select(table.c.number, table.c.memory).where(table.c.repository == folded(repository))
    decoded = ((number, decode_memory(text)) for number, text in connection.execute(query))
    return {number: memory for number, memory in decoded if wanted(memory)}
