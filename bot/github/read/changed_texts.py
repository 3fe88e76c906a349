"""The texts of changed files, before and after, with as few requests as possible.

The text after the change is one blob, read by its SHA. The text before is computed from it with the
patch. Only if no patch fits is it read as well, at the merge base, because the base branch may have
moved on. A file that cannot be read is marked as such and never makes a review fail.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.concurrency import run_together
from bot.github.client.client import Client, Gone, NotAllowed, Refused, TooLarge, text_at, variables
from bot.github.read.base_branch import read_tree
from bot.github.read.conversation_reader import SMALL_TEXT, SMALL_TOTAL, LargeTextPermit
from bot.github.read.pull_request import PullRequest
from bot.github.read.pull_request_files import ListedFile, before_text
from bot.peps.change import FileChange, FileStatus, Unreadable
from bot.review.subject import Repository

MOST_TEXTS = 100
"""How many texts of one pull request are read: changing every PEP must not use up the quota."""

MOST_BYTES = 8_000_000
"""How much text of one pull request is held in memory; the last text may exceed it."""

_CONCURRENT_READS = 6

Read = TypeVar("Read", str | Unreadable, str | None)


@dataclass(frozen=True, slots=True)
class ChangedTexts:
    """Changed files with their texts.

    Attributes:
        files: In GitHub's order. PEPs, CODEOWNERS and the policy have texts.
        notes: What could not be read, as sentences for people.
    """

    files: tuple[FileChange, ...]
    notes: tuple[str, ...] = ()


def without_texts(file: ListedFile) -> FileChange:
    """A listed file as a change without its texts."""
    return FileChange(path=file.path, status=file.status, previous_path=file.previous_path)


async def read_texts(
    client: Client,
    repository: Repository,
    pull: PullRequest,
    files: Sequence[ListedFile],
    permit: LargeTextPermit,
) -> ChangedTexts:
    """Read the changed files, with the texts of PEPs, CODEOWNERS and the policy.

    If there is much text, the permit is acquired first.

    Raises:
        TryLater: GitHub is unreachable; the review must be repeated later.
    """
    return await _Reading(client, repository, pull, permit).all(files)


async def read_blob(
    client: Client, repository: Repository, sha: str | None, *, cap: int = 2_000_000
) -> str | Unreadable:
    """Read the text of a blob, or say why there is none.

    Args:
        client: Asks GitHub.
        repository: The repository of the blob.
        sha: The blob.
        cap: The most bytes to read.

    Raises:
        TryLater: GitHub is unreachable.
    """
    if not sha:
        return Unreadable.DELETED
    try:
        content = await client.raw(
            "/repos/{owner}/{repo}/git/blobs/{sha}", variables(repository, sha=sha), cap=cap
        )
    except TooLarge:
        return Unreadable.TOO_LARGE
    except (Gone, NotAllowed, Refused):
        return Unreadable.DELETED
    return text_of(content)


def text_of(content: bytes) -> str | Unreadable:
    """The text of a file, or that it is none."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable.NOT_TEXT
    return Unreadable.NOT_TEXT if "\0" in text else text


class _Reading:
    """Reads the texts of one pull request."""

    def __init__(
        self, client: Client, repository: Repository, pull: PullRequest, permit: LargeTextPermit
    ) -> None:
        self._client = client
        self._repository = repository
        self._pull = pull
        self._permit = permit
        self._large_text_lock = asyncio.Lock()
        self._slots = asyncio.Semaphore(_CONCURRENT_READS)
        self._merge_base: asyncio.Task[dict[str, str]] | None = None
        self._bytes = 0
        self._notes: list[str] = []

    async def all(self, files: Sequence[ListedFile]) -> ChangedTexts:
        to_read = [file for file in files if file.is_pep or file.is_codeowners or file.is_policy]
        # New PEPs and CODEOWNERS matter most, so they come first if not everything can be read.
        to_read.sort(key=lambda file: file.status is FileStatus.MODIFIED and file.is_pep)
        async with run_together() as group:
            readings = {
                file.path: group.create_task(self._read(file)) for file in to_read[:MOST_TEXTS]
            }
        changes = [
            self._result(file, readings)
            if file.is_pep or file.is_codeowners or file.is_policy
            else without_texts(file)
            for file in files
        ]
        read_changes = tuple(change for change in changes if change is not None)
        if missing := len(changes) - len(read_changes):
            self._notes.append(
                f"This pull request changes so many PEPs that {missing} of its files were not read."
            )
        return ChangedTexts(read_changes, tuple(dict.fromkeys(self._notes)))

    @staticmethod
    def _result(
        file: ListedFile, readings: dict[str, asyncio.Task[FileChange | None]]
    ) -> FileChange | None:
        reading = readings.get(file.path)
        return reading.result() if reading is not None else None

    async def _read(self, file: ListedFile) -> FileChange | None:
        async with self._slots:
            if self._bytes > SMALL_TOTAL:
                await self._permit.acquire()
            if self._bytes > MOST_BYTES:
                return None
            try:
                return await (
                    self._removed(file)
                    if file.status is FileStatus.REMOVED
                    else self._present(file)
                )
            except _LimitReached:
                return None

    async def _blob(self, sha: str | None) -> str | Unreadable:
        """Read a text; long ones only with the permit, and one after the other.

        Raises:
            _LimitReached: It is a long one, and too much was read before it.
        """
        text = await read_blob(self._client, self._repository, sha, cap=SMALL_TEXT)
        if text is Unreadable.TOO_LARGE:
            await self._permit.acquire()
            async with self._large_text_lock:
                if self._bytes > MOST_BYTES:
                    raise _LimitReached
                return self._count_characters(await read_blob(self._client, self._repository, sha))
        return self._count_characters(text)

    def _count_characters(self, text: Read) -> Read:
        if isinstance(text, str) and not isinstance(text, Unreadable):
            self._bytes += len(text)
        return text

    async def _present(self, file: ListedFile) -> FileChange:
        change = without_texts(file)
        after = await self._blob(file.sha)
        if isinstance(after, Unreadable):
            return replace(change, unreadable=after)
        if file.status is FileStatus.ADDED:
            return replace(change, after=after)
        before = after if file.changes == 0 and not file.patch else self._reverse_patch(after, file)
        if before is None:
            before = await self._at_merge_base(file.previous_path or file.path)
        return replace(change, before=before, after=after)

    async def _removed(self, file: ListedFile) -> FileChange:
        change = without_texts(file)
        before: str | Unreadable | None = self._reverse_patch("", file)
        if before is None:
            before = await self._blob(file.sha)
        if isinstance(before, Unreadable):
            return replace(change, unreadable=before)
        return replace(change, before=before)

    async def _at_merge_base(self, path: str) -> str | None:
        if self._merge_base is None:
            self._merge_base = asyncio.ensure_future(self._merge_base_blobs())
        text = await self._blob((await self._merge_base).get(path))
        if isinstance(text, Unreadable):
            self._notes.append(
                "The earlier version of a file could not be read, so the file is checked "
                "as if all of it were new."
            )
            return None
        return text

    async def _merge_base_blobs(self) -> dict[str, str]:
        """The blobs at the merge base, or at the tip of the base if GitHub does not tell it."""
        commit = self._pull.base_sha
        try:
            answer = await self._client.get(
                "/repos/{owner}/{repo}/compare/{base}...{head}{?per_page}",
                variables(
                    self._repository,
                    base=self._pull.base_sha,
                    head=self._pull.head_sha,
                    per_page=1,
                ),
            )
            commit = text_at(answer, "merge_base_commit", "sha") or commit
        except (Gone, NotAllowed, Refused, TooLarge):
            self._notes.append(
                "The commit that this pull request started from could not be read; the "
                "pull request is compared with the tip of the base branch instead."
            )
        try:
            return dict((await read_tree(self._client, self._repository, commit)).blobs)
        except (Gone, NotAllowed, Refused, TooLarge):
            return {}

    def _reverse_patch(self, after: str, file: ListedFile) -> str | None:
        return self._count_characters(_reverse_patch(after, file))


class _LimitReached(Exception):
    """So much of the pull request was read that no further long text is read."""


def _reverse_patch(after: str, file: ListedFile) -> str | None:
    # A replacement character may stand for bytes that are not UTF-8, so the patch is not exact.
    if file.patch is None or "\ufffd" in file.patch:
        return None
    return before_text(after, file.patch)
