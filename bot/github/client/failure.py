"""The ways in which a request to GitHub can fail, as far as callers need to tell them apart."""

from datetime import datetime


class GitHubFailure(Exception):
    """A request that did not succeed. The message names the request, never a secret."""


class Gone(GitHubFailure):
    """404 or 410: it does not exist (any more), or this app may not see it."""


class NotAllowed(GitHubFailure):
    """403 that waiting does not fix: the installation lacks a permission."""


class Refused(GitHubFailure):
    """422 and other responses that say the request itself is wrong."""


class TryLater(GitHubFailure):
    """Rate limited, unreachable or failing: the same request may succeed later.

    `at` is the time GitHub named (`Retry-After`, or when the limit resets), None if it named none.
    """

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class CredentialsRefused(TryLater):
    """401 even with new credentials: a GitHub outage, a wrong key, or a wrong clock."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f"{message}; GitHub refuses the app's credentials, new ones too: if that lasts, check "
            "GH_APP_ID, GH_PRIVATE_KEY and this machine's clock"
        )


class Suspended(TryLater):
    """403 to everything while the account has suspended the installation.

    All writes are postponed as in an outage, and nothing is retried: the sweep after the
    suspension ends finds what is left to do.
    """


class TooLarge(GitHubFailure):
    """The response is longer than the cap it was read with."""
