"""What lists tell of a pull request, apart from all that is remembered of it, found by a key."""

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from bot.store.migrations import Words

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_PULL_REQUEST = sa.table(
    "pull_request",
    sa.column("repository", Words),
    sa.column("number", sa.Integer),
    sa.column("memory", Words),
    sa.column("state", Words),
    sa.column("since", sa.Float),
    sa.column("listing", Words),
)
_FIELDS = ("version", "state", "numbers", "touches", "adds", "listed")


def upgrade() -> None:
    """Add the columns and the table, and fill them for what is remembered.

    A version that does not know the columns leaves them empty in the rows it writes; the memory of
    such a row is read until this version or a later one writes it.
    """
    op.add_column("pull_request", sa.Column("state", Words))
    op.add_column("pull_request", sa.Column("since", sa.Float))
    op.add_column("pull_request", sa.Column("listing", Words))
    op.create_index("pull_request_state", "pull_request", ["repository", "state", "since"])
    op.create_index("submission_pep", "submission", ["pep"])
    touched_pep = op.create_table(
        "touched_pep",
        sa.Column("repository", Words, primary_key=True),
        sa.Column("pep", sa.Integer, primary_key=True),
        sa.Column("pull_request", sa.Integer, primary_key=True),
    )
    table, connection = _PULL_REQUEST, op.get_bind()
    # One row after another: all memories at once could be hundreds of megabytes.
    for repository, number in connection.execute(
        sa.select(table.c.repository, table.c.number)
    ).all():
        here = sa.and_(table.c.repository == repository, table.c.number == number)
        fields = _fields(connection.execute(sa.select(table.c.memory).where(here)).scalar_one())
        if fields is None:
            continue
        connection.execute(
            sa.update(table)
            .where(here)
            .values(
                state=fields["state"] or "",
                since=_since(fields["listed"]),
                listing=json.dumps(fields, separators=(",", ":")),
            )
        )
        if peps := _peps(fields):
            rows = [{"repository": repository, "pep": pep, "pull_request": number} for pep in peps]
            connection.execute(sa.insert(touched_pep).values(rows))


def _fields(memory: str) -> dict[str, object] | None:
    """What lists tell; None where the memory is not what version 1 of it should be."""
    try:
        values = json.loads(memory)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.get("version") != 1:
        return None
    fields = {name: values.get(name) for name in _FIELDS}
    return fields if isinstance(fields["state"], str | None) else None


def _since(listed: object) -> float | None:
    try:
        return datetime.fromisoformat(str(dict(listed)["since"])).timestamp()  # type: ignore[call-overload]
    except (TypeError, ValueError, KeyError, OverflowError):
        return None


def _peps(fields: dict[str, object]) -> list[int]:
    """Those that an open pull request touches or sets, or that a merged one added."""
    names = {"open": ("touches", "numbers"), "merged": ("adds",)}.get(str(fields["state"]), ())
    values = [value for name in names if isinstance(found := fields[name], list) for value in found]
    return sorted({one for one in values if type(one) is int and 0 < one < 1_000_000})
