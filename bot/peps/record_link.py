"""What an address that stands as the record of a decision leads to, judged by its form alone.

PEP 1 § PEP Review & Resolution asks for "a direct link to the relevant post making a decision".
"""

import re
from enum import StrEnum

from bot.peps.thread_link import is_thread, post_of

_LONGEST = 600
_MAILMAN_2 = re.compile(r"https?://mail\.python\.org/pipermail/[^\s]{1,200}/[0-9]{1,12}\.html")
_MAILMAN_3 = re.compile(
    r"https?://mail\.python\.org/archives/list/[^/\s]{3,200}/"
    r"(?:message/[A-Za-z0-9]{1,64}/?|thread/[A-Za-z0-9]{1,64}/?#[A-Za-z0-9]{1,64})"
)
_GITHUB = re.compile(
    r"https://github\.com/[\w.-]{1,100}/[\w.-]{1,100}/(?:issues|pull|discussions)/[0-9]{1,9}"
    r"(#(?:issuecomment|discussioncomment|pullrequestreview)-[0-9]{1,12})?"
)


class RecordLink(StrEnum):
    """What an address leads to."""

    POST = "a post"
    MESSAGE = "a message"
    COMMENT = "a comment on GitHub"
    THREAD = "a whole thread"
    ISSUE = "an issue on GitHub"
    ELSEWHERE = "another site"

    @property
    def is_direct(self) -> bool:
        """Whether it is one thing somebody said, not the place where many said many."""
        return self in (self.POST, self.MESSAGE, self.COMMENT)


def record_link(url: str) -> RecordLink:
    """Tell what an address leads to; hostile text is read in bounded time."""
    value = url.strip()
    if len(value) > _LONGEST:
        return RecordLink.ELSEWHERE
    if post_of(value) is not None:
        return RecordLink.POST
    if _MAILMAN_2.fullmatch(value) or _MAILMAN_3.fullmatch(value):
        return RecordLink.MESSAGE
    if is_thread(value):
        return RecordLink.THREAD
    found = _GITHUB.fullmatch(value)
    if found is None:
        return RecordLink.ELSEWHERE
    return RecordLink.COMMENT if found[1] else RecordLink.ISSUE
