"""Tables that only PostgreSQL has: what several processes share beside the store.

They have a collection of their own, since SQLite's migrations know nothing of them. They are made
where they are missing whenever a database is brought up to date.
"""

from sqlalchemy import BigInteger, Column, Double, MetaData, Table

from bot.store.schema import Words

postgres_metadata = MetaData()

# Which migrations of the job engine's own the database has had, by their files' names.
engine_migration = Table(
    "engine_migration",
    postgres_metadata,
    Column("name", Words, primary_key=True),
)

# When the next write to GitHub may be made for an installation: one bucket for all processes.
pace = Table(
    "pace",
    postgres_metadata,
    Column("installation", BigInteger, primary_key=True, autoincrement=False),
    Column("next_at", Double, nullable=False),
)
