"""What is remembered of all pull requests of a repository, decoded where the database is read."""

from sqlalchemy import Connection, select

from bot.review.snapshot import Memory
from bot.review.subject import Repository
from bot.store import schema
from bot.store.codec import decode_memory
from bot.store.rows import folded


def remembered_in(connection: Connection, repository: Repository) -> dict[int, Memory]:
    """Every remembered pull request by number."""
    table = schema.pull_request
    query = select(table.c.number, table.c.memory).where(table.c.repository == folded(repository))
    return {number: decode_memory(text) for number, text in connection.execute(query)}
