"""What submissions lead to where PEPs are: the text at that time, the line, and the daily look.

This is seen from the PEP repository, whose policy says which trackers count and whether anything is
said there. A tracker in which the app is not installed is neither read nor written to.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.github.client.client import Client, Clients
from bot.github.client.failure import Gone, NotAllowed, Refused
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
from bot.policy.bodies import Part
from bot.policy.in_office import trackers
from bot.review.decision.submission import Submission
from bot.review.subject import Repository, Subject
from bot.store.documents import LOOKED_AT
from bot.store.protocol import Document, Store
from bot.store.submissions import SubmissionStore

FIRST_LOOK = timedelta(days=365)
"""How far back the first look at a tracker goes; what is open is looked at however old it is."""

_OVERLAP = timedelta(hours=1)
"""How much of what the last look saw is looked at again: clocks differ."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Home:
    """A repository of PEPs and what stands on its default branch."""

    repository: Repository
    client: Client
    facts: BaseBranch


class SubmissionWork:
    """Brings what hangs on submissions up to date. Every step may be repeated."""

    def __init__(
        self,
        *,
        clients: Clients,
        facts: BaseBranchReader,
        store: Store,
        submissions: SubmissionStore,
        heard: Submissions,
        lines: SubmissionLines,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._facts = facts
        self._store = store
        self._submissions = submissions
        self._heard = heard
        self._lines = lines
        self._enqueue = enqueue
        self._clock = clock

    async def bring_up_to_date(self, issue: Subject, delivery: str) -> None:
        """Remember the PEP's text at the submission, and have the line say what is so now.

        A closed issue is left as it is.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        submission = await self._submissions.on(issue)
        if submission is None or not submission.is_open:
            return
        for repository in await self._neighbours(issue.repository):
            home = await self._home(repository)
            if home is None or issue.repository.full_name.lower() not in trackers(
                home.facts.policy
            ):
                continue
            blob = home.facts.blobs.get(submission.pep)
            if blob is None:
                continue
            await self._submissions.first_seen(issue, blob, self._clock())
            if _may_say(home, issue.repository):
                await self._lines.write(issue, home.client, home.repository, home.facts, delivery)
                return

    async def pushed(self, repository: Repository, payload: Payload, delivery: str) -> None:
        """Have the lines under submissions of PEPs brought up to date that a push changed.

        Raises:
            GitHubFailure: The branch cannot be read now.
        """
        branch = read.pushed_default_branch(payload)
        others = await self._neighbours(repository)
        names = [other.full_name for other in others]
        if branch is None or not await self._open(names):
            return
        home = await self._home(repository, branch)
        if home is not None:
            await self._renew_lines(home, others, delivery)

    async def look(self, repository: Repository, delivery: str) -> None:
        """Look through the trackers of a repository for what no event told.

        Raises:
            GitHubFailure: GitHub cannot be read now.
        """
        others = await self._others(repository)
        home = await self._home(repository) if others else None
        if home is None:
            return
        watched = trackers(home.facts.policy)
        for tracker in others:
            if tracker.full_name.lower() not in watched:
                continue
            if repository in await self._submissions.readers(tracker):
                try:
                    await self._look_at(tracker, delivery)
                except (Gone, NotAllowed) as failure:
                    _log.info("tracker not read", tracker=tracker.full_name, reason=str(failure))
        await self._renew_lines(home, await self._neighbours(repository), delivery)

    async def _look_at(self, tracker: Repository, delivery: str) -> None:
        name = LOOKED_AT.of(tracker)
        last = await self._store.document(name)
        now = self._clock()
        known = {
            one.number: one for one in await self._submissions.submissions([tracker.full_name])
        }
        # With the app's going what was known is forgotten, and when it was looked for is not.
        since = now - FIRST_LOOK if last is None or not known else last.read_at - _OVERLAP
        client = await self._clients.for_repository(tracker.full_name, tracker.installation)
        changed = await issues_changed_since(client, tracker, since)
        standing = await open_issues(client, tracker)
        listed = {
            number: issue
            for issue in (*changed, *standing)
            if not is_pull_request(issue) and (number := number_at(issue, "number")) is not None
        }
        for number, issue in sorted(listed.items()):
            if number in known or submission_in(tracker, issue) is not None:
                await self._heard.seen(Subject(tracker, number), issue, delivery)
        for number, submission in sorted(known.items()):
            if submission.is_open and number not in listed:
                await self._look_for(client, Subject(tracker, number), delivery)
        await self._store.keep_document(name, Document("", now))

    async def _look_for(self, client: Client, issue: Subject, delivery: str) -> None:
        """Look for one that should be open and is not among those that are."""
        place = variables(issue.repository, number=issue.number)
        try:
            told = await client.get("/repos/{owner}/{repo}/issues/{number}", place)
        except (Gone, NotAllowed, Refused):
            told = None
        # GitHub leads on to where an issue was moved.
        if told is None or not _is_in(told, issue):
            await self._heard.gone(issue, delivery)
        else:
            await self._heard.seen(issue, told, delivery)

    async def _renew_lines(self, home: _Home, others: Iterable[Repository], delivery: str) -> None:
        watched = trackers(home.facts.policy)
        for tracker in others:
            if tracker.full_name.lower() not in watched:
                continue
            for submission in await self._open([tracker.full_name]):
                issue = Subject(tracker, submission.number)
                blob = home.facts.blobs.get(submission.pep)
                is_behind = _may_say(home, tracker) and (
                    (await self._submissions.said(issue)).blob != blob
                )
                if blob is not None and (submission.blob is None or is_behind):
                    await self._enqueue(submission_of(issue, delivery, self._clock()))

    async def _open(self, names: Sequence[str]) -> Sequence[Submission]:
        return [one for one in await self._submissions.submissions(names) if one.is_open]

    async def _others(self, repository: Repository) -> list[Repository]:
        here = repository.full_name.lower()
        return [one for one in await self._store.repositories() if one.full_name.lower() != here]

    async def _neighbours(self, repository: Repository) -> list[Repository]:
        """The other repositories of the same account.

        What one account keeps and wants must not count for what is kept and said at another's: a
        policy, and the text of a PEP, are whatever whoever installs the app makes them.
        """
        others = await self._others(repository)
        return [one for one in others if one.installation == repository.installation]

    async def _home(self, repository: Repository, branch: str | None = None) -> _Home | None:
        """A repository as its default branch has it; None if that cannot be seen."""
        client = await self._clients.for_repository(repository.full_name, repository.installation)
        try:
            return _Home(
                repository, client, await self._facts.at(client, repository, default=branch)
            )
        except (Gone, NotAllowed):
            return None


def _may_say(home: _Home, tracker: Repository) -> bool:
    """Whether the line is wanted there."""
    return (
        home.facts.policy.council.line
        and trackers(home.facts.policy)[tracker.full_name.lower()].part is Part.DECIDES
    )


def _is_in(told: object, issue: Subject) -> bool:
    where = (text_at(told, "repository_url") or "").lower()
    return number_at(told, "number") == issue.number and where.endswith(
        f"/{issue.repository.full_name.lower()}"
    )
