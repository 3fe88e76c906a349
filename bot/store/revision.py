"""The schema's revision, apart from the tables so that it can be compared without SQLAlchemy."""

REVISION = "0002"
"""The newest revision in `migrations/versions`; a test keeps the two together."""
