"""Alembic's scripts: how a store written by an older version becomes one of today."""
