"""Reads links in PEP headers: discussion threads, posts, and records of decisions."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from bot.peps.number import PepNumber

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
    """Whether this is a thread or a mailing list, as `Discussions-To` may name (check-peps.py)."""
    value = text.strip()[:_LONGEST]
    return bool(_LIST.fullmatch(value)) or is_thread(value)


def is_thread(text: str) -> bool:
    """Whether this is the address of a thread, not of a single post."""
    value = text.strip()[:_LONGEST]
    if _DISCOURSE.fullmatch(value):
        return thread_of_post(value) is None
    found = _MAILMAN_3.fullmatch(value)
    if found is not None:
        return found[1] == "thread"
    return bool(_MAILMAN_2.fullmatch(value))


def thread_of_post(text: str) -> str | None:
    """The thread that a post on Discourse belongs to; None if this is not such a post."""
    value = text.strip()[:_LONGEST].rstrip("/")
    if not _DISCOURSE.fullmatch(value):
        return None
    parts = value.removeprefix("https://discuss.python.org/t/").split("/")
    is_post = len(parts) == 3 or (len(parts) == 2 and not _SLUG.match(parts[0]))
    return value.rpartition("/")[0] if is_post else None


def is_discussion_link(text: str) -> bool:
    """Whether this is the address of a thread or a post, as `Post-History` may link to."""
    value = text.strip()[:_LONGEST]
    return any(form.fullmatch(value) for form in (_DISCOURSE, _MAILMAN_2, _MAILMAN_3))


def thread_of(text: str) -> str | None:
    """The shortest address of the thread that a link leads to, the same for all its spellings.

    Args:
        text: The link to a thread, or to a post on Discourse.

    Returns:
        The address without Discourse's slug, the post, and the last slash; None if it is neither.
    """
    value = text.strip()[:_LONGEST]
    thread = thread_of_post(value) or value
    if not is_thread(thread):
        return None
    thread = thread.partition("#")[0].rstrip("/")
    if not _DISCOURSE.fullmatch(thread):
        return thread
    return f"https://discuss.python.org/t/{thread.rpartition('/')[2]}"


def threads_in(history: str) -> tuple[str, ...]:
    """The threads that a `Post-History` links to, each once, as `thread_of` writes them.

    Entries are found even where the commas between them are missing.
    """
    found = (thread_of(url) for url in _LINKED.findall(history[:_LONGEST_HISTORY]))
    return tuple(dict.fromkeys(thread for thread in found if thread is not None))


_LONGEST_DECISION = 2_000
_URL = r"https?://[^\s<>`\"\\]{4,600}"
_DATED = re.compile(rf"`([^`<>]{{1,40}}?)(\s*)<({_URL})>`__")
_BARE = re.compile(_URL)
_DISCOURSE_DECISION = re.compile(
    r"(https://discuss\.python\.org/t/)(?:[0-9]{0,20}[A-Za-z._~%-][A-Za-z0-9._~%-]{0,300}/)?([0-9]{1,12})(?:/([0-9]{1,9}))?/?"
)


@dataclass(frozen=True, slots=True)
class DecisionLink:
    """A link to a decision.

    Attributes:
        url: The address as written.
        day: The text in the place of the date; empty for a bare link.
        is_spaced: Whether a space separates the date and the address, as the link needs.
    """

    url: str
    day: str
    is_spaced: bool

    @property
    def short(self) -> str:
        """The address without Discourse's slug; any other address unchanged."""
        found = _DISCOURSE_DECISION.fullmatch(self.url)
        if found is None:
            return self.url
        return f"{found[1]}{found[2]}" + (f"/{found[3]}" if found[3] else "")


def decision_link(value: str) -> DecisionLink | None:
    """Read a `Resolution`: a bare link or a dated one; None for anything else.

    Args:
        value: The header's value, which may be any text.
    """
    text = " ".join(value[:_LONGEST_DECISION].split())
    if _BARE.fullmatch(text):
        return DecisionLink(text, "", is_spaced=True)
    found = _DATED.fullmatch(text)
    if found is None:
        return None
    return DecisionLink(found[3], found[1], is_spaced=bool(found[2]))


_LONGEST_RECORD = 600
_MAILMAN_2_RECORD = re.compile(
    r"https?://mail\.python\.org/pipermail/[^\s]{1,200}/[0-9]{1,12}\.html"
)
_MAILMAN_3_RECORD = re.compile(
    r"https?://mail\.python\.org/archives/list/[^/\s]{3,200}/"
    r"(?:message/[A-Za-z0-9]{1,64}/?|thread/[A-Za-z0-9]{1,64}/?#[A-Za-z0-9]{1,64})"
)
_GITHUB = re.compile(
    r"https://github\.com/[\w.-]{1,100}/[\w.-]{1,100}/(?:issues|pull|discussions)/[0-9]{1,9}"
    r"(#(?:issuecomment|discussioncomment|pullrequestreview)-[0-9]{1,12})?"
)


class RecordLink(StrEnum):
    """What the link in a `Resolution` leads to."""

    POST = "a post"
    MESSAGE = "a message"
    COMMENT = "a comment on GitHub"
    THREAD = "a whole thread"
    ISSUE = "an issue on GitHub"
    ELSEWHERE = "another site"

    @property
    def is_direct(self) -> bool:
        """Whether it leads to one statement, not to a place that holds many."""
        return self in (self.POST, self.MESSAGE, self.COMMENT)


def record_link(url: str) -> RecordLink:
    """Classify what an address leads to; hostile text is read in bounded time."""
    value = url.strip()
    if len(value) > _LONGEST_RECORD:
        return RecordLink.ELSEWHERE
    if thread_of_post(value) is not None:
        return RecordLink.POST
    if _MAILMAN_2_RECORD.fullmatch(value) or _MAILMAN_3_RECORD.fullmatch(value):
        return RecordLink.MESSAGE
    if is_thread(value):
        return RecordLink.THREAD
    found = _GITHUB.fullmatch(value)
    if found is None:
        return RecordLink.ELSEWHERE
    return RecordLink.COMMENT if found[1] else RecordLink.ISSUE


_LINK = re.compile(r"`([^`<>]{1,40}?)(\s*)<([^`<>]{1,600})>`__?")
_LONGEST_POST = 700


@dataclass(frozen=True, slots=True)
class PostHistoryEntry:
    """One entry of a `Post-History`.

    Attributes:
        day: The text in the place of the date, valid or not.
        url: The address it links to; empty for a bare date.
        is_spaced: Whether a space separates the date and the address, as the link needs.
    """

    day: str
    url: str = ""
    is_spaced: bool = True


def parse_post_history_entry(entry: str) -> PostHistoryEntry | None:
    """Read one entry of a `Post-History`.

    Args:
        entry: The text between two commas.

    Returns:
        The entry; None if it is not a link and its characters rule out a bare date.
    """
    text = entry.strip()
    if len(text) > _LONGEST_POST:
        return None
    found = _LINK.fullmatch(text)
    if found is not None:
        return PostHistoryEntry(found[1], found[3], bool(found[2]))
    return None if not text or set(text) & set("`<>:/") else PostHistoryEntry(text)


_LONGEST_TITLE = 500
_WORD = re.compile(r"[^\W_]{3,}")
# Words that two titles may share without being about the same thing.
_COMMON_WORDS = """
pep peps python cpython the and for with from into not new add adding added use using support
supporting allow allowing more better make making that this type types module modules draft proposal
discussion idea ideas pre core standard library
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_STEM = 5
"""Words are compared by this many first letters, so that `packages` matches `packaging`."""


def title_may_match_pep(thread: str, number: PepNumber | None, title: str) -> bool:
    """Whether a thread's title names the PEP's number or shares a significant word with its title.

    A false alarm is worse than a miss: if the PEP's title has no significant word, any thread may
    be about it.

    Args:
        thread: The thread's title.
        number: The PEP's number; None for a placeholder.
        title: The PEP's own title.
    """
    if number is not None and re.search(
        rf"(?<![0-9])0{{0,3}}{number}(?![0-9])", thread[:_LONGEST_TITLE]
    ):
        return True
    pep_words = _words(title)
    return not pep_words or bool(pep_words & _words(thread))


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKC", text[:_LONGEST_TITLE]).casefold()
    return frozenset(word[:_STEM] for word in _WORD.findall(folded) if word not in _COMMON)
