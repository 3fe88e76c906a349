"""What goes first among deliveries, and which versions of the bot these tables still serve."""

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Large, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As 0001 made it: SQLite adds a column by making the table anew, and tells of constraints no more.
_DELIVERY = sa.Table(
    "delivery",
    sa.MetaData(),
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


def upgrade() -> None:
    """Add the column to what there is, and the table."""
    op.drop_index("delivery_unfinished", "delivery")
    op.drop_index("delivery_by_state", "delivery")
    op.drop_index("delivery_finished", "delivery")
    with op.batch_alter_table(
        "delivery",
        copy_from=_DELIVERY,
        # PostgreSQL adds it where it is, and would not drop a table that payloads refer to.
        recreate="always" if op.get_bind().dialect.name == "sqlite" else "never",
        table_kwargs={"sqlite_autoincrement": True},
    ) as delivery:
        delivery.add_column(
            sa.Column("priority", sa.Integer, nullable=False, server_default=sa.text("1"))
        )
    op.create_index(
        "delivery_unfinished",
        "delivery",
        ["key", "seq", "state", "not_before", "priority"],
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
    op.create_table("compatibility", sa.Column("oldest", Words, primary_key=True))
    op.execute(sa.text("INSERT INTO compatibility VALUES ('0003')"))
