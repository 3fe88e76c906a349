"""Which webhooks never reached the bot, and how often it has asked for each: decided without I/O.

GitHub lists attempts, not deliveries; a delivery has failed when none of its attempts succeeded.
What is remembered between two looks is how far the last one saw, by GitHub's clock, and what was
asked for since: by the bot's own clock, which only tells how long ago that was.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.github.hook_deliveries import Attempt
from bot.github.json_fields import member, moment_at, number_at

MOST_TIMES = 5
"""How often at most one delivery is asked for: what fails so often fails for a reason."""

UNDER_WAY = timedelta(minutes=15)
"""How long what was asked for may take to come, and to be listed."""

_GROWING = 4
"""By how much the pause after each time is longer than the one before: the five span a day."""

RETAINED = timedelta(days=3)
"""How long GitHub keeps deliveries."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a delivery was asked for, and when last."""

    times: int
    at: datetime

    def may_rest(self, now: datetime) -> bool:
        """Whether it is too early to ask again: it may still come, or whatever failed may last.

        A moment ahead is that of a clock that was turned back.
        """
        longer = _GROWING ** (self.times - 1) if self.times < MOST_TIMES else 1
        return timedelta() <= now - self.at < UNDER_WAY * longer


@dataclass(frozen=True, slots=True)
class Looked:
    """What is remembered of the looks so far.

    Attributes:
        until: The time of the latest attempt that was seen; None before the first look.
        asked: What was asked for, by GUID.
    """

    until: datetime | None = None
    asked: Mapping[str, Asked] = field(default_factory=dict)

    def is_known(self, attempt: Attempt) -> bool:
        """Whether an earlier look saw it, and all that were made before it."""
        return self.until is not None and attempt.at < self.until - UNDER_WAY

    def times(self, guid: str) -> int:
        """How often a delivery was asked for."""
        return self.asked[guid].times if guid in self.asked else 0

    def may_rest(self, guid: str, now: datetime) -> bool:
        """Whether it is too early to ask for a delivery again."""
        return guid in self.asked and self.asked[guid].may_rest(now)

    def asking(self, guid: str, now: datetime) -> "Looked":
        """The same with a delivery asked for once more; what GitHub forgot by now is left out."""
        lasting = {one: known for one, known in self.asked.items() if now - known.at < RETAINED}
        return Looked(self.until, {**lasting, guid: Asked(self.times(guid) + 1, now)})


def failed(attempts: Iterable[Attempt]) -> list[Attempt]:
    """The latest attempt at each delivery of which no attempt succeeded, oldest first.

    Args:
        attempts: Latest first.
    """
    latest: dict[str, Attempt] = {}
    came: set[str] = set()
    for attempt in attempts:
        latest.setdefault(attempt.guid, attempt)
        if attempt.succeeded:
            came.add(attempt.guid)
    return [attempt for guid, attempt in latest.items() if guid not in came][::-1]


def encode_looked(looked: Looked) -> str:
    """The text that `decode_looked` reads back."""
    return json.dumps(
        {
            "until": looked.until and looked.until.isoformat(),
            "asked": {
                guid: {"times": asked.times, "at": asked.at.isoformat()}
                for guid, asked in looked.asked.items()
            },
        },
        separators=(",", ":"),
    )


def decode_looked(text: str) -> Looked:
    """What was remembered; what cannot be read counts as nothing."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Looked()
    asked = member(document, "asked")
    return Looked(
        moment_at(document, "until"),
        {
            guid: Asked(times, at)
            for guid, value in (asked.items() if isinstance(asked, dict) else ())
            if (times := number_at(value, "times")) is not None
            and (at := moment_at(value, "at")) is not None
        },
    )
