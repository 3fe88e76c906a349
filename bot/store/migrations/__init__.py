"""Alembic's scripts: how a store written by an older version becomes one of today.

Here are the types of columns as the scripts spell them, for both databases. `bot.store.schema` has
the same for today's tables; these belong to migrations that have been run, and do not change.
"""

import sqlalchemy as sa

Large = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""Row ids, and numbers of GitHub's that outgrow 32 bits."""

Words = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that sorts by its characters' numbers on both."""
