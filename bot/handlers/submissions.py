"""Records submissions of PEPs in trackers, and comments on them with the state of the PEP.

A tracker is a repository that a PEP repository's policy names as the place to ask a deciding body.
Submissions are stored in any repository, named or not, which costs no request and posts nothing;
wherever a PEP is shown they are read from the store.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

from bot.app import App
from bot.concurrency import offload
from bot.github.client.client import (
    Client,
    member,
    moment_at,
    number_at,
    text_at,
    variables,
)
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import read_blob
from bot.github.write.comments import SUBMISSION_LINE, ensure_comment, settle_comments
from bot.github.write.outbox import Destination
from bot.handlers.event_models import IssueEvent
from bot.handlers.events import Job
from bot.handlers.invalidator import review_touching
from bot.handlers.jobs import queue_job
from bot.inbox.delivery import Delivery
from bot.logs import get_logger
from bot.peps.change import Unreadable
from bot.peps.document import SectionChange, changed_sections
from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble
from bot.policy.in_office import trackers
from bot.review.decision.submission import Submission, submitted_pep
from bot.review.reconcile import digest_of
from bot.review.render.issue import Issue, is_blank
from bot.review.render.new_pep import SUBMISSION, submission_line
from bot.review.subject import Repository, Subject
from bot.store.register import stored_policy
from bot.store.rows import Intent

_log = get_logger()

_NEWS = "submission"
"""The kind of the intent to pass on a changed submission; its detail is the PEP."""

_TITLE = "submission title"
"""The same for a changed title, which is shown nowhere: only our comment on it is updated."""


async def received(app: App, issue: Subject, events: Sequence[tuple[Delivery, IssueEvent]]) -> None:
    """Record what events say of an issue, without any request."""
    for delivery, event in events:
        if event.is_removal:
            await remove(app, issue, delivery.id)
        else:
            await update_from(app, issue, event.issue_json, delivery.id)


async def update_from(app: App, issue: Subject, issue_json: object, delivery: str) -> None:
    """Record the submission in an issue, and pass on what changed."""
    submission = submission_in(issue.repository, issue_json)
    known = await app.submissions.on(issue)
    if submission is None:
        if known is not None:
            await _intend(app, issue, {known.pep})
            await app.submissions.forget(issue, moment_at(issue_json, "updated_at"))
    else:
        if known is None or _visible_fields(known) != _visible_fields(submission):
            await _intend(app, issue, {submission.pep, *([known.pep] if known else [])})
        elif known.title != submission.title:
            await app.store.intend(issue, Intent(_TITLE, str(submission.pep)))
        if await app.submissions.keep(submission):
            _log.info("submission", subject=issue.key, pep=submission.pep)
    await _notify(app, issue, delivery)


async def remove(app: App, issue: Subject, delivery: str) -> None:
    """Forget an issue that was deleted or moved elsewhere."""
    known = await app.submissions.on(issue)
    if known is not None:
        await _intend(app, issue, {known.pep})
        await app.submissions.forget(issue)
    await _notify(app, issue, delivery)


async def _intend(app: App, issue: Subject, peps: Collection[PepNumber]) -> None:
    """Commit to passing a change on, even if the process dies in between."""
    for pep in sorted(peps):
        await app.store.intend(issue, Intent(_NEWS, str(pep)))


async def _notify(app: App, issue: Subject, delivery: str) -> None:
    intents_left = [one for one in await app.store.intents(issue) if one.kind in (_NEWS, _TITLE)]
    if not intents_left:
        return
    peps = {int(one.detail) for one in intents_left}
    news = {int(one.detail) for one in intents_left if one.kind == _NEWS}
    # The check of a tracker may find many changes, and each needs its own cause.
    cause = sha256(f"{delivery} {issue.key}".encode()).hexdigest()[:32]
    known = {one.full_name.lower(): one for one in await app.store.repositories()}
    here = issue.repository.full_name.lower()
    for repository in await app.submissions.readers(issue.repository):
        watched = trackers(await stored_policy(app.store, repository))
        # Anybody can install the app and open issues; ignore trackers the policy does not name.
        if here not in watched:
            continue
        if news:
            await review_touching(app, repository, news, cause)
        for submission in await app.submissions.of(peps, repository):
            tracker = known.get(submission.tracker.lower())
            if tracker is None or not submission.is_open:
                continue
            is_same_installation = tracker.installation == repository.installation
            if is_same_installation and submission.tracker.lower() in watched:
                where = Subject(tracker, submission.number)
                await queue_job(app, Job.SUBMISSION, where, cause)
    for one in intents_left:
        await app.store.fulfil(issue, one)


def _visible_fields(submission: Submission) -> tuple[object, ...]:
    """The fields of a submission that are shown anywhere."""
    return (
        submission.tracker,
        submission.pep,
        submission.url,
        submission.is_open,
        submission.opened_at,
        submission.closed_at,
    )


_COST_OF_COMPARING = 4


async def write_line(
    app: App,
    issue: Subject,
    client: Client,
    repository: Repository,
    base_branch: BaseBranch,
    delivery: str,
) -> None:
    """Post or edit the comment, unless it is up to date; `client` reads the PEPs' repository.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    submission = await app.submissions.on(issue)
    if submission is None:
        return
    blob = base_branch.blobs.get(submission.pep)
    text = await read_blob(client, repository, blob)
    if isinstance(text, Unreadable):
        return
    body = submission_line(
        submission,
        parse_preamble(text),
        await _changes(client, repository, submission, text),
        base_branch.policy,
        app.clock().astimezone(UTC).date(),
        [
            one
            for one in await app.submissions.of([submission.pep], repository)
            if one.tracker.lower() in trackers(base_branch.policy)
        ],
    )
    posted_comment = await app.submissions.posted_comment(issue)
    digest = digest_of(body)
    if digest != posted_comment.digest:
        tracker_client = await app.clients.for_repository(
            issue.repository.full_name, issue.repository.installation
        )
        to, known = Destination(tracker_client, issue, delivery), posted_comment.comment
        comment = await ensure_comment(
            app.outbox, to, SUBMISSION_LINE, SUBMISSION, body, known=known
        )
        if app.outbox.dry_run:
            return
        posted_comment = replace(posted_comment, comment=comment, digest=digest)
    await app.submissions.record_comment(issue, replace(posted_comment, blob=blob))
    await settle_comments(app.outbox, issue, lambda marker: marker == SUBMISSION)


async def _changes(
    client: Client, repository: Repository, submission: Submission, text: str
) -> tuple[SectionChange, ...] | None:
    """What changed since the submission; None if the text at that time cannot be read."""
    before = await read_blob(client, repository, submission.blob)
    if isinstance(before, Unreadable):
        return None
    size = _COST_OF_COMPARING * (len(before) + len(text))
    return await offload(size, lambda: changed_sections(before, text))


def submission_in(tracker: Repository, issue: object) -> Submission | None:
    """The submission that an issue is; None if it is none, is blank, or a program wrote it.

    Args:
        tracker: The repository of the issue.
        issue: The issue as GitHub gives it, in a webhook or in a list.
    """
    number, url = number_at(issue, "number"), text_at(issue, "html_url")
    opened_at, title = moment_at(issue, "created_at"), text_at(issue, "title")
    if number is None or url is None or opened_at is None or title is None:
        return None
    if is_pull_request(issue) or _is_by_program(issue):
        return None
    body = text_at(issue, "body") or ""
    pep = submitted_pep(title, body)
    if pep is None or is_blank(Issue(title, body, text_at(issue, "author_association") or "")):
        return None
    is_open = text_at(issue, "state") != "closed"
    return Submission(
        tracker=tracker.full_name,
        number=number,
        pep=pep,
        title=title,
        url=url,
        is_open=is_open,
        opened_at=opened_at,
        closed_at=None if is_open else moment_at(issue, "closed_at"),
        updated_at=moment_at(issue, "updated_at"),
    )


def is_pull_request(issue: object) -> bool:
    """Whether this is a pull request, which GitHub lists as an issue too."""
    return bool(member(issue, "pull_request"))


async def open_issues(client: Client, tracker: Repository) -> list[object]:
    """All open issues and pull requests of a tracker.

    Raises:
        GitHubFailure: It cannot be read.
    """
    url = "/repos/{owner}/{repo}/issues{?state}"
    return [issue async for issue in client.pages(url, variables(tracker, state="open"))]


async def issues_changed_since(
    client: Client, tracker: Repository, since: datetime
) -> list[object]:
    """All issues and pull requests that were opened, closed or commented on since a moment.

    Raises:
        GitHubFailure: It cannot be read.
    """
    url = "/repos/{owner}/{repo}/issues{?state,since}"
    place = variables(tracker, state="all", since=since.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return [issue async for issue in client.pages(url, place)]


def _is_by_program(issue: object) -> bool:
    return text_at(issue, "user", "type") == "Bot" or bool(
        member(issue, "performed_via_github_app")
    )
