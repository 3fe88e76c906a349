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


class Names:
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
        return await self._names.called(full_name)

    async def recognized(
        self,
        told: Repository,
        github_id: int | None,
        delivery: str,
        *,
        formerly: str | None = None,
    ) -> Repository:
        """The repository that a payload tells of, as it is called now; it is known from then on.

        Args:
            told: As the payload calls it.
            github_id: Its id; None in what the bot gave itself.
            delivery: The cause of what is queued.
            formerly: The name that it had before, where the payload tells that.

        Raises:
            Gone: What has this name is another repository by now.
            GitHubFailure: Nobody can tell now.
        """
        if github_id is None:
            return await self._by_name(told)
        if formerly is not None:
            await self._learn(Repository(formerly, told.installation), github_id)
        seen = await self._names.recognize(told.full_name, github_id)
        if seen.owner == github_id and _is_called(seen.by_name, told):
            if seen.by_name != told:
                await self._store.add_repository(told)
            return told
        if seen.is_known or seen.owner is not None:
            # A token for what was called so does not reach what is.
            self._clients.forget(told.full_name)
            if not await self._is_called_so(told, github_id):
                if seen.by_id is None:
                    raise Gone(f"{told.full_name}: the repository {github_id} is not called so")
                return seen.by_id
            if seen.is_known:
                _log.info("repository renamed", subject=told.full_name.lower())
            # What it was called before is no more; whether it may be shown the sweep asks.
            await self._visibility.hide(told.full_name)
            await self._names.call(told, github_id)
            await self._enqueue(sweep_of(told, delivery, self._clock()))
            return told
        await self._names.call(told, github_id)
        return told

    async def _by_name(self, told: Repository) -> Repository:
        known = await self._names.called(told.full_name)
        if known is not None and not _is_called(known, told):
            return known
        if known != told:
            await self._store.add_repository(told)
        return told

    async def _learn(self, before: Repository, github_id: int) -> None:
        """Give an id that is not known yet to what is known by its former name alone."""
        seen = await self._names.recognize(before.full_name, github_id)
        if seen.by_name is not None and seen.owner is None and not seen.is_known:
            await self._names.call(before, github_id)

    async def _is_called_so(self, told: Repository, github_id: int) -> bool:
        client = await self._clients.for_repository(told.full_name, told.installation)
        try:
            document = await client.get("/repos/{owner}/{repo}", variables(told))
        except Gone:
            return False
        name = text_at(document, "full_name") or ""
        return number_at(document, "id") == github_id and name.lower() == told.full_name.lower()


def _is_called(known: Repository | None, told: Repository) -> bool:
    return known is not None and known.full_name.lower() == told.full_name.lower()
