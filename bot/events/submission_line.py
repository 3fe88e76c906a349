"""The line under an issue that submits a PEP: what it says is put together from store and blobs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from bot.github.changed_texts import read_blob
from bot.github.client import Client, Clients
from bot.github.repository_facts import RepositoryFacts
from bot.github.submission_line_writer import SubmissionLineWriter
from bot.peps.preamble import parse_preamble
from bot.peps.section_changes import SectionChange, changed_sections
from bot.policy.trackers import trackers
from bot.review.reconcile import digest_of
from bot.review.subject import Repository, Subject
from bot.review.submission import Submission
from bot.review.submission_told import submission_line
from bot.rules.change import Unreadable
from bot.store.submissions import SubmissionStore
from bot.thinking import think

_COST_OF_COMPARING = 4


class SubmissionLines:
    """Keeps the lines."""

    def __init__(
        self,
        *,
        clients: Clients,
        submissions: SubmissionStore,
        writer: SubmissionLineWriter,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._submissions = submissions
        self._writer = writer
        self._clock = clock

    async def write(
        self,
        issue: Subject,
        client: Client,
        repository: Repository,
        facts: RepositoryFacts,
        delivery: str,
    ) -> None:
        """Write the line, or bring it up to date; nothing is written if it says that already.

        Args:
            issue: The submission.
            client: Reads the repository of PEPs.
            repository: That repository.
            facts: What stands on its default branch.
            delivery: The delivery that led here.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        submission = await self._submissions.on(issue)
        if submission is None:
            return
        blob = facts.blobs.get(submission.pep)
        text = await read_blob(client, repository, blob)
        if isinstance(text, Unreadable):
            return
        body = submission_line(
            submission,
            parse_preamble(text),
            await self._changes(client, repository, submission, text),
            facts.policy,
            self._clock().astimezone(UTC).date(),
            [
                one
                for one in await self._submissions.of([submission.pep], repository)
                if one.tracker.lower() in trackers(facts.policy)
            ],
        )
        said = await self._submissions.said(issue)
        digest = digest_of(body)
        if digest != said.digest:
            there = await self._clients.for_repository(
                issue.repository.full_name, issue.repository.installation
            )
            comment = await self._writer.write(there, issue, body, said.comment, delivery)
            if self._writer.is_rehearsing:
                return
            said = replace(said, comment=comment, digest=digest)
        await self._submissions.say(issue, replace(said, blob=blob))
        await self._writer.written(issue)

    async def _changes(
        self, client: Client, repository: Repository, submission: Submission, text: str
    ) -> tuple[SectionChange, ...] | None:
        """What changed since the submission; None if the text of that time cannot be had."""
        before = await read_blob(client, repository, submission.blob)
        if isinstance(before, Unreadable):
            return None
        size = _COST_OF_COMPARING * (len(before) + len(text))
        return await think(size, lambda: changed_sections(before, text))
