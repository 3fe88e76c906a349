"""Issues that submit PEPs."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Large, Words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; versions that do not know it can work beside it."""
    op.create_table(
        "submission",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("tracker", Words, nullable=False),
        sa.Column("pep", sa.Integer, nullable=False),
        sa.Column("title", Words, nullable=False),
        sa.Column("url", Words, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("opened_at", sa.Float, nullable=False),
        sa.Column("closed_at", sa.Float),
        sa.Column("updated_at", sa.Float),
        sa.Column("blob", Words),
        sa.Column("blob_at", sa.Float),
        sa.Column("comment", Large),
        sa.Column("comment_digest", Words, nullable=False, server_default=sa.text("''")),
        sa.Column("comment_blob", Words),
    )
