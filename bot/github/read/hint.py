"""What events say of a pull request, before it is read: hints, since events may be lost or late."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands.text import Text


@dataclass(frozen=True, slots=True)
class Hint:
    """What the events that led to a review say.

    Attributes:
        delivery: The id of the delivery that requests the review.
        min_updated_at: The pull request's `updated_at` in the event; an older response lags.
        conversation_changed: Whether somebody commented or reviewed.
        event: What happened, such as `pull_request synchronize`.
        texts: Texts that contain commands, or did before an edit.
        events_missed: Whether events may have been missed, so that comments must be read even if
            no PEP is touched.
        set_at: The labels, in lower case, that these events set, and when.
        rerun: Whether somebody requested the check run again, so that it must be written again.
        new_comment_count: How many new comments the events contain. If there are more, an event was
            lost, and comments are read even if no PEP is touched.
        is_young: Whether the events are so recent that GitHub may not find their subject yet.
        deleted: The ids of comments that were deleted.
    """

    delivery: str = ""
    min_updated_at: datetime | None = None
    conversation_changed: bool = False
    event: str = ""
    texts: tuple[Text, ...] = ()
    events_missed: bool = False
    set_at: Mapping[str, datetime] = field(default_factory=dict)
    rerun: bool = False
    new_comment_count: int = 0
    is_young: bool = False
    deleted: frozenset[int] = frozenset()


NO_HINT = Hint()
"""No event says anything."""
