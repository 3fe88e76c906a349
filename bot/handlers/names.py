"""Recognizes the repository of a payload, even after a rename or transfer.

GitHub's id of a repository never changes. If a known id arrives with a new name, GitHub is asked
for the current name, since events may arrive late and out of order.
"""

from bot.app import App
from bot.github.client.client import Gone, number_at, text_at, variables
from bot.handlers.events import Job
from bot.handlers.jobs import queue_job
from bot.logs import get_logger
from bot.review.subject import Repository

_log = get_logger()


async def resolve_repository(
    app: App,
    payload_repository: Repository,
    github_id: int | None,
    delivery: str,
    *,
    former_name: str | None = None,
) -> Repository:
    """The repository of a payload under its current name, which is stored.

    Args:
        app: The app.
        payload_repository: The repository under the name in the payload.
        github_id: Its id; None in the bot's internal jobs.
        delivery: The delivery, used as the cause of queued jobs.
        former_name: Its previous name, if the payload contains it.

    Raises:
        Gone: Another repository has this name by now.
        GitHubFailure: GitHub cannot be asked now.
    """
    if github_id is None:
        return await _by_name(app, payload_repository)
    if former_name is not None:
        await _record_former_name(
            app, Repository(former_name, payload_repository.installation), github_id
        )
    recognized_as = await app.names.look_up(payload_repository.full_name, github_id)
    if recognized_as.owner == github_id and _has_name_of(recognized_as.by_name, payload_repository):
        if recognized_as.by_name != payload_repository:
            await app.store.add_repository(payload_repository)
        return payload_repository
    if recognized_as.is_known or recognized_as.owner is not None:
        # A token for the repository that had this name does not work for the one that has it.
        app.clients.forget(payload_repository.full_name)
        if not await _is_current_name(app, payload_repository, github_id):
            if recognized_as.by_id is None:
                raise Gone(
                    f"{payload_repository.full_name}: the repository {github_id} is not called so"
                )
            return recognized_as.by_id
        if recognized_as.is_known:
            _log.info("repository renamed", subject=payload_repository.full_name.lower())
        # Hide its pages until the sweep has asked whether it is public.
        await app.visibility.hide(payload_repository.full_name)
        await app.names.set_name(payload_repository, github_id)
        await queue_job(app, Job.SWEEP, payload_repository, delivery)
        return payload_repository
    await app.names.set_name(payload_repository, github_id)
    return payload_repository


async def _by_name(app: App, payload_repository: Repository) -> Repository:
    known = await app.names.current_repository(payload_repository.full_name)
    if known is not None and not _has_name_of(known, payload_repository):
        return known
    if known != payload_repository:
        await app.store.add_repository(payload_repository)
    return payload_repository


async def _record_former_name(app: App, before: Repository, github_id: int) -> None:
    """Store the id of a repository that is known only by its former name."""
    recognized_as = await app.names.look_up(before.full_name, github_id)
    if (
        recognized_as.by_name is not None
        and recognized_as.owner is None
        and not recognized_as.is_known
    ):
        await app.names.set_name(before, github_id)


async def _is_current_name(app: App, payload_repository: Repository, github_id: int) -> bool:
    client = await app.clients.for_repository(
        payload_repository.full_name, payload_repository.installation
    )
    try:
        document = await client.get("/repos/{owner}/{repo}", variables(payload_repository))
    except Gone:
        return False
    name = text_at(document, "full_name") or ""
    return (
        number_at(document, "id") == github_id
        and name.lower() == payload_repository.full_name.lower()
    )


def _has_name_of(known: Repository | None, payload_repository: Repository) -> bool:
    return known is not None and known.full_name.lower() == payload_repository.full_name.lower()
