"""Which files of a repository are ever read: the same on the server and offline."""

from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import is_pep_path
from bot.policy.load import POLICY_PATH


def is_watched(path: str) -> bool:
    """Whether a file is a PEP, or may be CODEOWNERS or the policy."""
    return path == POLICY_PATH or path in CODEOWNERS_PATHS or is_pep_path(path)
