"""Whether a title is about something, by words of it: for what has no topic of its own."""

from collections.abc import Collection


def names_one(title: str, words: Collection[str]) -> bool:
    """Whether one of the words stands in the title, whole and in any case.

    A full stop or a slash parts words, a hyphen does not: `ssl.MemoryBIO` has `ssl`, and `C-API`
    is one word.

    Args:
        title: A PEP's title; whatever it is, it is read in time proportional to it.
        words: Words, or several in a row.
    """
    spaced = _spaced(title)
    return any(_spaced(word) in spaced for word in words)


def _spaced(text: str) -> str:
    letters = text.casefold()
    plain = "".join(one if one.isalnum() or one == "-" else " " for one in letters)
    return f" {' '.join(plain.split())} "
