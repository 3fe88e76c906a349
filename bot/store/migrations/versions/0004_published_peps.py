"""The register of published PEPs, and the reminders that were given."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables; earlier versions go on without them."""
    op.create_table(
        "published_pep",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("blob", Words, nullable=False),
        sa.Column("entry", Words, nullable=False),
    )
    op.create_table(
        "reminder",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("kind", Words, primary_key=True),
        sa.Column("cause", Words, primary_key=True),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
