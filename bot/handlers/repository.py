"""Handles events on whole repositories and installations: pushes, sweeps, installing, removal."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.app import App
from bot.github.client.client import Client, Gone
from bot.github.read.base_branch_reader import is_private
from bot.github.read.claims_sweep import sweep_claims
from bot.handlers.conversation import handle_subject
from bot.handlers.event_models import (
    CheckRunEvent,
    CheckSuiteEvent,
    InstallationEvent,
    PushEvent,
    names_in,
)
from bot.handlers.events import EVERYTHING, RERUN, Job
from bot.handlers.handle import Work, require_requests
from bot.handlers.invalidator import editors_seen, open_pull_requests, review_others
from bot.handlers.jobs import queue_job, queue_reviews
from bot.handlers.names import resolve_repository
from bot.handlers.payload import Event
from bot.handlers.published_peps import note_push, read_changes
from bot.handlers.submission_work import update_submissions
from bot.inbox.delivery import Priority
from bot.logs import get_logger
from bot.policy.load import default_policy
from bot.review.snapshot import PullRequestState
from bot.review.subject import CheckResult, Repository, Subject
from bot.store.documents import CHECK_RESULTS, RESULTS_TEXT, CheckResults, Document
from bot.store.register import stored_policy

_log = get_logger()


async def push(app: App, work: Work[PushEvent], repository: Repository) -> None:
    """Follow a push to the default branch: pull requests, published PEPs, submissions.

    Which pull requests it concerns is not read off the commits listed in the push: they lack files
    of large pushes, and what a forced push removed.

    Raises:
        GitHubFailure: The branch cannot be read now.
    """
    branch = work.event.default_branch
    if branch is None:
        return
    await review_others(app, repository, work.last.id, bases=[branch], base_changed=True)
    before = await read_changes(app, repository, branch, work.event.peps)
    await note_push(app, work, repository, branch, before)
    await update_submissions(app, repository, branch, work.last.id)


async def rename(_app: App, _work: Work[Event], _repository: Repository) -> None:
    """Nothing more: the repository is recognized by then."""


async def handle_check_run(app: App, work: Work[Event], repository: Repository) -> None:
    """Follow a button or a re-run of the bot's own check run, or the result of another check.

    A result is kept by its commit, so that a review that comes later knows it, too. GitHub is not
    asked: only the checks that the policy names count, and that was stored when it was last read.
    """
    event = work.event
    if not isinstance(event, CheckRunEvent) or event.made_for is not None:
        await handle_subject(app, work, repository)
        return
    name, run, head = event.name, event.check_run, event.head_sha
    if name is None or run is None or head is None:
        return
    policy = await stored_policy(app.store, repository)
    if name not in policy.checks:
        return
    document = CHECK_RESULTS.of(repository, head)
    stored = await app.store.document(document)
    known = RESULTS_TEXT.load(stored.text) if stored is not None else None
    results = {one.name: one for one in known.results} if known is not None else {}
    before = results.get(name)
    if before is not None and before.run > run:
        return  # this event is late: the check was run again meanwhile
    results[name] = CheckResult(name, run, event.url or "", event.has_failed)
    text = RESULTS_TEXT.dump(CheckResults(tuple(results.values())))
    await app.store.keep_document(document, Document(text, app.clock()))
    if event.has_failed or (before is not None and before.failed):
        await _review_head(app, repository, head, work.last.id)


async def rerun_suite(app: App, work: Work[CheckSuiteEvent], repository: Repository) -> None:
    """Queue reviews of the open pull requests whose head is the suite's commit."""
    if head := work.event.head_sha:
        await _review_head(app, repository, head, work.last.id, RERUN)


async def _review_head(
    app: App, repository: Repository, head: str, delivery: str, action: str = ""
) -> None:
    """Queue reviews of the open pull requests with this head, as far as it is known.

    Of forks no event names the pull requests.
    """
    opened = await open_pull_requests(app, repository)
    numbers = [number for number, memory in opened.items() if memory.head_sha == head]
    await queue_reviews(app, repository, numbers, delivery, action)


async def sweep(app: App, work: Work[Event], repository: Repository) -> None:
    """Sweep the open pull requests: update their claims, and find out what was missed.

    Queues reviews of those whose event was lost, and of those that an unnoticed change concerns
    here or in the core team's list, which no event reports. If it is to review everything, it
    queues all open ones that were ever reviewed, because due reviews may have been dropped.
    """

    async def pace() -> None:
        # One sweep may need more requests than it may leave unspent.
        require_requests(app, repository.installation, Priority.SWEEP)
        await app.sweep_limiter.acquire()

    client = await app.clients.for_repository(repository.full_name, repository.installation)
    asked_at = app.clock()
    was_complete = (await app.store.stored_numbers(repository)).claims_complete
    found = await sweep_claims(
        client,
        app.store,
        repository,
        pace=pace,
        placeholders=default_policy().numbers.placeholders,
    )
    await _record_visibility(app, client, repository, found.is_private, asked_at)
    remembered = await app.store.reviewed(repository)
    opened = {
        number: memory
        for number, memory in remembered.items()
        if memory.state is PullRequestState.OPEN
    }
    due = set(found.to_review)
    if work.last.action == EVERYTHING:
        due |= opened.keys()
    for number in due:
        # The event that was missed may have been a comment or a review.
        await app.store.forget_conversation(Subject(repository, number))
    to_review = due | {
        # No event tells that a conflict is gone, and that of a check may be lost.
        number
        for number, memory in opened.items()
        if memory.queue_entry is not None and memory.queue_entry.obstacles
    }
    if not was_complete:
        # Pull requests older than the installation are not reviewed until something happens.
        to_review &= {number for number, memory in remembered.items() if memory.state is not None}
    # A push may have been missed, too, and then no process may use its cached branches.
    await review_others(
        app, repository, work.last.id, bases=found.bases, excluding=to_review, base_changed=True
    )
    await queue_reviews(app, repository, to_review, work.last.id)
    await _refresh_people(app, client, repository, work.last.id)


async def first_sweep(app: App, work: Work[Event], repository: Repository) -> None:
    """Sweep the open pull requests unless that has been done since it was requested."""
    is_complete = (await app.store.stored_numbers(repository)).claims_complete
    if not is_complete:
        await sweep(app, work, repository)


async def change_installation(app: App, work: Work[InstallationEvent]) -> None:
    """Follow the app being installed, removed, resumed or granted permissions.

    Nothing is forgotten while an installation is suspended, since it may be resumed.

    Raises:
        GitHubFailure: GitHub cannot be asked now whose names the repositories have.
    """
    known = dict.fromkeys(
        one.full_name
        for one in await app.store.repositories()
        if one.installation == work.event.installation
    )
    listed = names_in(work.event.repositories)
    match work.event.action:
        case "created":
            await _add(app, work, listed)
        case "deleted":
            # A deleted installation cannot come back; a new one has another id.
            await _remove(app, work, known | listed)
        case "unsuspend":
            # Reviews requested meanwhile were dropped.
            await _add(app, work, known | listed, EVERYTHING)
        case "new_permissions_accepted":
            await _add(app, work, known | listed)


async def change_repositories(app: App, work: Work[InstallationEvent]) -> None:
    """Record repositories that were added, and forget those that were removed.

    A repository that was added again before its removal was handled is not forgotten.

    Raises:
        GitHubFailure: GitHub cannot be asked now whether it was added again.
    """
    removed = names_in(work.event.repositories_removed)
    back = {name for name in removed if await app.clients.installation_of(name) is not None}
    await _remove(app, work, {name for name in removed if name not in back})
    await _add(app, work, names_in(work.event.repositories_added))


async def _remove(app: App, work: Work[InstallationEvent], names: Iterable[str]) -> None:
    elsewhere = {
        one.full_name.lower()
        for one in await app.store.repositories()
        if one.installation != work.event.installation
    }
    for name in sorted(names):
        if name.lower() in elsewhere:
            continue  # this event is late: it is installed again
        await app.store.remove_repository(name)
        await app.visibility.hide(name)
        _log.info("repository removed", subject=name.lower())


async def _add(
    app: App, work: Work[InstallationEvent], names: Mapping[str, int | None], action: str = ""
) -> None:
    if (installation := work.event.installation) is None:
        return
    for name, github_id in sorted(names.items()):
        # It may be private or another repository by now; the sweep asks.
        await app.visibility.hide(name)
        try:
            repository = await resolve_repository(
                app, Repository(name, installation), github_id, work.last.id
            )
        except Gone:
            continue
        await queue_job(app, Job.SWEEP, repository, work.last.id, action)
        await queue_job(app, Job.REGISTER, repository, work.last.id)
        _log.info("repository added", subject=name.lower())


async def _record_visibility(
    app: App, client: Client, repository: Repository, private: bool | None, asked_at: datetime
) -> None:
    """Remember whether the repository is public, since only then its pages are shown."""
    if private is None:
        # Without an open pull request no response so far said.
        asked_at = app.clock()
        private = await is_private(client, repository)
    if private is not None:
        name = repository.full_name
        await app.visibility.answered(name, is_private=private, asked_at=asked_at)


async def _refresh_people(app: App, client: Client, repository: Repository, delivery: str) -> None:
    """Read the core team and the editors again, if an open pull request depends on them."""
    if not await app.store.numbered(repository):
        return
    base_branch = await app.base_branch.at(client, repository)
    await app.people.core_team(client, repository, base_branch.policy, refresh=True)
    editors = await app.people.editors(
        client, repository, base_branch.policy, base_branch.default_codeowners, refresh=True
    )
    if editors.logins is not None and not editors.notes:
        await editors_seen(app, repository, editors.logins, delivery)
