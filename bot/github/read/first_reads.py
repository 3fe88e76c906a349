"""What every review of a pull request reads first: itself, its base branch, its list of files."""

from dataclasses import dataclass
from datetime import datetime

from bot.concurrency import run_together
from bot.github.client.client import Client
from bot.github.client.failure import Gone
from bot.github.read.base_branch import BaseBranch
from bot.github.read.pull_request import PullRequest, Sleep, read_pull_request
from bot.github.read.pull_request_files import FileList, list_files
from bot.github.read.repository import BaseBranchReader
from bot.review.subject import Subject


@dataclass(frozen=True, slots=True)
class FirstReads:
    """The results of the first requests, with the client and subject they were made for."""

    client: Client
    subject: Subject
    pull: PullRequest
    base_branch: BaseBranch
    listed: FileList


async def read_first(
    client: Client,
    base_branch: BaseBranchReader,
    subject: Subject,
    *,
    min_updated_at: datetime | None,
    sleep: Sleep,
) -> FirstReads:
    """Read a pull request, then its base branch and its list of files together.

    Args:
        client: Asks GitHub.
        base_branch: Reads the base branch.
        subject: The pull request.
        min_updated_at: `updated_at` of the payload that asked; an older answer is read again.
        sleep: Waits before the answer is read again.

    Raises:
        Gone: There is no such pull request, or not for this app.
        GitHubFailure: Something could not be read.
    """
    pull = await read_pull_request(client, subject, min_updated_at=min_updated_at, sleep=sleep)
    async with run_together() as group:
        base_branch_task = group.create_task(_read_base_branch(client, base_branch, subject, pull))
        files_task = group.create_task(list_files(client, subject))
    return FirstReads(client, subject, pull, base_branch_task.result(), files_task.result())


async def _read_base_branch(
    client: Client, reader: BaseBranchReader, subject: Subject, pull: PullRequest
) -> BaseBranch:
    if pull.default_branch is not None:
        reader.cache_default_branch(subject.repository, pull.default_branch)
    try:
        return await reader.at(client, subject.repository, pull.base_ref)
    except Gone:
        # The branch was deleted after a merge; the commit GitHub compares with still exists.
        return await reader.at(client, subject.repository, pull.base_sha)
