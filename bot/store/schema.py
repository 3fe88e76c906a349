"""The tables of today's schema, also those of the inbox: store and inbox share one database.

A change here needs a migration in `migrations/versions` and the new `REVISION` in `location.py`; a
test compares both. Names of repositories are in lower case in every `repository` column, as names
on GitHub that differ only in case are the same. Times are seconds since 1970 (UTC).
"""

from datetime import UTC, datetime
from functools import partial
from typing import Any

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


class Moment(TypeDecorator[datetime]):
    """The column type for a moment."""

    impl = Float
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> float | None:  # noqa: ARG002 - SQLAlchemy's
        """The seconds since 1970."""
        return None if value is None else value.timestamp()

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's
        """The moment, in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)


# Columns that always have a value, and those that tell rows of a table from each other.
_column = partial(Column[Any], nullable=False)
_key = partial(Column[Any], primary_key=True)


_UNFINISHED = text("state IN ('queued', 'running')")
_ENDED = text("finished_at IS NOT NULL")

delivery = Table(
    "delivery",
    metadata,
    _key("seq", Large),
    _column("id", Words, unique=True),
    _column("event", Words),
    _column("action", Words),
    _column("key", Words),
    _column("kind", Words),
    _column("received_at", Float),
    _column("state", Words),
    _column("attempts", Integer, server_default=text("0")),
    _column("failures", Integer, server_default=text("0")),
    Column("not_before", Float),
    Column("finished_at", Float),
    Column("error", Words),
    _column("priority", Integer, server_default=text("1")),
    CheckConstraint("kind IN ('review', 'act')", name="delivery_kind"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'dead')", name="delivery_state"),
    Index(
        "delivery_unfinished",
        *("key", "seq", "state", "not_before", "priority"),
        info={"where": _UNFINISHED},
    ),
    Index("delivery_by_state", "state", "seq"),
    Index("delivery_finished", "finished_at", info={"where": _ENDED}),
)

# Apart, so that a delivery's change of state does not rewrite megabytes.
delivery_payload = Table(
    "delivery_payload",
    metadata,
    _key("seq", Large, ForeignKey("delivery.seq", ondelete="CASCADE")),
    _column("body", LargeBinary),
)

# The oldest version of the bot, by its schema's revision, that can work on these tables.
compatibility = Table("compatibility", metadata, _key("oldest", Words))


def _about_repository(name: str, *columns: Column[Any] | Index) -> Table:
    """A table of rows about repositories."""
    return Table(name, metadata, _key("repository", Words), *columns)


def _about_pull_request(name: str, *columns: Column[Any]) -> Table:
    """A table of rows about pull requests or issues."""
    return _about_repository(name, _key("pull_request", Integer), *columns)


def _numbers(name: str) -> Table:
    """A table of PEP numbers that pull requests have to do with."""
    return _about_repository(name, _key("pep", Integer), _key("pull_request", Integer))


def _log(name: str, *columns: Column[Any] | Index | UniqueConstraint) -> Table:
    """A table of rows about pull requests or issues, in the order in which they came."""
    about = (_column("repository", Words), _column("pull_request", Integer))
    return Table(name, metadata, _key("id", Large), *about, *columns)


repository = _about_repository(
    "repository", _column("full_name", Words), _column("installation", Large)
)

# Names change, and data must not get lost with them: every `repository` column has the name under
# which a repository was first seen. These two tables find that name, by GitHub's id of the
# repository, and by any name it ever had; a name that neither has is its own key.
repository_id = Table(
    "repository_id",
    metadata,
    _key("github_id", Large, autoincrement=False),
    _column("key", Words, unique=True),
)

repository_name = Table(
    "repository_name", metadata, _key("name", Words), _column("github_id", Large)
)

pull_request = _about_repository(
    "pull_request",
    _key("number", Integer, key="pull_request"),
    _column("memory", Words),
    # What lists show of it, taken from the memory, which may be large; `since` is when this state
    # or turn began. All three are empty in a row that a version before 0007 wrote.
    Column("state", Words),
    Column("since", Moment),
    Column("listing", Words),
    Index("pull_request_state", "repository", "state", "since"),
)

# The PEPs that open pull requests touch or set, and that merged ones added.
touched_pep = _numbers("touched_pep")

# The PEP numbers that open pull requests set, 0 for one that is still to be chosen.
dependency = _numbers("dependency")
claim = _numbers("claim")

# Whether every open pull request of a repository has been looked at for claims.
claim_coverage = _about_repository("claim_coverage", _column("complete", Boolean))

act = _log(
    "act",
    _column("source", Words),
    _column("login", Words),
    _column("kind", Words),
    _column("at", Moment),
    _column("url", Words),
    # GitHub's id of the account; empty where a version before 0008 noted it.
    Column("account", Large),
    UniqueConstraint("repository", "pull_request", "source", name="act_source"),
)

# The account meant by a login, in lower case, that a list of the repository names or named.
account = _about_repository("account", _key("login", Words), _column("github_id", Large))

# `folded` is the label's name in lower case: GitHub's label names differ in case as logins do.
labeler = _about_pull_request(
    "labeler", _key("folded", Words), _column("label", Words), _column("login", Words)
)
known_label = _about_repository("known_label", _key("folded", Words), _column("label", Words))

document = Table(
    "document", metadata, _key("name", Words), _column("text", Words), _column("read_at", Moment)
)

intent = _about_pull_request("intent", _key("kind", Words), _key("detail", Words))

# Commands that were carried out, or that never will be; `pull_request` may be an issue, too.
logged = _log(
    "given",
    _column("source", Words),
    _column("verb", Words),
    _column("proper", Words, key="canonical"),
    _column("ordinal", Integer),
    _column("login", Words),
    _column("at", Moment),
    _column("text_number", Large),
    _column("line", Integer),
    _column("url", Words),
    _column("fate", Words, key="status"),
    _column("note", Words),
    UniqueConstraint("repository", "source", "canonical", "ordinal", name="given_once"),
    Index("given_on", "repository", "pull_request"),
    Index("given_verb", "repository", "verb"),
)

# Texts that held commands, and what was answered to each.
processed = _about_pull_request("heard", _key("source", Words), _column("heard", Words))

# What editors should see once in their digest, and nobody in public.
digest_item = _about_repository(
    "digest_item",
    _key("number", Integer),
    _key("reason", Words),
    _column("title", Words),
    _column("at", Moment),
)

# The PEPs at the tip of the base branch, each as the text of this SHA has it.
published_pep = _about_repository(
    "published_pep", _key("pep", Integer), _column("blob", Words), _column("entry", Words)
)

# Reminders that were given in a comment, each once: a kind about a PEP, for a cause.
reminder = _about_repository(
    "reminder",
    _key("pep", Integer),
    _key("kind", Words),
    _key("cause", Words),
    _column("pull_request", Integer),
    _column("at", Moment),
)

# Issues that submit PEPs, and the one comment the bot may have under each. `repository` is the
# tracker; `blob` is the PEP's text when the submission was first seen.
submission = _about_repository(
    "submission",
    _key("number", Integer),
    _column("tracker", Words),
    _column("pep", Integer),
    _column("title", Words),
    _column("url", Words),
    _column("is_open", Boolean),
    _column("opened_at", Moment),
    Column("closed_at", Moment),
    Column("updated_at", Moment),
    Column("blob", Words),
    Column("blob_at", Moment),
    Column("comment", Large),
    _column("comment_digest", Words, server_default=text("''")),
    Column("comment_blob", Words),
    Index("submission_pep", "pep"),
)

# The audit: what was written to GitHub.
written = _log(
    "written",
    _column("at", Moment),
    _column("full_name", Words),
    _column("installation", Large),
    _column("delivery", Words),
    _column("write", Words),
    _column("detail", Words),
    _column("dry_run", Boolean),
    Index("written_about", "repository", "pull_request", "id"),
)

# Which of the job engine's own migrations the database has had, by their files' names.
engine_migration = Table("engine_migration", postgres_metadata, _key("name", Words))

# When an installation's next write to GitHub may be made: one token bucket for all processes.
pace = Table(
    "pace",
    postgres_metadata,
    _key("installation", BigInteger, autoincrement=False),
    _column("next_at", Double),
)
