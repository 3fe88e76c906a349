"""Base branches read once and kept, until a push or for a quarter of an hour.

What stands at a tip changes only with a push to the branch, so it is read again after one, or when
it has grown old in case a push was missed. Several processes may work on one store, and one of them
alone hears of a push. So a push renews a mark in the store, and what was read under another mark
counts for nobody any more.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4
from weakref import WeakValueDictionary

from cachetools import LRUCache

from bot.github.client.client import Client
from bot.github.client.failure import GitHubFailure, Gone, NotAllowed, Refused, TooLarge
from bot.github.client.response import items_at, number_at, text_at, variables
from bot.github.read.base_branch import BaseBranch, read_base_branch
from bot.peps.change import Change
from bot.peps.codeowners import parse_codeowners
from bot.peps.owners_line import parse_line
from bot.peps.people import CoreTeam, Login
from bot.policy.model import Policy
from bot.review.subject import Repository
from bot.rules.engine.context import OwnersError
from bot.store.documents import TIP_MARK
from bot.store.protocol import Document

LIFETIME = 900.0
"""Seconds after which a branch is read again without a push."""

_MOST_BRANCHES = 64
_MOST_CHARACTERS = 16_000_000
_CHARACTERS_PER_PEP = 200


class Marks(Protocol):
    """The part of the store that tells every process of a push."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


@dataclass(frozen=True, slots=True)
class _Cached:
    """Facts, the mark that stood before they were read, and until when they are young."""

    base_branch: BaseBranch
    mark: str
    until: float


class BaseBranchReader:
    """Reads the facts and keeps them by installation, repository and branch."""

    def __init__(self, marks: Marks, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep facts as long as their mark stands.

        Args:
            marks: Shared by all processes that review.
            monotonic: Seconds, for the age of the facts.
        """
        self._marks = marks
        self._monotonic = monotonic
        self._default_branches: LRUCache[tuple[int, str], tuple[str, float]] = LRUCache(
            _MOST_BRANCHES
        )
        self._cached: LRUCache[_Key, _Cached] = LRUCache(_MOST_CHARACTERS, getsizeof=_size)
        # Each as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def at(
        self,
        client: Client,
        repository: Repository,
        branch: str | None = None,
        *,
        default: str | None = None,
    ) -> BaseBranch:
        """The facts at the tip of a branch.

        Args:
            client: Asks GitHub.
            repository: Whose branch.
            branch: Its name, or a commit; the default branch unless told.
            default: The name of the default branch, if an event tells it.

        Raises:
            Gone: There is no such branch.
            GitHubFailure: The tree could not be read.
        """
        if default is None:
            default = await self.default_branch(client, repository)
        governing = await self._at(client, repository, default, governs=True)
        if branch is None or branch == default:
            return governing
        return (await self._at(client, repository, branch, governs=False)).governed_by(governing)

    async def default_branch(self, client: Client, repository: Repository) -> str:
        """The name of a repository's default branch ("Get a repository").

        Raises:
            GitHubFailure: The repository could not be read.
        """
        cached = self._default_branches.get((repository.installation, repository.full_name.lower()))
        if cached is not None and self._monotonic() < cached[1]:
            return cached[0]
        answer = await client.get("/repos/{owner}/{repo}", variables(repository))
        branch = text_at(answer, "default_branch") or "main"
        self.cache_default_branch(repository, branch)
        return branch

    def cache_default_branch(self, repository: Repository, branch: str) -> None:
        """Keep the name of the default branch, as an answer of GitHub's just told it."""
        key = (repository.installation, repository.full_name.lower())
        self._default_branches[key] = (branch, self._monotonic() + LIFETIME)

    async def _at(
        self, client: Client, repository: Repository, branch: str, *, governs: bool
    ) -> BaseBranch:
        key = (repository.installation, repository.full_name.lower(), branch, governs)
        async with self._locks.setdefault(key, asyncio.Lock()):
            # Asked before the tree is: what a push makes old while it is being read serves this
            # once, and is not found to be young by the next who asks.
            mark = await self._mark(repository)
            cached = self._cached.get(key)
            if cached is not None and cached.mark == mark and self._monotonic() < cached.until:
                return cached.base_branch
            base_branch = await read_base_branch(client, repository, branch, governs=governs)
            if cached is not None and cached.mark == mark and cached.base_branch != base_branch:
                # A push was missed. The others are told of it as it should have told them, or they
                # would judge by what is old what is reviewed because of what is new.
                mark = await self._renew(repository)
            self._cached[key] = _Cached(base_branch, mark, self._monotonic() + LIFETIME)
            return base_branch

    async def forget(self, repository: Repository) -> None:
        """Have everything about a repository read again, by every process: somebody pushed."""
        await self._renew(repository)

    async def _mark(self, repository: Repository) -> str:
        document = await self._marks.document(_mark_name(repository))
        return "" if document is None else document.text

    async def _renew(self, repository: Repository) -> str:
        mark = uuid4().hex
        await self._marks.keep_document(_mark_name(repository), Document(mark, datetime.now(UTC)))
        return mark


def _mark_name(repository: Repository) -> str:
    return TIP_MARK.of(repository)


def _size(cached: _Cached) -> int:
    base_branch = cached.base_branch
    texts = len(base_branch.codeowners or "") + len(base_branch.policy_text)
    return max(
        _MOST_CHARACTERS // _MOST_BRANCHES, texts + _CHARACTERS_PER_PEP * len(base_branch.blobs)
    )


_Key = tuple[int, str, str, bool]


async def is_private(client: Client, repository: Repository) -> bool | None:
    """Whether it is hidden from anybody; None if GitHub does not tell now.

    Source: https://docs.github.com/en/rest/repos/repos ("Get a repository"): `private` is true for
    internal repositories, too.
    """
    try:
        document = await client.get("/repos/{owner}/{repo}", variables(repository))
    except GitHubFailure:
        return None
    private = document.get("private") if isinstance(document, dict) else None
    return private if isinstance(private, bool) else None


MOST_ERRORS = 200
"""Errors of one file that are looked at: each is compared with each line a stranger wrote."""


@dataclass(frozen=True, slots=True)
class OwnersErrors:
    """GitHub's errors; None if it was not asked or did not answer. `notes` are for people."""

    errors: tuple[OwnersError, ...] | None = None
    notes: tuple[str, ...] = ()


def names_unknown_owner(
    change: Change, core_team: CoreTeam | None, policy: Policy, editors: frozenset[Login] | None
) -> bool:
    """Whether a line of CODEOWNERS that the change adds or edits names an owner unknown here."""
    after, before = change.codeowners_after, change.codeowners_before or ""
    if not after or after == before:
        return False
    lines = parse_codeowners(before).lines
    known = {owner.casefold() for line in lines for owner in line.owners}
    logins = set(policy.people.write_access) | set(editors or ())
    if core_team is not None:
        logins |= {member.login for member in core_team.members if member.login}
    known |= {f"@{login}".casefold() for login in logins}
    old = Counter(line.text for line in lines)
    for number, text in enumerate(after.split("\n"), start=1):
        if old[text]:
            old[text] -= 1
        elif any(owner.casefold() not in known for owner in parse_line(number, text).owners):
            return True
    return False


async def read_owners_errors(client: Client, repository: Repository, head_sha: str) -> OwnersErrors:
    """GitHub's errors in CODEOWNERS at a head; none known if it answers 403 or 404.

    Nor if the answer is too long: it repeats what a stranger wrote for each error in it.

    Raises:
        TryLater: GitHub is out of reach.
    """
    try:
        answer = await client.get(
            "/repos/{owner}/{repo}/codeowners/errors{?ref}", variables(repository, ref=head_sha)
        )
    except (Gone, NotAllowed, Refused, TooLarge):
        return OwnersErrors(
            notes=("GitHub did not say whether all owners in CODEOWNERS exist.",),
        )
    return OwnersErrors(
        tuple(
            OwnersError(line, text_at(error, "kind") or "", text_at(error, "message") or "")
            for error in items_at(answer, "errors")[:MOST_ERRORS]
            if (line := number_at(error, "line")) is not None
        )
    )
