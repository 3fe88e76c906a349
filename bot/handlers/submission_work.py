"""Updates what depends on submissions: the stored PEP text, our comment on each, the daily check.

It works from the PEP repository, whose policy says which trackers count and whether the bot
comments there. A tracker without the app is neither read nor written to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.app import App
from bot.github.client.client import (
    Client,
    Gone,
    NotAllowed,
    Refused,
    number_at,
    text_at,
    variables,
)
from bot.github.read.base_branch import BaseBranch
from bot.handlers.events import Job
from bot.handlers.handle import Work
from bot.handlers.jobs import queue_job
from bot.handlers.payload import Event
from bot.handlers.submissions import (
    is_pull_request,
    issues_changed_since,
    open_issues,
    remove,
    submission_in,
    update_from,
    write_line,
)
from bot.logs import get_logger
from bot.policy.bodies import BodyRole
from bot.policy.in_office import trackers
from bot.review.decision.submission import Submission
from bot.review.subject import Repository, Subject
from bot.store.documents import LAST_CHECKED, Document

FIRST_CHECK_PERIOD = timedelta(days=365)
"""How far back the first check of a tracker goes; open issues are read whatever their age."""

_OVERLAP = timedelta(hours=1)
"""How much of the period of the last check is checked again, since clocks differ."""

_log = get_logger()


@dataclass(frozen=True, slots=True)
class _PepRepository:
    """A repository of PEPs with its default branch."""

    repository: Repository
    client: Client
    base_branch: BaseBranch


async def update_submission(app: App, work: Work[Event], tracker: Repository) -> None:
    """Remember which text of the PEP was submitted, and update our comment on the issue.

    Closed issues are left unchanged.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    issue = work.subject(tracker)
    submission = await app.submissions.on(issue)
    if submission is None or not submission.is_open:
        return
    for repository in await _same_installation(app, tracker):
        pep_repository = await _pep_repository(app, repository)
        if pep_repository is None or tracker.full_name.lower() not in trackers(
            pep_repository.base_branch.policy
        ):
            continue
        blob = pep_repository.base_branch.blobs.get(submission.pep)
        if blob is None:
            continue
        await app.submissions.first_seen(issue, blob, app.clock())
        if _wants_line(pep_repository, tracker):
            await write_line(
                app,
                issue,
                pep_repository.client,
                pep_repository.repository,
                pep_repository.base_branch,
                work.last.id,
            )
            return


async def update_submissions(app: App, repository: Repository, branch: str, delivery: str) -> None:
    """Queue updates of our comments on submissions of PEPs that a push to a branch changed.

    Raises:
        GitHubFailure: The branch cannot be read now.
    """
    others = await _same_installation(app, repository)
    names = [other.full_name for other in others]
    if not await _open_submissions(app, names):
        return
    pep_repository = await _pep_repository(app, repository, branch)
    if pep_repository is not None:
        await _update_lines(app, pep_repository, others, delivery)


async def check_submissions(app: App, work: Work[Event], repository: Repository) -> None:
    """Check the trackers of a repository for changes that no event reported.

    Raises:
        GitHubFailure: GitHub cannot be read now.
    """
    others = await _other_repositories(app, repository)
    pep_repository = await _pep_repository(app, repository) if others else None
    if pep_repository is None:
        return
    watched = trackers(pep_repository.base_branch.policy)
    for tracker in others:
        if tracker.full_name.lower() not in watched:
            continue
        if repository in await app.submissions.readers(tracker):
            try:
                await _check_tracker(app, tracker, work.last.id)
            except (Gone, NotAllowed) as failure:
                _log.info("tracker not read", tracker=tracker.full_name, reason=str(failure))
    await _update_lines(
        app, pep_repository, await _same_installation(app, repository), work.last.id
    )


async def _check_tracker(app: App, tracker: Repository, delivery: str) -> None:
    name = LAST_CHECKED.of(tracker)
    last = await app.store.document(name)
    now = app.clock()
    known = {one.number: one for one in await app.submissions.submissions([tracker.full_name])}
    # When the app is removed the submissions are forgotten, but not the time of the last check.
    since = now - FIRST_CHECK_PERIOD if last is None or not known else last.read_at - _OVERLAP
    client = await app.clients.for_repository(tracker.full_name, tracker.installation)
    changed = await issues_changed_since(client, tracker, since)
    still_open = await open_issues(client, tracker)
    candidates = {
        number: issue
        for issue in (*changed, *still_open)
        if not is_pull_request(issue) and (number := number_at(issue, "number")) is not None
    }
    for number, issue in sorted(candidates.items()):
        if number in known or submission_in(tracker, issue) is not None:
            await update_from(app, Subject(tracker, number), issue, delivery)
    for number, submission in sorted(known.items()):
        if submission.is_open and number not in candidates:
            await _check_missing(app, client, Subject(tracker, number), delivery)
    await app.store.keep_document(name, Document("", now))


async def _check_missing(app: App, client: Client, issue: Subject, delivery: str) -> None:
    """Read a submission that was open and is not in the list of open issues."""
    place = variables(issue.repository, number=issue.number)
    try:
        issue_json = await client.get("/repos/{owner}/{repo}/issues/{number}", place)
    except (Gone, NotAllowed, Refused):
        issue_json = None
    # If an issue was moved, GitHub redirects to its new place.
    if issue_json is None or not _is_in(issue_json, issue):
        await remove(app, issue, delivery)
    else:
        await update_from(app, issue, issue_json, delivery)


async def _update_lines(
    app: App, pep_repository: _PepRepository, others: Iterable[Repository], delivery: str
) -> None:
    watched = trackers(pep_repository.base_branch.policy)
    for tracker in others:
        if tracker.full_name.lower() not in watched:
            continue
        for submission in await _open_submissions(app, [tracker.full_name]):
            issue = Subject(tracker, submission.number)
            blob = pep_repository.base_branch.blobs.get(submission.pep)
            is_outdated = _wants_line(pep_repository, tracker) and (
                (await app.submissions.posted_comment(issue)).blob != blob
            )
            if blob is not None and (submission.blob is None or is_outdated):
                await queue_job(app, Job.SUBMISSION, issue, delivery)


async def _open_submissions(app: App, names: Sequence[str]) -> Sequence[Submission]:
    return [one for one in await app.submissions.submissions(names) if one.is_open]


async def _other_repositories(app: App, repository: Repository) -> list[Repository]:
    here = repository.full_name.lower()
    return [one for one in await app.store.repositories() if one.full_name.lower() != here]


async def _same_installation(app: App, repository: Repository) -> list[Repository]:
    """The other repositories of the same account.

    Anybody may install the app and write any policy or PEP text, so one account's repositories
    must not influence what the bot stores and posts in those of another.
    """
    others = await _other_repositories(app, repository)
    return [one for one in others if one.installation == repository.installation]


async def _pep_repository(
    app: App, repository: Repository, branch: str | None = None
) -> _PepRepository | None:
    """A repository with its default branch; None if it may not be read."""
    client = await app.clients.for_repository(repository.full_name, repository.installation)
    try:
        return _PepRepository(
            repository, client, await app.base_branch.at(client, repository, default=branch)
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
