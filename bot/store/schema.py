"""The tables as they are now, the inbox's among them: the store and the inbox share one file.

A change here needs a migration in `migrations/versions` and the new number in `revision.py`; a test
compares what the migrations build with these tables. Names of repositories are in lower case in
every `repository` column, since GitHub's names differ in case without being different. Moments are
seconds since 1970 (UTC).
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

delivery = Table(
    "delivery",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Float),
    Column("finished_at", Float),
    Column("error", Text),
    CheckConstraint("kind IN ('review', 'act')", name="delivery_kind"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="delivery_state"),
    # A reused sequence number would let a new delivery overtake older ones of its key.
    sqlite_autoincrement=True,
)
Index(
    "delivery_unfinished",
    delivery.c.key,
    delivery.c.seq,
    delivery.c.state,
    delivery.c.not_before,
    sqlite_where=text("state IN ('queued', 'running')"),
)
Index("delivery_by_state", delivery.c.state, delivery.c.seq)
Index("delivery_finished", delivery.c.finished_at, sqlite_where=text("finished_at IS NOT NULL"))

# Apart from its delivery, so that a change of state does not rewrite megabytes.
delivery_payload = Table(
    "delivery_payload",
    metadata,
    Column("seq", Integer, ForeignKey("delivery.seq", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

repository = Table(
    "repository",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("installation", Integer, nullable=False),
)

pull_request = Table(
    "pull_request",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("memory", Text, nullable=False),
)

# The PEP numbers on which the last verdict of an open pull request hangs.
dependency = Table(
    "dependency",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
)

claim = Table(
    "claim",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
)

# Whether every open pull request of a repository has been looked at for claims.
claim_coverage = Table(
    "claim_coverage",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("complete", Boolean, nullable=False),
)

act = Table(
    "act",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("repository", Text, nullable=False),
    Column("pull_request", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("login", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("url", Text, nullable=False),
    UniqueConstraint("repository", "pull_request", "source", name="act_source"),
)

# `folded` is the label's name in lower case: GitHub's label names differ in case as logins do.
labeler = Table(
    "labeler",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("login", Text, nullable=False),
)

known_label = Table(
    "known_label",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("label", Text, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("read_at", Float, nullable=False),
)

intent = Table(
    "intent",
    metadata,
    Column("repository", Text, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("detail", Text, primary_key=True),
)

written = Table(
    "written",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("repository", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("installation", Integer, nullable=False),
    Column("pull_request", Integer, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("write", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Index("written_about", "repository", "pull_request", "id"),
)
