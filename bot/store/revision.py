"""The schema's revision, apart from the tables so that it can be compared without SQLAlchemy."""

REVISION = "0008"
"""The newest revision in `migrations/versions`; a test keeps the two together."""

USABLE_SINCE = "0003"
"""The oldest version, by its revision, that can work on tables of `REVISION`.

While several processes are brought to a new version one after another, older ones go on working on
the migrated tables, and may start anew. A migration that they could not bear raises this.
"""
