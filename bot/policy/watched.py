"""Which files of a repository are ever read: the same on the server and offline."""

from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import is_pep_path
from bot.policy.load import POLICY_PATH

RELEASE_SOURCE = "release_management/python-releases.toml"
"""What release schedules are written from; that it is there is all that is asked."""


def is_watched(path: str) -> bool:
    """Whether a file is a PEP, CODEOWNERS, the policy, or what schedules are written from."""
    return path in (POLICY_PATH, RELEASE_SOURCE) or path in CODEOWNERS_PATHS or is_pep_path(path)
