"""How the store can fail, in words for whoever runs the bot."""


class StoreUnusable(Exception):
    """The configured store cannot be used; the message says why and what to do about it.

    It is raised while opening only, never carries the whole `DATABASE_URL` (which may hold a
    password), and the file concerned has been left as it was.
    """


class StoreUnavailable(Exception):
    """The open store cannot be read or written now: disk full, locked, damaged.

    Nothing of what was asked for was written. The message says what to do, and quotes neither
    statements nor values, which hold what strangers wrote.
    """
