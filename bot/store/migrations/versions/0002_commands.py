"""Commands that were given, the texts they stood in, and what editors should see."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "given",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("proper", sa.Text, nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("text_number", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("fate", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.UniqueConstraint("repository", "source", "proper", "ordinal", name="given_once"),
    )
    op.create_index("given_on", "given", ["repository", "pull_request"])
    op.create_index("given_verb", "given", ["repository", "verb"])
    op.create_table(
        "heard",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("heard", sa.Text, nullable=False),
    )
    op.create_table(
        "digest_item",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("reason", sa.Text, primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
