"""What must be remembered between reviews: SQLAlchemy Core, migrated by Alembic."""
