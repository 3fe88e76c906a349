"""Rate limits: what GitHub's headers say is left, when to continue, and how fast we write.

GitHub counts requests per installation (primary limit) and, less openly, limits pace and
concurrency (secondary limit). An app that goes on while limited may be banned, so when one request
meets a limit, all requests of the same account wait.
Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

from aiolimiter import AsyncLimiter
from cachetools import LRUCache

_DEFAULT_PAUSE = timedelta(seconds=60)
_LONGEST_PAUSE = timedelta(hours=1, minutes=5)


class Quota:
    """What is left of one account's requests.

    Attributes:
        limit: Requests an hour, None before the first answer.
        remaining: How many are left, None before the first answer.
        resets_at: When `remaining` is full again.
        held_until: No request may be sent before this time; None if there is no limit now.
    """

    __slots__ = ("held_until", "limit", "remaining", "resets_at")

    def __init__(self) -> None:
        self.limit: int | None = None
        self.remaining: int | None = None
        self.resets_at: datetime | None = None
        self.held_until: datetime | None = None

    def update(self, headers: Mapping[str, str], now: datetime) -> None:
        """Update from a response's headers; resources other than `core` are ignored."""
        if headers.get("x-ratelimit-resource", "core") != "core":
            return
        limit, remaining = (
            _number(headers, "x-ratelimit-limit"),
            _number(headers, "x-ratelimit-remaining"),
        )
        if limit is None or remaining is None:
            return
        self.limit, self.remaining = limit, remaining
        self.resets_at = _reset(headers)
        if remaining == 0 and self.resets_at is not None:
            self.hold(self.resets_at, now)

    def share_left(self, now: datetime) -> float:
        """Which share of the hour's requests is left, from 0 to 1.

        It is 1 if GitHub has not said so yet, or if that hour is over.
        """
        if not self.limit or self.remaining is None or self.resets_at is None:
            return 1.0
        # An hour that seems to end later began before our clock was turned back.
        if not now < self.resets_at <= now + _LONGEST_PAUSE:
            return 1.0
        return self.remaining / self.limit

    def hold(self, until: datetime, now: datetime) -> None:
        """Send nothing before this time, or for about an hour if it is further away."""
        until = min(until, now + _LONGEST_PAUSE)
        if self.held_until is None or self.held_until < until:
            self.held_until = until

    def pause(self, now: datetime) -> timedelta:
        """How long to wait before the next request; usually zero."""
        if self.held_until is None or not now < self.held_until <= now + _LONGEST_PAUSE:
            # Over, or our clock was turned back meanwhile. If it still holds, GitHub says so again.
            self.held_until = None
            return timedelta()
        return self.held_until - now


def rate_limited_until(
    status: int, headers: Mapping[str, str], explain: Callable[[], str], now: datetime
) -> datetime | None:
    """When to try again if a response is a rate limit; None if it is anything else.

    GitHub did not execute a limited request, so it may be repeated whatever its method.

    Args:
        status: The response's status.
        headers: Its headers.
        explain: Reads what its body says.
        now: The current time (UTC).
    """
    if status not in {403, 429}:
        return None
    if (named := retry_after(headers, now)) is not None:
        return named
    if _number(headers, "x-ratelimit-remaining") == 0:
        reset = _reset(headers)
        # If it is long past, GitHub's clock and ours disagree.
        if reset is None or reset < now - _DEFAULT_PAUSE:
            return now + _DEFAULT_PAUSE
        return max(reset, now + timedelta(seconds=1))
    message = explain().lower()
    if status == 429 or "secondary rate limit" in message or "abuse detection" in message:
        return now + _DEFAULT_PAUSE
    return None


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The time `Retry-After` (in seconds) names, at least a second ahead; None without it."""
    seconds = _number(headers, "retry-after")
    if seconds is None:
        return None
    return now + min(timedelta(seconds=max(seconds, 1)), _LONGEST_PAUSE)


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """When a response was sent, by the server's clock (`Date`); None if it does not say."""
    try:
        moment = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    # RFC 9110 requires GMT; do not rely on a time with another zone, or without one.
    return moment if moment.utcoffset() == timedelta() else None


def _reset(headers: Mapping[str, str]) -> datetime | None:
    seconds = _number(headers, "x-ratelimit-reset")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    digits = headers.get(name, "").strip()
    # Eleven digits of seconds reach beyond the year 5000; datetime refuses more.
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 11 else None


BURST = 8
"""Writes that may be made at once."""

MOST_INSTALLATIONS = 10_000
"""Of how many installations a process remembers what is left of their requests and writes."""


class Limiter(Protocol):
    """A token bucket that limits writes."""

    async def acquire(self) -> None:
        """Take one token, after waiting until there is one."""


def token_bucket() -> Limiter:
    """Eight writes at once, then one a second, well below GitHub's secondary limits.

    Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    return AsyncLimiter(max_rate=BURST, time_period=BURST)


class WriteThrottle:
    """The token buckets of all installations."""

    def __init__(self, make: Callable[[int], Limiter] = lambda _: token_bucket()) -> None:
        """Make the bucket of each installation with `make`."""
        self._make = make
        self._buckets: LRUCache[int, Limiter] = LRUCache(MOST_INSTALLATIONS)

    def of(self, installation: int) -> Limiter:
        """The bucket of an installation."""
        return self._buckets.setdefault(installation, self._make(installation))
