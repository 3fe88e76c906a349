"""Updates what depends on submissions: the stored PEP text, our comment on each, the daily check.

It works from the PEP repository, whose policy says which trackers count and whether the bot
comments there. A tracker without the app is neither read nor written to.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.github.client.client import Client, Clients, Gone, NotAllowed, Refused
from bot.github.client.response import number_at, text_at, variables
from bot.github.read.base_branch import BaseBranch
from bot.github.read.repository import BaseBranchReader
from bot.github.read.tracker_issues import (
    is_pull_request,
    issues_changed_since,
    open_issues,
    submission_in,
)
from bot.handlers import payload as read
from bot.handlers.internal_jobs import Enqueue, submission_of
from bot.handlers.payload import Payload
from bot.handlers.submissions import SubmissionLines, Submissions
from bot.policy.bodies import BodyRole
from bot.policy.in_office import trackers
from bot.review.decision.submission import Submission
from bot.review.subject import Repository, Subject
from bot.store.documents import LAST_CHECKED
from bot.store.protocol import Document, Store
from bot.store.submissions import SubmissionStore

FIRST_CHECK_PERIOD = timedelta(days=365)
"""How far back the first check of a tracker goes; open issues are read whatever their age."""

_OVERLAP = timedelta(hours=1)
"""How much of the period of the last check is checked again, since clocks differ."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _PepRepository:
    """A repository of PEPs with its default branch."""

    repository: Repository
    client: Client
    base_branch: BaseBranch


class SubmissionUpdater:
    """Updates what depends on submissions. Every step may be repeated."""

    def __init__(
        self,
        *,
        clients: Clients,
        base_branch: BaseBranchReader,
        store: Store,
        submissions: SubmissionStore,
        submission_events: Submissions,
        lines: SubmissionLines,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._base_branch = base_branch
        self._store = store
        self._submissions = submissions
        self._submission_events = submission_events
        self._lines = lines
        self._enqueue = enqueue
        self._clock = clock

    async def update(self, issue: Subject, delivery: str) -> None:
        """Remember which text of the PEP was submitted, and update our comment on the issue.

        Closed issues are left unchanged.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        submission = await self._submissions.on(issue)
        if submission is None or not submission.is_open:
            return
        for repository in await self._same_installation(issue.repository):
            pep_repository = await self._pep_repository(repository)
            if pep_repository is None or issue.repository.full_name.lower() not in trackers(
                pep_repository.base_branch.policy
            ):
                continue
            blob = pep_repository.base_branch.blobs.get(submission.pep)
            if blob is None:
                continue
            await self._submissions.first_seen(issue, blob, self._clock())
            if _wants_line(pep_repository, issue.repository):
                await self._lines.write(
                    issue,
                    pep_repository.client,
                    pep_repository.repository,
                    pep_repository.base_branch,
                    delivery,
                )
                return

    async def pushed(self, repository: Repository, payload: Payload, delivery: str) -> None:
        """Queue updates of our comments on submissions of PEPs that a push changed.

        Raises:
            GitHubFailure: The branch cannot be read now.
        """
        branch = read.pushed_default_branch(payload)
        others = await self._same_installation(repository)
        names = [other.full_name for other in others]
        if branch is None or not await self._open_submissions(names):
            return
        pep_repository = await self._pep_repository(repository, branch)
        if pep_repository is not None:
            await self._update_lines(pep_repository, others, delivery)

    async def check(self, repository: Repository, delivery: str) -> None:
        """Check the trackers of a repository for changes that no event reported.

        Raises:
            GitHubFailure: GitHub cannot be read now.
        """
        others = await self._other_repositories(repository)
        pep_repository = await self._pep_repository(repository) if others else None
        if pep_repository is None:
            return
        watched = trackers(pep_repository.base_branch.policy)
        for tracker in others:
            if tracker.full_name.lower() not in watched:
                continue
            if repository in await self._submissions.readers(tracker):
                try:
                    await self._check_tracker(tracker, delivery)
                except (Gone, NotAllowed) as failure:
                    _log.info("tracker not read", tracker=tracker.full_name, reason=str(failure))
        await self._update_lines(
            pep_repository, await self._same_installation(repository), delivery
        )

    async def _check_tracker(self, tracker: Repository, delivery: str) -> None:
        name = LAST_CHECKED.of(tracker)
        last = await self._store.document(name)
        now = self._clock()
        known = {
            one.number: one for one in await self._submissions.submissions([tracker.full_name])
        }
        # When the app is removed the submissions are forgotten, but not the time of the last check.
        since = now - FIRST_CHECK_PERIOD if last is None or not known else last.read_at - _OVERLAP
        client = await self._clients.for_repository(tracker.full_name, tracker.installation)
        changed = await issues_changed_since(client, tracker, since)
        still_open = await open_issues(client, tracker)
        candidates = {
            number: issue
            for issue in (*changed, *still_open)
            if not is_pull_request(issue) and (number := number_at(issue, "number")) is not None
        }
        for number, issue in sorted(candidates.items()):
            if number in known or submission_in(tracker, issue) is not None:
                await self._submission_events.update_from(Subject(tracker, number), issue, delivery)
        for number, submission in sorted(known.items()):
            if submission.is_open and number not in candidates:
                await self._check_missing(client, Subject(tracker, number), delivery)
        await self._store.keep_document(name, Document("", now))

    async def _check_missing(self, client: Client, issue: Subject, delivery: str) -> None:
        """Read a submission that was open and is not in the list of open issues."""
        place = variables(issue.repository, number=issue.number)
        try:
            issue_json = await client.get("/repos/{owner}/{repo}/issues/{number}", place)
        except (Gone, NotAllowed, Refused):
            issue_json = None
        # If an issue was moved, GitHub redirects to its new place.
        if issue_json is None or not _is_in(issue_json, issue):
            await self._submission_events.remove(issue, delivery)
        else:
            await self._submission_events.update_from(issue, issue_json, delivery)

    async def _update_lines(
        self, pep_repository: _PepRepository, others: Iterable[Repository], delivery: str
    ) -> None:
        watched = trackers(pep_repository.base_branch.policy)
        for tracker in others:
            if tracker.full_name.lower() not in watched:
                continue
            for submission in await self._open_submissions([tracker.full_name]):
                issue = Subject(tracker, submission.number)
                blob = pep_repository.base_branch.blobs.get(submission.pep)
                is_outdated = _wants_line(pep_repository, tracker) and (
                    (await self._submissions.posted_comment(issue)).blob != blob
                )
                if blob is not None and (submission.blob is None or is_outdated):
                    await self._enqueue(submission_of(issue, delivery, self._clock()))

    async def _open_submissions(self, names: Sequence[str]) -> Sequence[Submission]:
        return [one for one in await self._submissions.submissions(names) if one.is_open]

    async def _other_repositories(self, repository: Repository) -> list[Repository]:
        here = repository.full_name.lower()
        return [one for one in await self._store.repositories() if one.full_name.lower() != here]

    async def _same_installation(self, repository: Repository) -> list[Repository]:
        """The other repositories of the same account.

        Anybody may install the app and write any policy or PEP text, so one account's repositories
        must not influence what the bot stores and posts in those of another.
        """
        others = await self._other_repositories(repository)
        return [one for one in others if one.installation == repository.installation]

    async def _pep_repository(
        self, repository: Repository, branch: str | None = None
    ) -> _PepRepository | None:
        """A repository with its default branch; None if it may not be read."""
        client = await self._clients.for_repository(repository.full_name, repository.installation)
        try:
            return _PepRepository(
                repository, client, await self._base_branch.at(client, repository, default=branch)
            )
        except (Gone, NotAllowed):
            return None


def _wants_line(pep_repository: _PepRepository, tracker: Repository) -> bool:
    """Whether the policy wants our comment on submissions in this tracker."""
    return (
        pep_repository.base_branch.policy.council.line
        and trackers(pep_repository.base_branch.policy)[tracker.full_name.lower()].part
        is BodyRole.DECIDES
    )


def _is_in(issue_json: object, issue: Subject) -> bool:
    where = (text_at(issue_json, "repository_url") or "").lower()
    return number_at(issue_json, "number") == issue.number and where.endswith(
        f"/{issue.repository.full_name.lower()}"
    )
