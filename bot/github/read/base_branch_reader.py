"""Base branches read once and kept, until a push or for a quarter of an hour.

What stands at a tip changes only with a push to the branch, so it is read again after one, or when
it has grown old in case a push was missed. Several processes may work on one store, and one of them
alone hears of a push. So a push renews a mark in the store, and what was read under another mark
counts for nobody any more.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import uuid4
from weakref import WeakValueDictionary

from cachetools import LRUCache

from bot.github.client.client import Client
from bot.github.client.json_fields import text_at, variables
from bot.github.read.base_branch import BaseBranch, read_base_branch
from bot.review.subject import Repository
from bot.store.documents import TIP_MARK
from bot.store.protocol import Document

LIFETIME = 900.0
"""Seconds after which a branch is read again without a push."""

_MOST_BRANCHES = 64
_MOST_CHARACTERS = 16_000_000
_OF_A_PEP = 200


class Marks(Protocol):
    """The part of the store that tells every process of a push."""

    async def document(self, name: str) -> Document | None:
        """The last good copy of a document."""

    async def keep_document(self, name: str, document: Document) -> None:
        """Replace the last good copy."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """Facts, the mark that stood before they were read, and until when they are young."""

    facts: BaseBranch
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
        self._defaults: LRUCache[tuple[int, str], tuple[str, float]] = LRUCache(_MOST_BRANCHES)
        self._kept: LRUCache[_Key, _Kept] = LRUCache(_MOST_CHARACTERS, getsizeof=_size)
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
        kept = self._defaults.get((repository.installation, repository.full_name.lower()))
        if kept is not None and self._monotonic() < kept[1]:
            return kept[0]
        answer = await client.get("/repos/{owner}/{repo}", variables(repository))
        branch = text_at(answer, "default_branch") or "main"
        self.note_default(repository, branch)
        return branch

    def note_default(self, repository: Repository, branch: str) -> None:
        """Keep the name of the default branch, as an answer of GitHub's just told it."""
        key = (repository.installation, repository.full_name.lower())
        self._defaults[key] = (branch, self._monotonic() + LIFETIME)

    async def _at(
        self, client: Client, repository: Repository, branch: str, *, governs: bool
    ) -> BaseBranch:
        key = (repository.installation, repository.full_name.lower(), branch, governs)
        async with self._locks.setdefault(key, asyncio.Lock()):
            # Asked before the tree is: what a push makes old while it is being read serves this
            # once, and is not found to be young by the next who asks.
            mark = await self._mark(repository)
            kept = self._kept.get(key)
            if kept is not None and kept.mark == mark and self._monotonic() < kept.until:
                return kept.facts
            facts = await read_base_branch(client, repository, branch, governs=governs)
            if kept is not None and kept.mark == mark and kept.facts != facts:
                # A push was missed. The others are told of it as it should have told them, or they
                # would judge by what is old what is reviewed because of what is new.
                mark = await self._renew(repository)
            self._kept[key] = _Kept(facts, mark, self._monotonic() + LIFETIME)
            return facts

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


def _size(kept: _Kept) -> int:
    facts = kept.facts
    texts = len(facts.codeowners or "") + len(facts.policy_text)
    return max(_MOST_CHARACTERS // _MOST_BRANCHES, texts + _OF_A_PEP * len(facts.blobs))


_Key = tuple[int, str, str, bool]
