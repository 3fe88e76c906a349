"""What is known about a repository at the tip of a base branch, read once and kept.

The tree (which PEPs are published), CODEOWNERS and the policy change only with a push to the
branch, so they are read again after one, or when they have grown old in case a push was missed. The
policy comes from the base branch only; what a pull request does to it counts once it is merged.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cachetools import TTLCache

from bot.github.client import Client
from bot.github.failure import Gone, NotAllowed, Refused, TooLarge
from bot.github.json_fields import items_at, text_at, truth_at
from bot.github.repository_url import variables
from bot.peps.codeowners import CODEOWNERS_PATHS
from bot.peps.number import PepNumber, number_in_path
from bot.policy.load import POLICY_PATH, PolicyInvalid, default_policy, parse_policy
from bot.policy.model import Policy
from bot.policy.watched import RELEASE_SOURCE, is_watched
from bot.review.subject import Repository
from bot.rules.registry import rule_ids

LIFETIME = 900.0
"""Seconds after which the facts are read again without a push."""

_MOST_BRANCHES = 64
_MOST_PROBLEMS = 5
_FILE_MODES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a commit that matter here: path -> SHA of the blob.

    `truncated` is True if GitHub's answer was cut off ("Get a tree": 100,000 entries, 7 MB).
    """

    blobs: Mapping[str, str]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """A repository at the tip of a base branch.

    Attributes:
        published: The numbers of its PEP files.
        codeowners_path: Where its CODEOWNERS is, None if it has none.
        codeowners: The text of it; None if there is none or it cannot be read.
        policy: Its policy, the defaults included.
        notes: What could not be read or is wrong, in words for people.
        writes_schedules: Whether release schedules are written by a program there.
        blobs: The SHA of each PEP's blob.
    """

    published: frozenset[PepNumber]
    codeowners_path: str | None
    codeowners: str | None
    policy: Policy
    notes: tuple[str, ...] = ()
    writes_schedules: bool = False
    blobs: Mapping[PepNumber, str] = field(default_factory=dict)


class FactsReader:
    """Reads the facts and keeps them by installation, repository and branch."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._kept: TTLCache[_Key, RepositoryFacts] = TTLCache(_MOST_BRANCHES, LIFETIME, monotonic)
        self._locks: dict[_Key, asyncio.Lock] = {}
        self._forgotten = 0

    async def at(self, client: Client, repository: Repository, branch: str) -> RepositoryFacts:
        """The facts at the tip of a branch.

        Raises:
            Gone: There is no such branch.
            GitHubFailure: The tree could not be read.
        """
        key = (repository.installation, repository.full_name.lower(), branch)
        async with self._locks.setdefault(key, asyncio.Lock()):
            if (kept := self._kept.get(key)) is not None:
                return kept
            forgotten = self._forgotten
            facts = await _read_facts(client, repository, branch)
            # What a push made old while it was being read serves this once and is not kept.
            if forgotten == self._forgotten:
                self._kept[key] = facts
            return facts

    def forget(self, repository: Repository) -> None:
        """Have everything about a repository read again: somebody pushed to it."""
        self._forgotten += 1
        name = repository.full_name.lower()
        for key in [key for key in self._kept if key[1] == name]:
            self._kept.pop(key, None)


_Key = tuple[int, str, str]


async def read_tree(client: Client, repository: Repository, commit: str) -> Tree:
    """The PEP sources, CODEOWNERS and policy in a commit or at the tip of a branch.

    Raises:
        GitHubFailure: The tree could not be read.
    """
    answer = await client.get(
        "/repos/{owner}/{repo}/git/trees/{commit}{?recursive}",
        variables(repository, commit=commit, recursive=1),
    )
    blobs: dict[str, str] = {}
    for entry in items_at(answer, "tree"):
        path, sha = text_at(entry, "path"), text_at(entry, "sha")
        # A symbolic link is a blob too; its text is a path, and following it is nobody's business.
        if path and sha and text_at(entry, "mode") in _FILE_MODES and is_watched(path):
            blobs[path] = sha
    return Tree(blobs, truth_at(answer, "truncated"))


async def _read_facts(client: Client, repository: Repository, branch: str) -> RepositoryFacts:
    tree = await read_tree(client, repository, branch)
    notes: list[str] = []
    if tree.truncated:
        notes.append(
            "GitHub cut off the list of this repository's files, so a published PEP may be missing."
        )
    codeowners_path = next((path for path in CODEOWNERS_PATHS if path in tree.blobs), None)
    codeowners: str | None = None
    if codeowners_path is not None:
        codeowners = await _text(client, repository, tree.blobs[codeowners_path])
        if codeowners is None:
            notes.append("CODEOWNERS on the base branch cannot be read.")
    policy = default_policy()
    if POLICY_PATH in tree.blobs:
        policy, problems = await _policy(client, repository, tree.blobs[POLICY_PATH])
        notes += problems
    peps = {
        number: sha
        for path, sha in tree.blobs.items()
        if (number := number_in_path(path)) is not None
    }
    return RepositoryFacts(
        published=frozenset(peps),
        codeowners_path=codeowners_path,
        codeowners=codeowners,
        policy=policy,
        notes=tuple(notes),
        writes_schedules=RELEASE_SOURCE in tree.blobs,
        blobs=peps,
    )


async def _policy(client: Client, repository: Repository, sha: str) -> tuple[Policy, list[str]]:
    fallback = f"The policy in `{POLICY_PATH}` is not followed and the defaults hold"
    text = await _text(client, repository, sha)
    if text is None:
        return default_policy(), [f"{fallback}: it cannot be read."]
    try:
        return parse_policy(text, rules=rule_ids()), []
    except PolicyInvalid as invalid:
        told = "; ".join(
            f"line {problem.line}: {problem.message}" if problem.line else problem.message
            for problem in invalid.problems[:_MOST_PROBLEMS]
        )
        return default_policy(), [f"{fallback}: {told}"]


async def _text(client: Client, repository: Repository, sha: str) -> str | None:
    try:
        content = await client.raw(
            "/repos/{owner}/{repo}/git/blobs/{sha}", variables(repository, sha=sha)
        )
        return content.decode("utf-8")
    except (Gone, NotAllowed, Refused, TooLarge, UnicodeDecodeError):
        return None
