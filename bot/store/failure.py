"""How opening the store can fail, in words for whoever starts the bot."""


class StoreUnusable(Exception):
    """The configured store cannot be used; the message says why and what to do about it.

    It is raised while opening only, never carries the whole `DATABASE_URL` (which may hold a
    password), and the file concerned has been left as it was.
    """
