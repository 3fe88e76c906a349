"""The first tables: deliveries, what is remembered about pull requests, the audit."""

import sqlalchemy as sa
from alembic import op

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
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("received_at", sa.Float, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("failures", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("not_before", sa.Float),
        sa.Column("finished_at", sa.Float),
        sa.Column("error", sa.Text),
        sa.CheckConstraint("kind IN ('review', 'act')", name="delivery_kind"),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="delivery_state"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "delivery_unfinished",
        "delivery",
        ["key", "seq", "state", "not_before"],
        sqlite_where=sa.text("state IN ('queued', 'running')"),
    )
    op.create_index("delivery_by_state", "delivery", ["state", "seq"])
    op.create_index(
        "delivery_finished",
        "delivery",
        ["finished_at"],
        sqlite_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_table(
        "delivery_payload",
        sa.Column(
            "seq", sa.Integer, sa.ForeignKey("delivery.seq", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )


def _repositories() -> None:
    op.create_table(
        "repository",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("installation", sa.Integer, nullable=False),
    )
    op.create_table(
        "claim",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
    )
    op.create_table(
        "claim_coverage",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("complete", sa.Boolean, nullable=False),
    )
    op.create_table(
        "known_label",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("folded", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("read_at", sa.Float, nullable=False),
    )


def _pull_requests() -> None:
    op.create_table(
        "pull_request",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("memory", sa.Text, nullable=False),
    )
    op.create_table(
        "dependency",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
    )
    op.create_table(
        "act",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.UniqueConstraint("repository", "pull_request", "source", name="act_source"),
    )
    op.create_table(
        "labeler",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
        sa.Column("folded", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
    )
    op.create_table(
        "intent",
        sa.Column("repository", sa.Text, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("detail", sa.Text, primary_key=True),
    )


def _audit() -> None:
    op.create_table(
        "written",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("repository", sa.Text, nullable=False),
        sa.Column("full_name", sa.Text, nullable=False),
        sa.Column("installation", sa.Integer, nullable=False),
        sa.Column("pull_request", sa.Integer, nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("write", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("dry_run", sa.Boolean, nullable=False),
    )
    op.create_index("written_about", "written", ["repository", "pull_request", "id"])
