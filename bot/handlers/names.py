"""Whose payload it is: repositories are renamed and transferred, and their accounts renamed.

GitHub's id of a repository stays. So whenever a known id comes under a name that is news, GitHub is
asked how the repository is called now: events come late, and in another order than they happened.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from bot.github.client.client import Clients
from bot.github.client.failure import Gone
from bot.github.client.response import number_at, text_at, variables
from bot.handlers.internal_jobs import Enqueue, sweep_of
from bot.review.subject import Repository
from bot.store.names import RepositoryNames
from bot.store.protocol import Store
from bot.store.visibility import Visibility

_log = structlog.get_logger()


class RepositoryResolver:
    """Recognizes repositories."""

    def __init__(
        self,
        *,
        clients: Clients,
        store: Store,
        names: RepositoryNames,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._store = store
        self._names = names
        self._enqueue = enqueue
        self._clock = clock
        self._visibility = Visibility(store, clock)

    async def known(self, full_name: str) -> Repository | None:
        """The repository that has or had a name, as it is called now; None if none is known."""
        return await self._names.current_repository(full_name)

    async def resolve_repository(
        self,
        payload_repository: Repository,
        github_id: int | None,
        delivery: str,
        *,
        former_name: str | None = None,
    ) -> Repository:
        """The repository that a payload tells of, as it is called now; it is known from then on.

        Args:
            payload_repository: As the payload calls it.
            github_id: Its id; None in what the bot gave itself.
            delivery: The cause of what is queued.
            former_name: The name that it had before, where the payload tells that.

        Raises:
            Gone: What has this name is another repository by now.
            GitHubFailure: Nobody can tell now.
        """
        if github_id is None:
            return await self._by_name(payload_repository)
        if former_name is not None:
            await self._record_former_name(
                Repository(former_name, payload_repository.installation), github_id
            )
        recognized_as = await self._names.look_up(payload_repository.full_name, github_id)
        if recognized_as.owner == github_id and _has_name_of(
            recognized_as.by_name, payload_repository
        ):
            if recognized_as.by_name != payload_repository:
                await self._store.add_repository(payload_repository)
            return payload_repository
        if recognized_as.is_known or recognized_as.owner is not None:
            # A token for what was called so does not reach what is.
            self._clients.forget(payload_repository.full_name)
            if not await self._is_current_name(payload_repository, github_id):
                if recognized_as.by_id is None:
                    raise Gone(
                        f"{payload_repository.full_name}: the repository {github_id} is "
                        "not called so"
                    )
                return recognized_as.by_id
            if recognized_as.is_known:
                _log.info("repository renamed", subject=payload_repository.full_name.lower())
            # What it was called before is no more; whether it may be shown the sweep asks.
            await self._visibility.hide(payload_repository.full_name)
            await self._names.set_name(payload_repository, github_id)
            await self._enqueue(sweep_of(payload_repository, delivery, self._clock()))
            return payload_repository
        await self._names.set_name(payload_repository, github_id)
        return payload_repository

    async def _by_name(self, payload_repository: Repository) -> Repository:
        known = await self._names.current_repository(payload_repository.full_name)
        if known is not None and not _has_name_of(known, payload_repository):
            return known
        if known != payload_repository:
            await self._store.add_repository(payload_repository)
        return payload_repository

    async def _record_former_name(self, before: Repository, github_id: int) -> None:
        """Give an id that is not known yet to what is known by its former name alone."""
        recognized_as = await self._names.look_up(before.full_name, github_id)
        if (
            recognized_as.by_name is not None
            and recognized_as.owner is None
            and not recognized_as.is_known
        ):
            await self._names.set_name(before, github_id)

    async def _is_current_name(self, payload_repository: Repository, github_id: int) -> bool:
        client = await self._clients.for_repository(
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
