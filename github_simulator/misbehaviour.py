"""The switches that make the simulated GitHub misbehave."""

import random
import re
from collections.abc import Mapping
from http import HTTPStatus

from github_simulator.faults import Failure
from github_simulator.service import Service


class Misbehaviour:
    """Faults on request. `match` is searched for in `METHOD /path?query`."""

    _service: Service

    def fail_next(
        self,
        status: int = 502,
        times: int = 1,
        match: str = "",
        headers: Mapping[str, str] | None = None,
        message: str | None = None,
        *,
        after: bool = False,
    ) -> None:
        """Answer the next matching requests with an error; with `after`, carry them out first."""
        self._service.faults.failures.append(
            Failure(
                re.compile(match),
                times,
                status,
                after,
                headers or {},
                message or HTTPStatus(status).phrase,
            )
        )

    def fail_share(
        self, share: float, seed: int = 0, match: str = "", *, after: bool = False
    ) -> None:
        """From now on let a share (0 to 1) of the matching requests fail with a 5xx."""
        self._service.faults.failures.append(
            Failure(
                re.compile(match),
                None,
                502,
                after,
                share=share,
                chance=random.Random(seed),  # noqa: S311 - chance, not secrecy
                statuses=(500, 502, 503),
            )
        )

    def drop_connections(self, match: str = "", times: int = 1, *, after: bool = False) -> None:
        """Close the connection instead of answering; with `after`, carry the request out first."""
        self._service.faults.failures.append(Failure(re.compile(match), times, None, after))

    def lag_reads(self, seconds: float | None = None, reads: int | None = None) -> None:
        """Let reads go on showing the present state for some time or for some number of reads.

        Reads are GETs by installations and anonymous callers. If both limits are None, the lag
        lasts until `catch_up`.
        """
        self._service.faults.lag(self._service.world, seconds, reads)

    def catch_up(self) -> None:
        """Let reads show the present state again."""
        self._service.faults.catch_up()

    def rate_limit(self, remaining: int = 0, reset_in: float = 3600) -> None:
        """Leave every caller this many requests of its primary limit for this many seconds."""
        world = self._service.world
        callers = [f"installation ID {number}" for number in world.installations]
        callers += [f"app ID {number}" for number in world.apps]
        for caller in [*callers, "anonymous"]:
            self._service.limits.set(caller, remaining, reset_in)

    def secondary_rate_limit(
        self, retry_after: int = 1, status: int = 429, times: int = 1, match: str = ""
    ) -> None:
        """Let the next matching requests run into a secondary limit (403 or 429)."""
        self.fail_next(
            status,
            times,
            match,
            {"Retry-After": str(retry_after)},
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try "
            "again.",
        )

    def expire_tokens(self) -> None:
        """Let all installation tokens be unknown from now on (401)."""
        self._service.tokens.revoke()

    def latency(self, seconds: float) -> None:
        """Delay every answer by this many seconds."""
        self._service.faults.latency_seconds = seconds

    def clear_faults(self) -> None:
        """Let everything work again, except spent rate limits and expired tokens."""
        self._service.faults.clear()
