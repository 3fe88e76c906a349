"""What the forum (discuss.python.org) tells of a post or thread that a PEP or description links.

Links are read down to two numbers, so that whoever asks the forum builds the address itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

FORUM = "https://discuss.python.org"
"""The only forum whose posts headers link, and the only one that may be read."""

_LONGEST = 700
_LINK = re.compile(
    r"https://discuss\.python\.org/t/(?:[0-9]{0,20}[A-Za-z._~%-][A-Za-z0-9._~%-]{0,300}/)?"
    r"([1-9][0-9]{0,8})(?:/([1-9][0-9]{0,5}))?/?(?:[?#][!-~]{0,300})?"
)
# Where the first and the last people on Earth write another day than UTC has.
_EARLIEST, _LATEST = timedelta(hours=-12), timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post: the number of its topic, and its own in there, from 1."""

    topic: int
    post: int


def post_ref(url: str) -> PostRef | None:
    """The post that a link leads to, the first of its thread where it names none.

    Args:
        url: Any text.

    Returns:
        The post; None for whatever is no link to a post or thread on the forum.
    """
    found = _LINK.fullmatch(url.strip()) if len(url) <= _LONGEST else None
    return PostRef(int(found[1]), int(found[2] or 1)) if found else None


@dataclass(frozen=True, slots=True)
class ForumPost:
    """What the forum tells of a post. The names are what its writer chose to be called there.

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
        """The day it was written, in UTC."""
        return self.at.astimezone(UTC).date()

    def could_be_written_on(self, day: date) -> bool:
        """Whether it was this day, somewhere on Earth, when the post was written."""
        at = self.at.astimezone(UTC)
        return (at + _EARLIEST).date() <= day <= (at + _LATEST).date()


@dataclass(frozen=True, slots=True)
class ForumRequest:
    """What is to be read: posts, and the titles of topics."""

    posts: tuple[PostRef, ...] = ()
    topics: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Forum:
    """What was read. What is missing was not asked or could not be read; nothing is guessed.

    Attributes:
        posts: Posts.
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
"""Where the forum was not asked."""
