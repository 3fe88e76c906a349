"""Names that repositories have and had, and GitHub's ids of them."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Large, Words

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; versions that do not know them can work beside it."""
    op.create_table(
        "repository_id",
        sa.Column("github_id", Large, primary_key=True, autoincrement=False),
        sa.Column("key", Words, nullable=False, unique=True),
    )
    op.create_table(
        "repository_name",
        sa.Column("name", Words, primary_key=True),
        sa.Column("github_id", Large, nullable=False),
    )
