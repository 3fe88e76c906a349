"""The tables of today's schema, also those of the inbox: store and inbox share one database.

A change here needs a migration in `migrations/versions` and the new `REVISION` in `version.py`; a
test compares what the migrations build with these tables. Names of repositories are in lower case
in every `repository` column, since names on GitHub that differ only in case are the same. Times are
seconds since 1970 (UTC).
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    Double,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from bot.sanitize import storable

metadata = MetaData()
postgres_metadata = MetaData()
"""The tables that only PostgreSQL has, which are made at the next migration."""

# Row ids, and numbers of GitHub's that outgrow 32 bits; SQLite's own are as large as they must be.
Large = BigInteger().with_variant(Integer, "sqlite")


class Words(TypeDecorator[str]):
    """The column type for text that every database can store.

    It sorts by code points, as SQLite does, whatever language the server has.
    """

    impl = Text().with_variant(Text(collation="C"), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's
        """Escape characters that some database cannot store."""
        return None if value is None else storable(value)


delivery = Table(
    "delivery",
    metadata,
    Column("seq", Large, primary_key=True),
    Column("id", Words, nullable=False, unique=True),
    Column("event", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Float),
    Column("finished_at", Float),
    Column("error", Words),
    Column("priority", Integer, nullable=False, server_default=text("1")),
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
    delivery.c.priority,
    sqlite_where=text("state IN ('queued', 'running')"),
    postgresql_where=text("state IN ('queued', 'running')"),
)
Index("delivery_by_state", delivery.c.state, delivery.c.seq)
Index(
    "delivery_finished",
    delivery.c.finished_at,
    sqlite_where=text("finished_at IS NOT NULL"),
    postgresql_where=text("finished_at IS NOT NULL"),
)

# Apart from its delivery, so that a change of state does not rewrite megabytes.
delivery_payload = Table(
    "delivery_payload",
    metadata,
    Column("seq", Large, ForeignKey("delivery.seq", ondelete="CASCADE"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# The oldest version of the bot, by its schema's revision, that can work on these tables.
compatibility = Table("compatibility", metadata, Column("oldest", Words, primary_key=True))

repository = Table(
    "repository",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("full_name", Words, nullable=False),
    Column("installation", Large, nullable=False),
)

# Names change, and what is remembered must not go with them: in every `repository` column stands
# the name that a repository had when it was first seen. These two tell which that is, by GitHub's
# id of the repository, and by any name it ever had; a name that neither knows stands for itself.
repository_id = Table(
    "repository_id",
    metadata,
    Column("github_id", Large, primary_key=True, autoincrement=False),
    Column("key", Words, nullable=False, unique=True),
)

repository_name = Table(
    "repository_name",
    metadata,
    Column("name", Words, primary_key=True),
    Column("github_id", Large, nullable=False),
)

pull_request = Table(
    "pull_request",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("memory", Words, nullable=False),
    # What lists tell of it, out of the memory, which may be large; `since` is when it took this
    # state or turn. All three are empty in a row that a version before 0007 wrote.
    Column("state", Words),
    Column("since", Float),
    Column("listing", Words),
    Index("pull_request_state", "repository", "state", "since"),
)

# The PEPs that open pull requests touch or set, and that merged ones added.
touched_pep = Table(
    "touched_pep",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
)

# The PEP numbers that open pull requests set, 0 for one that is still to be chosen.
dependency = Table(
    "dependency",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
)

claim = Table(
    "claim",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
)

# Whether every open pull request of a repository has been looked at for claims.
claim_coverage = Table(
    "claim_coverage",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("complete", Boolean, nullable=False),
)

act = Table(
    "act",
    metadata,
    Column("id", Large, primary_key=True),
    Column("repository", Words, nullable=False),
    Column("pull_request", Integer, nullable=False),
    Column("source", Words, nullable=False),
    Column("login", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("at", Float, nullable=False),
    Column("url", Words, nullable=False),
    # GitHub's id of the account; empty where a version before 0008 noted it.
    Column("account", Large),
    UniqueConstraint("repository", "pull_request", "source", name="act_source"),
)

# The account meant by a login, in lower case, that a list of the repository names or named.
account = Table(
    "account",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("login", Words, primary_key=True),
    Column("github_id", Large, nullable=False),
)

# `folded` is the label's name in lower case: GitHub's label names differ in case as logins do.
labeler = Table(
    "labeler",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
    Column("folded", Words, primary_key=True),
    Column("label", Words, nullable=False),
    Column("login", Words, nullable=False),
)

known_label = Table(
    "known_label",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("folded", Words, primary_key=True),
    Column("label", Words, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("name", Words, primary_key=True),
    Column("text", Words, nullable=False),
    Column("read_at", Float, nullable=False),
)

intent = Table(
    "intent",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("detail", Words, primary_key=True),
)

# Commands that were carried out, or that never will be; `pull_request` may be an issue, too.
logged = Table(
    "given",
    metadata,
    Column("id", Large, primary_key=True),
    Column("repository", Words, nullable=False),
    Column("pull_request", Integer, nullable=False),
    Column("source", Words, nullable=False),
    Column("verb", Words, nullable=False),
    Column("proper", Words, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("login", Words, nullable=False),
    Column("at", Float, nullable=False),
    Column("text_number", Large, nullable=False),
    Column("line", Integer, nullable=False),
    Column("url", Words, nullable=False),
    Column("fate", Words, nullable=False),
    Column("note", Words, nullable=False),
    UniqueConstraint("repository", "source", "proper", "ordinal", name="given_once"),
    Index("given_on", "repository", "pull_request"),
    Index("given_verb", "repository", "verb"),
)

# Texts that held commands, and what was answered to each.
processed = Table(
    "heard",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pull_request", Integer, primary_key=True),
    Column("source", Words, primary_key=True),
    Column("heard", Words, nullable=False),
)

# What editors should see once in their digest, and nobody in public.
digest_item = Table(
    "digest_item",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("reason", Words, primary_key=True),
    Column("title", Words, nullable=False),
    Column("at", Float, nullable=False),
)

# The PEPs at the tip of the base branch, each as the text of this SHA has it.
published_pep = Table(
    "published_pep",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("blob", Words, nullable=False),
    Column("entry", Words, nullable=False),
)

# Reminders that were given in a comment, each once: a kind about a PEP, for a cause.
reminder = Table(
    "reminder",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("pep", Integer, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("cause", Words, primary_key=True),
    Column("pull_request", Integer, nullable=False),
    Column("at", Float, nullable=False),
)

# Issues that submit PEPs, and the one comment the bot may have under each. `repository` is the
# tracker; `blob` is the PEP's text when the submission was first seen.
submission = Table(
    "submission",
    metadata,
    Column("repository", Words, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("tracker", Words, nullable=False),
    Column("pep", Integer, nullable=False),
    Column("title", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("closed_at", Float),
    Column("updated_at", Float),
    Column("blob", Words),
    Column("blob_at", Float),
    Column("comment", Large),
    Column("comment_digest", Words, nullable=False, server_default=text("''")),
    Column("comment_blob", Words),
    Index("submission_pep", "pep"),
)

written = Table(
    "written",
    metadata,
    Column("id", Large, primary_key=True),
    Column("at", Float, nullable=False),
    Column("repository", Words, nullable=False),
    Column("full_name", Words, nullable=False),
    Column("installation", Large, nullable=False),
    Column("pull_request", Integer, nullable=False),
    Column("delivery", Words, nullable=False),
    Column("write", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("dry_run", Boolean, nullable=False),
    Index("written_about", "repository", "pull_request", "id"),
)

# Which of the job engine's own migrations the database has had, by their files' names.
engine_migration = Table(
    "engine_migration",
    postgres_metadata,
    Column("name", Words, primary_key=True),
)

# When an installation's next write to GitHub may be made: one token bucket for all processes.
pace = Table(
    "pace",
    postgres_metadata,
    Column("installation", BigInteger, primary_key=True, autoincrement=False),
    Column("next_at", Double, nullable=False),
)
