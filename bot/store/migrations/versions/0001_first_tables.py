"""The first tables: deliveries, what is remembered about pull requests, the audit."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Large, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table."""
    _inbox()
    _repositories()
    _pull_requests()
    _audit()


def _inbox() -> None:
    op.create_table(
        "delivery",
        sa.Column("seq", Large, primary_key=True),
        sa.Column("id", Words, nullable=False, unique=True),
        sa.Column("event", Words, nullable=False),
        sa.Column("action", Words, nullable=False),
        sa.Column("key", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("state", Words, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("not_before", sa.Float),
        sa.Column("finished_at", sa.Float),
        sa.Column("error", Words),
        sa.CheckConstraint("kind IN ('review', 'act')", name="delivery_kind"),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="delivery_state"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "delivery_unfinished",
        "delivery",
        ["key", "seq", "state", "not_before"],
        sqlite_where=sa.text("state IN ('queued', 'running')"),
        postgresql_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("delivery_by_state", "delivery", ["state", "seq"])
    op.create_index(
        "delivery_finished",
        "delivery",
        ["finished_at"],
        sqlite_where=sa.text("finished_at IS NOT NULL"),
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_table(
        "delivery_payload",
        sa.Column(
            "seq", Large, sa.ForeignKey("delivery.seq", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _repositories() -> None:
    op.create_table(
        "repository",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("full_name", Words, nullable=False),
        sa.Column("installation", Large, nullable=False),
    )
    op.create_table(
        "claim",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
    )
    op.create_table(
        "claim_coverage",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("complete", sa.Boolean, nullable=False),
    )
    op.create_table(
        "known_label",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("folded", Words, primary_key=True),
        sa.Column("label", Words, nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("name", Words, primary_key=True),
        sa.Column("text", Words, nullable=False),
        sa.Column("read_at", sa.Float, nullable=False),
    )


def _pull_requests() -> None:
    op.create_table(
        "pull_request",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("memory", Words, nullable=False),
    )
    op.create_table(
        "dependency",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
    )
    op.create_table(
        "act",
        sa.Column("id", Large, primary_key=True),
        sa.Column("repository", Words, nullable=False),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("source", Words, nullable=False),
        sa.Column("login", Words, nullable=False),
        sa.Column("kind", Words, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("url", Words, nullable=False),
        sa.UniqueConstraint("repository", "pull_request", "source", name="act_source"),
    )
    op.create_table(
        "labeler",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
        sa.Column("folded", Words, primary_key=True),
        sa.Column("label", Words, nullable=False),
        sa.Column("login", Words, nullable=False),
    )
    op.create_table(
        "intent",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
        sa.Column("kind", Words, primary_key=True),
        sa.Column("detail", Words, primary_key=True),
    )


def _audit() -> None:
    op.create_table(
        "written",
        sa.Column("id", Large, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("repository", Words, nullable=False),
        sa.Column("full_name", Words, nullable=False),
        sa.Column("installation", Large, nullable=False),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("delivery", Words, nullable=False),
        sa.Column("write", Words, nullable=False),
        sa.Column("detail", Words, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
    )
    op.create_index("written_about", "written", ["repository", "pull_request", "id"])
