"""How a request to GitHub can fail, as those who asked need to know it."""

from datetime import datetime


class GitHubFailure(Exception):
    """A request that did not succeed. The message names the request, never a secret."""


class Gone(GitHubFailure):
    """404 or 410: it is not there (any more), or not for this app to see."""


class NotAllowed(GitHubFailure):
    """403 that waiting does not mend: the installation lacks a permission."""


class Refused(GitHubFailure):
    """422 and other answers that say the request itself is wrong."""


class TryLater(GitHubFailure):
    """Rate limited, out of reach or failing: the same request may succeed later.

    `at` is the moment GitHub named (`Retry-After`, the reset time), None if it named none.
    """

    def __init__(self, message: str, at: datetime | None = None) -> None:
        super().__init__(message)
        self.at = at


class CredentialsRefused(TryLater):
    """401 to what was signed anew as well: an outage of GitHub's, a wrong key, or a wrong clock."""

    def __init__(self, message: str) -> None:
        super().__init__(
            f"{message}; GitHub refuses the app's credentials, new ones too: if that lasts, check "
            "GH_APP_ID, GH_PRIVATE_KEY and this machine's clock"
        )


class Suspended(TryLater):
    """403 to everything while its account has the installation suspended.

    All writes are put off as in an outage, and nothing is repeated: the sweep after the end of the
    suspension finds what is left to do.
    """


class TooLarge(GitHubFailure):
    """The answer is longer than the cap it was read with."""
