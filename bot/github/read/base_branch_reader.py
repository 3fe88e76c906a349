"""Reads base branches and their PEPs, and caches branches until a push or for a quarter of an hour.

The tip of a branch changes only with a push, so it is read again after one, or after a while in
case a push was missed. Several processes may share one store, but only one of them is told of a
push. So each push puts a new mark into the store, and what was read under an older mark is stale
for every process.
"""

import asyncio
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from io import BytesIO
from uuid import uuid4
from weakref import WeakValueDictionary

from cachetools import LRUCache

from bot.concurrency import offload
from bot.github.client.client import Client, GitHubFailure, text_at, variables
from bot.github.read.base_branch import BaseBranch, read_base_branch
from bot.github.read.changed_texts import read_blob, text_of
from bot.peps.change import Change, Unreadable
from bot.peps.number import PepNumber, number_in_path
from bot.peps.preamble import Preamble, parse_preamble
from bot.review.subject import Repository
from bot.rules.edits.relations import related_numbers
from bot.store.documents import TIP_MARK, Document, Documents

LIFETIME = 900.0
"""Seconds after which a branch is read again even without a push."""

_MOST_BRANCHES = 64
_MOST_CHARACTERS = 16_000_000
_CHARACTERS_PER_PATH = 200


@dataclass(frozen=True, slots=True)
class _Cached:
    """A cached base branch, the mark before it was read, and when it expires (monotonic s)."""

    base_branch: BaseBranch
    mark: str
    until: float


class BaseBranchReader:
    """Reads base branches and caches them by installation, repository and branch."""

    def __init__(self, marks: Documents, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Cache a base branch as long as its mark is the current one.

        Args:
            marks: Shared by all processes that review.
            monotonic: Seconds, to tell when a cached base branch expires.
        """
        self._marks = marks
        self._monotonic = monotonic
        self._default_branches: LRUCache[tuple[int, str], tuple[str, float]] = LRUCache(
            _MOST_BRANCHES
        )
        self._cached: LRUCache[_Key, _Cached] = LRUCache(_MOST_CHARACTERS, getsizeof=_size)
        # Each lock exists as long as somebody holds it or waits for it.
        self._locks: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def at(
        self,
        client: Client,
        repository: Repository,
        branch: str | None = None,
        *,
        default: str | None = None,
    ) -> BaseBranch:
        """The base branch at its tip.

        Args:
            client: Asks GitHub.
            repository: The repository of the branch.
            branch: Its name, or a commit; by default the default branch.
            default: The name of the default branch, if an event contains it.

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

    async def default_branch(
        self, client: Client, repository: Repository, *, fresh: bool = False
    ) -> str:
        """The name of a repository's default branch ("Get a repository").

        Args:
            client: Asks GitHub.
            repository: The repository.
            fresh: Whether GitHub is asked even if the name is cached: another branch may govern.

        Raises:
            GitHubFailure: The repository could not be read.
        """
        cached = self._default_branches.get((repository.installation, repository.full_name.lower()))
        if not fresh and cached is not None and self._monotonic() < cached[1]:
            return cached[0]
        answer = await client.get("/repos/{owner}/{repo}", variables(repository))
        branch = text_at(answer, "default_branch") or "main"
        self.cache_default_branch(repository, branch)
        return branch

    def cache_default_branch(self, repository: Repository, branch: str) -> None:
        """Cache the name of the default branch that a response of GitHub just contained."""
        key = (repository.installation, repository.full_name.lower())
        self._default_branches[key] = (branch, self._monotonic() + LIFETIME)

    async def _at(
        self, client: Client, repository: Repository, branch: str, *, governs: bool
    ) -> BaseBranch:
        key = (repository.installation, repository.full_name.lower(), branch, governs)
        async with self._locks.setdefault(key, asyncio.Lock()):
            # Read the mark before the tree: if a push comes in between, this result is used once,
            # and is stale for the next caller.
            mark = await self._mark(repository)
            cached = self._cached.get(key)
            if cached is not None and cached.mark == mark and self._monotonic() < cached.until:
                return cached.base_branch
            base_branch = await read_base_branch(client, repository, branch, governs=governs)
            if cached is not None and cached.mark == mark and cached.base_branch != base_branch:
                # A push was missed. Renew the mark as the push would have, or other processes
                # would use stale copies in reviews that this change causes.
                mark = await self._renew(repository)
            self._cached[key] = _Cached(base_branch, mark, self._monotonic() + LIFETIME)
            return base_branch

    async def forget(self, repository: Repository) -> None:
        """Make every process read the repository again, since somebody pushed."""
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
    files = len(base_branch.blobs) + len(base_branch.auxiliary or ())
    return max(_MOST_CHARACTERS // _MOST_BRANCHES, texts + _CHARACTERS_PER_PATH * files)


_Key = tuple[int, str, str, bool]


async def is_private(client: Client, repository: Repository) -> bool | None:
    """Whether a repository is not public; None if GitHub does not tell now.

    Source: https://docs.github.com/en/rest/repos/repos ("Get a repository"): `private` is true for
    internal repositories, too.
    """
    try:
        document = await client.get("/repos/{owner}/{repo}", variables(repository))
    except GitHubFailure:
        return None
    private = document.get("private") if isinstance(document, dict) else None
    return private if isinstance(private, bool) else None


async def read_published(
    client: Client,
    repository: Repository,
    blobs: Mapping[PepNumber, str],
    numbers: Iterable[PepNumber],
) -> dict[PepNumber, str | Unreadable]:
    """Read PEPs, with one request for each whose blob is not cached.

    Args:
        client: Asks GitHub.
        repository: The repository of the PEPs.
        blobs: The SHA of each PEP's blob at the tip of the branch.
        numbers: Which PEPs; those that are not published are left out.

    Raises:
        TryLater: GitHub is unreachable.
    """
    return {
        number: await read_blob(client, repository, blobs[number])
        for number in dict.fromkeys(numbers)
        if number in blobs
    }


LONGEST_ARCHIVE = 64_000_000
"""The most bytes of an archive that are read; that of python/peps has about ten million."""

_MOST_UNPACKED = 1_000_000_000
_LONGEST_TEXT = 2_000_000


async def read_archive(client: Client, repository: Repository, branch: str) -> bytes:
    """Read all files of a branch at once ("Download a repository archive (tar)").

    Raises:
        GitHubFailure: GitHub does not give it, or it is too long.
    """
    where = variables(repository, ref=branch)
    url = "/repos/{owner}/{repo}/tarball/{ref}"
    return await client.raw(url, where, cap=LONGEST_ARCHIVE, archive=True)


def peps_in_archive(archive: bytes) -> Iterator[tuple[PepNumber, str, str]]:
    """The published PEPs in an archive, each with the SHA of its blob and its text.

    Left out are those that are no text or longer than others are read; an archive that is damaged
    or unpacks to more than a repository has ends there.
    """
    import tarfile  # 0.4 MB, for what is done once in a repository

    unpacked = 0
    with (
        suppress(tarfile.TarError, EOFError, OSError, zlib.error),
        tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as members,
    ):
        for member in members:
            unpacked += member.size
            if unpacked > _MOST_UNPACKED:
                return
            # The first folder has the name of the repository and the commit.
            number = number_in_path(member.name.partition("/")[2])
            if number is None or not member.isfile() or member.size > _LONGEST_TEXT:
                continue
            file = members.extractfile(member)
            content = b"" if file is None else file.read()
            text = text_of(content)
            if not isinstance(text, Unreadable):
                yield number, blob_sha(content), text


def blob_sha(content: bytes) -> str:
    """The SHA-1 by which git knows a file's content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


async def read_related(
    client: Client, repository: Repository, change: Change, blobs: Mapping[PepNumber, str]
) -> dict[PepNumber, Preamble]:
    """Read the headers of PEPs that the changed ones refer to, ten at most.

    PEPs that do not exist or cannot be read are left out. Most changes refer to none, and then
    nothing is requested.

    Args:
        client: Asks GitHub.
        repository: The repository of the PEPs.
        change: What the pull request changes.
        blobs: The SHA of each PEP's blob on the base branch.

    Raises:
        TryLater: GitHub is unreachable.
    """
    found: dict[PepNumber, Preamble] = {}
    size = sum(len(file.after or "") for file in change.files)
    for number in await offload(size, lambda: related_numbers(change)):
        text = await read_blob(client, repository, blobs.get(number))
        if not isinstance(text, Unreadable):
            found[number] = parse_preamble(text)
    return found
