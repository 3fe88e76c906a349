"""Commands that were given, the texts they stood in, and what editors should see."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Large, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "given",
        sa.Column("id", Large, primary_key=True),
        sa.Column("repository", Words, nullable=False),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("verb", Words, nullable=False),
        sa.Column("proper", Words, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("login", Words, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("text_number", Large, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("url", Words, nullable=False),
        sa.Column("fate", Words, nullable=False),
        sa.Column("note", Words, nullable=False),
        sa.UniqueConstraint("repository", "source", "proper", "ordinal", name="given_once"),
    )
    op.create_index("given_on", "given", ["repository", "pull_request"])
    op.create_index("given_verb", "given", ["repository", "verb"])
    op.create_table(
        "heard",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
        sa.Column("source", Words, primary_key=True),
        sa.Column("heard", Words, nullable=False),
    )
    op.create_table(
        "digest_item",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("reason", Words, primary_key=True),
        sa.Column("title", Words, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
