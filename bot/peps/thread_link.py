"""Links to discussions as headers give them: threads, posts, lists (PEP 1 § Discussing a PEP)."""

import re

_LONGEST = 600
_LINKED = re.compile(r"<(https?://[^<>`\s]{1,600})>")
_LONGEST_HISTORY = 20_000
_DISCOURSE = re.compile(
    r"https://discuss\.python\.org/t/(?:[A-Za-z0-9._~%-]{1,300}/)?[0-9]{1,12}(?:/([0-9]{1,9}))?/?"
)
_SLUG = re.compile(r"[0-9]{0,20}[A-Za-z._~%-]")
_MAILMAN_2 = re.compile(
    r"https?://mail\.python\.org/pipermail/[\w+-]{1,80}/[0-9]{4}-[A-Z][a-z]{2,8}/[0-9A-Za-z]{1,20}\.html"
)
_MAILMAN_3 = re.compile(
    r"https?://mail\.python\.org/archives/list/[\w+-]{1,80}@python\.org/"
    r"(thread|message)/[A-Za-z0-9]{1,64}/?(?:#[A-Za-z0-9]{1,64})?"
)
_LIST = re.compile(r"[\w.+-]{1,80}@(?:python\.org|googlegroups\.com)")


def is_discussion(text: str) -> bool:
    """Whether this names a thread or a list: what `Discussions-To` may say (check-peps.py)."""
    value = text.strip()[:_LONGEST]
    return bool(_LIST.fullmatch(value)) or is_thread(value)


def is_thread(text: str) -> bool:
    """Whether this is the address of a thread, not of a single post."""
    value = text.strip()[:_LONGEST]
    if _DISCOURSE.fullmatch(value):
        return post_of(value) is None
    found = _MAILMAN_3.fullmatch(value)
    if found is not None:
        return found[1] == "thread"
    return bool(_MAILMAN_2.fullmatch(value))


def post_of(text: str) -> str | None:
    """The thread a post on Discourse belongs to; None if this is no post there."""
    value = text.strip()[:_LONGEST].rstrip("/")
    if not _DISCOURSE.fullmatch(value):
        return None
    parts = value.removeprefix("https://discuss.python.org/t/").split("/")
    is_post = len(parts) == 3 or (len(parts) == 2 and not _SLUG.match(parts[0]))
    return value.rpartition("/")[0] if is_post else None


def is_discussion_link(text: str) -> bool:
    """Whether this is the address of a thread or of a post in one, as `Post-History` may link."""
    value = text.strip()[:_LONGEST]
    return any(form.fullmatch(value) for form in (_DISCOURSE, _MAILMAN_2, _MAILMAN_3))


def thread_of(text: str) -> str | None:
    """The shortest address of the thread that a link leads to, the same for every way to write it.

    Args:
        text: The link to a thread, or to a post on Discourse.

    Returns:
        The address without Discourse's words, the post, and the last slash; None if it is neither.
    """
    value = text.strip()[:_LONGEST]
    thread = post_of(value) or value
    if not is_thread(thread):
        return None
    thread = thread.partition("#")[0].rstrip("/")
    if not _DISCOURSE.fullmatch(thread):
        return thread
    return f"https://discuss.python.org/t/{thread.rpartition('/')[2]}"


def threads_in(history: str) -> tuple[str, ...]:
    """The threads that a `Post-History` links, each once, as `thread_of` writes them.

    Commas that are missing between its entries make no difference.
    """
    found = (thread_of(url) for url in _LINKED.findall(history[:_LONGEST_HISTORY]))
    return tuple(dict.fromkeys(thread for thread in found if thread is not None))
