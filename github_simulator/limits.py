"""GitHub's rate limits: the primary one is counted, secondary ones are triggered by a switch.

Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from github_simulator.wire import Refusal

_WINDOW = timedelta(hours=1)
AUTHENTICATED_PER_HOUR = 5000
ANONYMOUS_PER_HOUR = 60


@dataclass(slots=True)
class Quota:
    """How many requests one caller has left until `reset`."""

    limit: int
    remaining: int
    reset: datetime

    def headers(self) -> dict[str, str]:
        """The quota's headers, which every answer has; `reset` is in seconds since 1970."""
        return {
            "x-ratelimit-limit": str(self.limit),
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(self.limit - self.remaining),
            "x-ratelimit-reset": str(int(self.reset.timestamp())),
            "x-ratelimit-resource": "core",
        }


class RateLimits:
    """One quota for each caller: an installation, the app, the anonymous."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._quotas: dict[str, Quota] = {}

    def quota(self, caller: str) -> Quota:
        """The caller's quota, fresh after each hour."""
        now = self._clock()
        found = self._quotas.get(caller)
        if found is None or found.reset <= now:
            limit = ANONYMOUS_PER_HOUR if caller == "anonymous" else AUTHENTICATED_PER_HOUR
            found = self._quotas[caller] = Quota(limit, limit, now + _WINDOW)
        return found

    def spend(self, caller: str) -> None:
        """Count one request.

        Raises:
            Refusal: 403, nothing is left.
        """
        quota = self.quota(caller)
        if quota.remaining <= 0:
            message = f"API rate limit exceeded for {caller}."
            raise Refusal(403, message, headers=quota.headers())
        quota.remaining -= 1

    def give_back(self, caller: str) -> None:
        """Give back a request: conditional requests answered with 304 do not count."""
        quota = self.quota(caller)
        quota.remaining = min(quota.remaining + 1, quota.limit)

    def set(self, caller: str, remaining: int, reset_in: float) -> None:
        """Leave a caller this many requests for this many seconds."""
        quota = self.quota(caller)
        quota.remaining = remaining
        quota.reset = self._clock() + timedelta(seconds=reset_in)
