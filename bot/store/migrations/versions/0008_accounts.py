"""The accounts first seen under logins that lists name, and whose an act was by its id."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Large, Words

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; versions that do not know them can work beside it, by logins alone."""
    op.create_table(
        "account",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("login", Words, primary_key=True),
        sa.Column("github_id", Large, nullable=False),
    )
    op.add_column("act", sa.Column("account", Large))
