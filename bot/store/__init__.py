"""Stores what the bot must remember between reviews: SQLAlchemy Core, migrated by Alembic.

SQL is only here and in `bot.inbox`; what the stored things mean is for the other packages.
"""
