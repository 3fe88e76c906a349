"""Reading the forum's answers, which may say anything: only what has the right form counts.

Source: https://docs.discourse.org (`GET /t/{id}.json`) and Discourse's route
`posts/by_number/:topic_id/:post_number`, which answers with one post.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.discourse.forum_wire import NotRead
from bot.peps.forum import PostRead, PostRef

_LONGEST_NAME = 200
_LONGEST_TITLE = 500
_OLDEST = datetime(2005, 1, 1, tzinfo=UTC)
_SKEW = timedelta(days=1)


def post_in(answer: Any, ref: PostRef, now: datetime) -> PostRead:
    """The post that was asked for.

    Args:
        answer: The parsed JSON.
        ref: Which post was asked for; an answer about another one does not count.
        now: The present time (UTC).

    Raises:
        NotRead: The answer is not about it, or says no usable day or writer.
    """
    if not isinstance(answer, dict):
        raise NotRead("the answer is no post")
    if (answer.get("topic_id"), answer.get("post_number")) != (ref.topic, ref.post):
        raise NotRead("the answer is about another post")
    username, name = _text(answer, "username", _LONGEST_NAME), answer.get("name")
    if not username:
        raise NotRead("the answer names no writer")
    at = _time(answer.get("created_at"))
    if at is None or not _OLDEST <= at <= now + _SKEW:
        raise NotRead("the answer says no day")
    return PostRead(at, username, name[:_LONGEST_NAME] if isinstance(name, str) else "")


def title_in(answer: Any, topic: int) -> str:
    """The title of the topic that was asked for.

    Raises:
        NotRead: The answer is not about it, or has no title.
    """
    if not isinstance(answer, dict) or answer.get("id") != topic:
        raise NotRead("the answer is about another topic")
    title = _text(answer, "title", _LONGEST_TITLE)
    if not title:
        raise NotRead("the answer has no title")
    return title


def _text(answer: dict[str, Any], key: str, longest: int) -> str:
    value = answer.get(key)
    return value[:longest].strip() if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
