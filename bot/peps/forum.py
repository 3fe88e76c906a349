"""Posts and threads on discuss.python.org that PEPs and descriptions link to.

A link is reduced to two numbers, so that the code that reads the forum builds the address itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

FORUM = "https://discuss.python.org"
"""The only forum that PEP headers link to, and the only one that may be read."""

_LONGEST = 700
_LINK = re.compile(
    r"https://discuss\.python\.org/t/(?:[0-9]{0,20}[A-Za-z._~%-][A-Za-z0-9._~%-]{0,300}/)?"
    r"([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,5}))?/?(?:[?#][!-~]{0,300})?"
)
# The offsets of the time zones furthest behind UTC and furthest ahead of it.
_EARLIEST, _LATEST = timedelta(hours=-12), timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post: the number of its topic, and its number within the topic, from 1."""

    topic: int
    post: int


def post_ref(url: str) -> PostRef | None:
    """The post that a link leads to; the first post if the link is to a thread.

    Args:
        url: Any text.

    Returns:
        The post; None if the text is not a link to a post or thread on the forum.
    """
    found = _LINK.fullmatch(url.strip()) if len(url) <= _LONGEST else None
    return PostRef(int(found[1]), int(found[2] or 1)) if found else None


@dataclass(frozen=True, slots=True)
class ForumPost:
    """What the forum says about a post. Its writer chose both names freely.

    Attributes:
        at: When it was written (UTC).
        username: The writer's account on the forum.
        name: The writer's name; may be empty.
    """

    at: datetime
    username: str
    name: str = ""

    @property
    def day(self) -> date:
        """The date it was written, in UTC."""
        return self.at.astimezone(UTC).date()

    def could_be_written_on(self, day: date) -> bool:
        """Whether it was this date somewhere on Earth when the post was written."""
        at = self.at.astimezone(UTC)
        return (at + _EARLIEST).date() <= day <= (at + _LATEST).date()


@dataclass(frozen=True, slots=True)
class ForumRequest:
    """What to read from the forum: posts, and the titles of topics."""

    posts: tuple[PostRef, ...] = ()
    topics: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Forum:
    """What was read from the forum. What is missing was not requested or could not be read.

    Attributes:
        posts: The posts, by where they are.
        titles: The titles of topics, by number.
    """

    posts: Mapping[PostRef, ForumPost] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)

    def post(self, url: str) -> ForumPost | None:
        """The post that a link leads to, if it was read."""
        ref = post_ref(url)
        return None if ref is None else self.posts.get(ref)

    def title(self, url: str) -> str | None:
        """The title of the thread that a link leads to, if it was read."""
        ref = post_ref(url)
        return None if ref is None else self.titles.get(ref.topic)


NO_FORUM_DATA = Forum()
"""Used when the forum was not read."""
