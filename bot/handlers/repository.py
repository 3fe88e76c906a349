"""Handles events on whole repositories and installations: pushes, sweeps, installing, removal."""

from collections.abc import Iterable
from datetime import datetime

import structlog

from bot.app import App
from bot.github.client.client import Client, Gone
from bot.github.read.claims_sweep import sweep_claims
from bot.github.read.repository import is_private
from bot.handlers import payload as read
from bot.handlers.events import Work
from bot.handlers.internal_jobs import EVERYTHING, RERUN, review_of, sweep_of
from bot.handlers.invalidator import editors_seen, review_others
from bot.handlers.names import resolve_repository
from bot.handlers.published_peps import follow_push
from bot.handlers.submission_work import update_submissions
from bot.policy.load import default_policy
from bot.review.snapshot import PullRequestState
from bot.review.subject import Repository, Subject

_log = structlog.get_logger()


async def push(app: App, work: Work, repository: Repository) -> None:
    """Follow a push to the default branch: pull requests, published PEPs, submissions.

    Which pull requests it concerns is not read off the commits listed in the push: they lack files
    of large pushes, and what a forced push removed.

    Raises:
        GitHubFailure: The branch cannot be read now.
    """
    branch = read.pushed_default_branch(work.payload)
    if branch is None:
        return
    await review_others(app, repository, work.last.id, bases=[branch], base_changed=True)
    await follow_push(app, repository, branch, read.pushed_peps(work.payload))
    await update_submissions(app, repository, branch, work.last.id)


async def rename(_app: App, _work: Work, _repository: Repository) -> None:
    """Nothing more: the repository is recognized by then."""


async def rerun_suite(app: App, work: Work, repository: Repository) -> None:
    """Queue reviews of the open pull requests whose head is the suite's commit."""
    head = read.suite_head(work.payload)
    if head is None:
        return
    remembered = await app.store.reviewed(repository)
    await _review(
        app,
        repository,
        [
            number
            for number, memory in remembered.items()
            if memory.head_sha == head and memory.state is PullRequestState.OPEN
        ],
        work.last.id,
        RERUN,
    )


async def sweep(app: App, work: Work, repository: Repository) -> None:
    """Sweep the open pull requests: update their claims, and find out what was missed.

    Queues reviews of those whose event was lost, and of those that an unnoticed change concerns
    here or in the core team's list, which no event reports. If it is to review everything, it
    queues all open ones that were ever reviewed, because due reviews may have been dropped.
    """
    client = await app.clients.for_repository(repository.full_name, repository.installation)
    asked_at = app.clock()
    _, was_complete = await app.store.claims(repository)
    found = await sweep_claims(
        client,
        app.store,
        repository,
        limiter=app.sweep_limiter,
        placeholders=default_policy().numbers.placeholders,
    )
    await _record_visibility(app, client, repository, found.is_private, asked_at)
    due = set(found.to_review)
    if work.last.action == EVERYTHING:
        due |= {
            number
            for number, memory in (await app.store.reviewed(repository)).items()
            if memory.state is PullRequestState.OPEN
        }
    for number in due:
        # The event that was missed may have been a comment or a review.
        await app.store.forget_conversation(Subject(repository, number))
    to_review = set(due)
    if not was_complete:
        # Pull requests older than the installation are not reviewed until something happens.
        to_review &= {
            number
            for number, memory in (await app.store.reviewed(repository)).items()
            if memory.state is not None
        }
    # A push may have been missed, too, and then no process may use its cached branches.
    await review_others(
        app, repository, work.last.id, bases=found.bases, excluding=to_review, base_changed=True
    )
    await _review(app, repository, to_review, work.last.id)
    await _refresh_people(app, client, repository, work.last.id)


async def first_sweep(app: App, work: Work, repository: Repository) -> None:
    """Sweep the open pull requests unless that has been done since it was requested."""
    _, is_complete = await app.store.claims(repository)
    if not is_complete:
        await sweep(app, work, repository)


async def change_installation(app: App, work: Work) -> None:
    """Record repositories that were added, and forget those that were removed.

    Nothing is forgotten while an installation is suspended, since it may be resumed. Nor is a
    repository that was added again before its removal was handled.

    Raises:
        GitHubFailure: GitHub cannot be asked now whether it was added again.
    """
    event, payload, delivery = work.last.event, work.payload, work.last.id
    installation = read.installation_id(payload)
    if installation is None:
        return
    repositories = await app.store.repositories()
    known = [one.full_name for one in repositories if one.installation == installation]
    elsewhere = {one.full_name.lower() for one in repositories if one.installation != installation}
    added = read.repository_names(payload.get("repositories_added"))
    removed = read.repository_names(payload.get("repositories_removed"))
    action = ""
    match event, payload.get("action"):
        case "installation", "created":
            added = read.repository_names(payload.get("repositories"))
        case "installation", "deleted":
            removed = dict.fromkeys(known) | read.repository_names(payload.get("repositories"))
        case "installation", "unsuspend":
            added = dict.fromkeys(known) | read.repository_names(payload.get("repositories"))
            action = EVERYTHING  # reviews requested meanwhile were dropped
        case "installation", "new_permissions_accepted":
            added = dict.fromkeys(known) | read.repository_names(payload.get("repositories"))
    for name in sorted(removed):
        if name.lower() in elsewhere or await _is_reinstalled(app, event, name):
            continue  # this event is late: it is installed again
        await app.store.remove_repository(name)
        await app.visibility.hide(name)
        _log.info("repository forgotten", subject=name.lower())
    for name, github_id in sorted(added.items()):
        # It may be private or another repository by now; the sweep asks.
        await app.visibility.hide(name)
        try:
            repository = await resolve_repository(
                app, Repository(name, installation), github_id, delivery
            )
        except Gone:
            continue
        await app.inbox.accept(sweep_of(repository, delivery, app.clock(), action))
        _log.info("repository added", subject=name.lower())


async def _is_reinstalled(app: App, event: str, name: str) -> bool:
    """Whether a repository that was removed from the installation has been added again."""
    # A deleted installation cannot come back; a new one has another id.
    if event == "installation":
        return False
    return await app.clients.installation_of(name) is not None


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


async def _review(
    app: App, repository: Repository, numbers: Iterable[int], delivery: str, action: str = ""
) -> None:
    for number in sorted(numbers):
        subject = Subject(repository, number)
        await app.inbox.accept(review_of(subject, delivery, app.clock(), action))
