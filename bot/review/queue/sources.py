"""Finds the files that changed since the policy's people and bodies were taken from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.policy.bodies import Source
from bot.policy.fields import NotificationMode
from bot.policy.model import Policy


@dataclass(frozen=True, slots=True)
class SourceReading:
    """What was last read of a source.

    Attributes:
        as_of: The day that the policy gave for it then; only later changes were asked for.
        etag: The etag of GitHub's answer; empty if there was none.
        changed_at: When the file last changed; None if it did not.
        is_readable: Whether it could be read.
    """

    as_of: date
    etag: str = ""
    changed_at: datetime | None = None
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class SourceReadings:
    """What was last read of each source of a policy, by the source's short name."""

    readings: Mapping[str, SourceReading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangedSource:
    """A source that editors should compare the policy with.

    Attributes:
        source: The file.
        changed_at: When it last changed; None if it cannot be read, so that nobody knows.
    """

    source: Source
    changed_at: datetime | None


def changed_sources(
    policy: Policy, known: SourceReadings, dismissed_at: datetime | None
) -> tuple[ChangedSource, ...]:
    """The sources that changed after the day that the policy gives, or cannot be read."""
    if policy.reminders.source_changed is NotificationMode.OFF:
        return ()
    found = []
    for name, source in policy.sources.items():
        reading = known.readings.get(name)
        changed_at = reading.changed_at if reading is not None else None
        if changed_at is not None:
            is_dismissed = dismissed_at is not None and changed_at <= dismissed_at
            is_listed = changed_at.date() > source.as_of and not is_dismissed
        else:
            is_listed = reading is not None and not reading.is_readable
        if is_listed:
            found.append(ChangedSource(source, changed_at))
    return tuple(found)
