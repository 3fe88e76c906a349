"""Reminds authors of what is left to do after a merge, and editors of sources that changed.

Once a day the due reminders are determined, if the policy wants them as comments, and each pull
request gets a delivery of its own, so that reminders and reviews of one pull request do not run at
the same time. When it is handled everything is checked again, since the reason may be gone.
"""

from collections.abc import Sequence
from functools import partial

from bot.app import App
from bot.github.client.client import (
    Client,
    GitHubFailure,
    Gone,
    NotAllowed,
    Refused,
    items_at,
    moment_at,
    text_at,
    variables,
)
from bot.github.read.accounts import collect_listed_logins
from bot.github.read.base_branch import BaseBranch
from bot.github.read.instruction_labels import GHOST_ACCOUNT, InstructionReader, PresentLabels
from bot.github.write.comments import (
    REMINDER_COMMENT,
    ensure_comment,
    ensure_queue_issue,
    settle_comments,
)
from bot.github.write.outbox import Destination
from bot.handlers.events import Job
from bot.handlers.handle import Work
from bot.handlers.jobs import queue_job
from bot.handlers.payload import Event
from bot.handlers.published_peps import tip_of
from bot.logs import get_logger
from bot.peps.people import Login
from bot.policy.bodies import Source
from bot.policy.fields import NotificationMode
from bot.policy.model import Policy
from bot.review.queue.follow_up import FollowUp, follow_ups
from bot.review.queue.queue import WEEK, queue_of
from bot.review.queue.sources import SourceReading, SourceReadings
from bot.review.render.queue import REMINDER, queue_issue, reminder_comment, reminder_mark
from bot.review.subject import Repository, Subject
from bot.store.documents import QUEUE_ISSUE, SOURCES, Document
from bot.store.register import READINGS_TEXT, source_readings

_log = get_logger()


async def check_reminders(app: App, work: Work[Event], repository: Repository) -> None:
    """Queue a job for each pull request with a due reminder.

    Raises:
        GitHubFailure: GitHub cannot be read now.
    """
    _, _, base_branch = await tip_of(app, repository)
    pull_requests = {
        pull_request for pull_request, _ in await _due(app, repository, base_branch.policy)
    }
    for number in sorted(pull_requests):
        subject = Subject(repository, number)
        await queue_job(app, Job.REMIND, subject, work.last.id)


async def remind(app: App, work: Work[Event], repository: Repository) -> None:
    """Post the due reminders on one merged pull request that were not posted yet.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    subject = work.subject(repository)
    client, branch, base_branch = await tip_of(app, repository)
    due = [
        one
        for pull_request, one in await _due(app, subject.repository, base_branch.policy)
        if pull_request == subject.number
    ]
    # The process may have died after a reminder was stored and before it was settled.
    await _settle(app, subject, due)
    if not due:
        return
    pull_request = await _read_pull_request(client, subject)
    author = _author(pull_request)
    if author is None or await _is_paused(app, client, subject, base_branch, pull_request):
        return
    to = Destination(client, subject, work.last.id)
    for place, one in enumerate(due, start=1):
        body = reminder_comment(one, subject, branch, base_branch.policy, author)
        posted = await ensure_comment(app.outbox, to, REMINDER_COMMENT, reminder_mark(one), body)
        if posted is None and app.outbox.dry_run:
            continue
        # If GitHub refuses for good (a locked conversation), it is not tried again.
        await app.register.note_reminder(subject.repository, one.key, subject.number, app.clock())
        await _settle(app, subject, due[place:])
        _log.info("reminded", kind=one.kind.value, pep=one.pep.number)


async def _settle(app: App, subject: Subject, due: Sequence[FollowUp]) -> None:
    """Mark reminders that were begun as done, except those that are still due."""
    marks = {reminder_mark(one) for one in due}
    await settle_comments(
        app.outbox, subject, lambda mark: mark.startswith(f"{REMINDER} ") and mark not in marks
    )


async def _due(app: App, repository: Repository, policy: Policy) -> list[tuple[int, FollowUp]]:
    """Follow-ups that are due as comments and were not posted, each with its pull request.

    If an open pull request touches the PEP, nothing is due, since somebody is working on it.
    """
    sent = await app.register.reminded(repository)
    known = await app.pep_index.known(repository, policy)
    return [
        (one.added.pull_request, one)
        for one in follow_ups(known, app.clock(), policy)
        if policy.reminders.notification_mode(one.kind.value) is NotificationMode.COMMENT
        and one.added is not None
        and one.key not in sent
        and not known.touched.get(one.pep.number)
    ]


async def _read_pull_request(client: Client, subject: Subject) -> object:
    """The pull request as it is now; None if it does not exist any more."""
    place = variables(subject.repository, number=subject.number)
    try:
        return await client.get("/repos/{owner}/{repo}/issues/{number}", place)
    except Gone:
        return None


async def _is_paused(
    app: App, client: Client, subject: Subject, base_branch: BaseBranch, pull_request: object
) -> bool:
    names = base_branch.policy.labels
    present = frozenset(
        name for label in items_at(pull_request, "labels") if (name := text_at(label, "name"))
    )
    if not names.paused or names.paused.casefold() not in {one.casefold() for one in present}:
        return False
    editors = await app.people.editors(
        client, subject.repository, base_branch.policy, base_branch.default_codeowners
    )
    listed = collect_listed_logins(base_branch.policy, editors, None)
    instructions = await InstructionReader(app.store, app.identity).read(
        client,
        subject,
        PresentLabels(present, names),
        editors.logins,
        partial(app.resolve_accounts, subject, listed),
    )
    return names.paused.casefold() in {one.casefold() for one in instructions.labels}


def _author(pull_request: object) -> Login | None:
    """Whom a reminder on a pull request mentions; None if nobody, or if it was not merged.

    It is taken from GitHub, since an account may have been renamed and its login taken by another.
    """
    login = text_at(pull_request, "user", "login")
    if not login or text_at(pull_request, "pull_request", "merged_at") is None:
        return None
    is_person = text_at(pull_request, "user", "type") == "User" and login != GHOST_ACCOUNT
    return Login(login) if is_person else None


async def check_sources(app: App, _work: Work[Event], repository: Repository) -> None:
    """Find out which files changed since the policy's people and bodies were taken from them.

    Raises:
        GitHubFailure: The repository itself cannot be read now.
    """
    client, _, base_branch = await tip_of(app, repository)
    policy = base_branch.policy
    is_off = policy.reminders.source_changed is NotificationMode.OFF
    if is_off or not base_branch.is_pep_repository:
        return
    before = (await source_readings(app.store, repository)).readings
    clients = (await app.clients.anonymous(), client)
    readings = {
        name: await _read_source(clients, source, before.get(name))
        for name, source in policy.sources.items()
    }
    document = Document(READINGS_TEXT.dump(SourceReadings(readings)), app.clock())
    await app.store.keep_document(SOURCES.of(repository), document)


async def _read_source(
    clients: tuple[Client, Client], source: Source, before: SourceReading | None
) -> SourceReading:
    """When a file last changed after a day ("List commits"), as was known if GitHub fails now.

    It is asked without a token first: that is never counted against the installation, and an etag
    holds for one token only (https://github.com/eclipse-csi/otterdog/issues/201).
    """
    if before is None or before.as_of != source.as_of:
        before = SourceReading(source.as_of)
    anonymous, client = clients
    place = variables(
        Repository(source.repository, 0),
        path=source.path,
        since=f"{source.as_of}T23:59:59Z",
        per_page=1,
    )
    url = "/repos/{owner}/{repo}/commits{?path,since,per_page}"
    try:
        try:
            answer = await anonymous.changed(url, place, before.etag)
        except GitHubFailure:
            answer = await client.changed(url, place, before.etag)
    except (Gone, NotAllowed, Refused) as failure:
        _log.info("source not read", source=source.history, reason=str(failure))
        return SourceReading(source.as_of, is_readable=False)
    except GitHubFailure as failure:
        # The others are asked all the same, and this one again tomorrow.
        _log.info("source not read", source=source.history, reason=str(failure))
        return before
    if answer is None:
        return before
    commits, etag = answer
    times = [moment_at(one, "commit", "committer", "date") for one in items_at(commits)]
    return SourceReading(source.as_of, etag, max(filter(None, times), default=None))


async def update_queue_issue(app: App, work: Work[Event], repository: Repository) -> None:
    """Open or edit the issue; a second run finds nothing to do.

    Raises:
        GitHubFailure: GitHub cannot be read or written now.
    """
    client, _, base_branch = await tip_of(app, repository)
    if not base_branch.policy.issues.queue:
        return
    numbers = await app.store.stored_numbers(repository)
    now = app.clock()
    listings = await app.store.listings(repository, since=now - WEEK)
    peps = await app.pep_index.known(repository, base_branch.policy, listings)
    queue = queue_of(listings, now, numbers=numbers, known=peps, policy=base_branch.policy)
    name = QUEUE_ISSUE.of(repository)
    kept = await app.store.document(name)
    known = int(kept.text) if kept is not None and kept.text.isdecimal() else None
    to = Destination(client, Subject(repository, 0), work.last.id)
    number = await ensure_queue_issue(app.outbox, to, queue_issue(queue), known)
    if number is not None and number != known:
        await app.store.keep_document(name, Document(str(number), app.clock()))
