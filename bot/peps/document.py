"""What a title and a header value say: the PEPs a title names, the thread a value links."""

import re
from urllib.parse import urlsplit

from bot.peps.number import PepNumber

_ONE = r"[0-9]{1,4}(?!\.?[0-9])"
_AND = r"\s{0,2}(?:,\s{0,2}(?:and\s|&)?|&|/|\+|and\s)\s{0,2}"
_TITLE = re.compile(
    rf"\s{{0,9}}PEPs?[\s\-–—#]{{0,3}}({_ONE}(?:{_AND}(?:PEPs?[\s-]{{0,2}})?{_ONE})*)(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_LONGEST_TITLE = 512
_LONGEST_URL = 2_000

_DISCOURSE = re.compile(r"/t/(?:[^/]{1,300}/)?[0-9]{1,12}(?:/[0-9]{1,9})?/?")
_MAILMAN = (
    re.compile(r"/archives/list/[^/]{3,200}/(?:thread|message)/[A-Za-z0-9]{1,64}/?(?:[^/]*)"),
    re.compile(r"/pipermail/[^/]{1,100}/[0-9]{4}-[A-Z][a-z]{2,8}/[0-9]{1,9}\.html"),
)


def title_number(title: str) -> tuple[PepNumber, ...]:
    """The PEPs a pull request's title begins with (python/peps, CONTRIBUTING: `PEP NNN: …`).

    `PEP 791: …`, `PEP-8: …`, `PEP 719, 745: …` and `PEPs 1 & 2: …` name theirs, a forgotten colon
    notwithstanding. A number later in the title is mere talk and not told.

    Args:
        title: A pull request's title; hostile text is read in bounded time.

    Returns:
        The numbers in their order, each once; empty if the title does not begin like that.
    """
    found = _TITLE.match(title[:_LONGEST_TITLE])
    if found is None:
        return ()
    numbers = (PepNumber(int(digits)) for digits in re.findall(r"[0-9]+", found[1]))
    return tuple(dict.fromkeys(numbers))


def thread_url(value: str) -> str | None:
    """The discussion thread a `Discussions-To` value links, None for anything else.

    Threads are on discuss.python.org (`/t/[slug/]ID`) or in the archives on mail.python.org; both
    are https (PEP 1, "Discussing a PEP"). `Pending`, a mailing list's address and other sites are
    none. The link is only told, never fetched.

    Args:
        value: The header's value, a bare link.

    Returns:
        The link as written, without blanks around it.
    """
    url = value.strip()
    if len(url) > _LONGEST_URL or not _is_plain(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or parts.query:
        return None
    if parts.netloc == "discuss.python.org":
        return url if _DISCOURSE.fullmatch(parts.path) else None
    if parts.netloc == "mail.python.org":
        return url if any(form.fullmatch(parts.path) for form in _MAILMAN) else None
    return None


def _is_plain(url: str) -> bool:
    """Whether it is safe to repeat the link in Markdown: printable ASCII without delimiters."""
    return url.isascii() and url.isprintable() and not set(url) & set(" <>\"'`()[]\\|^{}")
