"""What texts a database keeps; apart from the tables, which load all of SQLAlchemy."""


def storable(text: str) -> str:
    r"""A text as any database keeps it: half characters as `\udXXX`, nulls as `\x00`.

    JSON may carry a lone surrogate, which UTF-8 does not, and a null, which PostgreSQL refuses.
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
