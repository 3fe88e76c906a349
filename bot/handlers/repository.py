"""Handles events on whole repositories and installations: pushes, sweeps, installing, removal."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog
from aiolimiter import AsyncLimiter

from bot.github.client.client import Client, Clients, Gone
from bot.github.read.claims_sweep import sweep_claims
from bot.github.read.people_reader import PeopleReader
from bot.github.read.repository import BaseBranchReader, is_private
from bot.handlers import payload as read
from bot.handlers.internal_jobs import EVERYTHING, RERUN, Enqueue, review_of, sweep_of
from bot.handlers.invalidator import Invalidator
from bot.handlers.names import RepositoryResolver
from bot.handlers.payload import Payload
from bot.policy.load import default_policy
from bot.review.snapshot import PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.protocol import Store
from bot.store.visibility import Visibility

_READS_PER_SECOND = 10
"""How many pull requests a sweep reads a second."""

_log = structlog.get_logger()


class RepositoryWork:
    """Handles events on whole repositories and installations."""

    def __init__(
        self,
        *,
        clients: Clients,
        base_branch: BaseBranchReader,
        people: PeopleReader,
        invalidator: Invalidator,
        names: RepositoryResolver,
        store: Store,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._base_branch = base_branch
        self._people = people
        self._invalidator = invalidator
        self._names = names
        self._store = store
        self._enqueue = enqueue
        self._read_limiter = AsyncLimiter(_READS_PER_SECOND, 1)
        self._clock = clock
        self._visibility = Visibility(store, clock)

    async def pushed(self, repository: Repository, payload: Payload, delivery: str) -> None:
        """Read cached branches again, and queue reviews of pull requests the push concerns.

        The commits listed in the push are not used: they lack files of large pushes, and what a
        forced push removed.
        """
        branch = read.pushed_default_branch(payload)
        if branch is not None:
            await self._invalidator.review(repository, delivery, bases=[branch], base_changed=True)

    async def suite_rerequested(
        self, repository: Repository, payload: Payload, delivery: str
    ) -> None:
        """Queue reviews of the open pull requests whose head is the suite's commit."""
        head = read.suite_head(payload)
        if head is None:
            return
        remembered = await self._store.reviewed(repository)
        await self._review(
            repository,
            [
                number
                for number, memory in remembered.items()
                if memory.head_sha == head and memory.state is PullRequestState.OPEN
            ],
            delivery,
            RERUN,
        )

    async def swept(
        self, repository: Repository, delivery: str, *, everything: bool = False
    ) -> None:
        """Sweep the open pull requests: update their claims, and find out what was missed.

        Queues reviews of those whose event was lost, and of those that an unnoticed change concerns
        here or in the core team's list, which no event reports. With `everything` it queues all
        open ones that were ever reviewed, because due reviews may have been dropped.
        """
        client = await self._clients.for_repository(repository.full_name, repository.installation)
        asked_at = self._clock()
        _, was_complete = await self._store.claims(repository)
        sweep = await sweep_claims(
            client,
            self._store,
            repository,
            limiter=self._read_limiter,
            placeholders=default_policy().numbers.placeholders,
        )
        await self._record_visibility(client, repository, sweep.is_private, asked_at)
        due = set(sweep.to_review)
        if everything:
            due |= {
                number
                for number, memory in (await self._store.reviewed(repository)).items()
                if memory.state is PullRequestState.OPEN
            }
        for number in due:
            # The event that was missed may have been a comment or a review.
            await self._store.forget_conversation(Subject(repository, number))
        to_review = set(due)
        if not was_complete:
            # Pull requests older than the installation are not reviewed until something happens.
            to_review &= {
                number
                for number, memory in (await self._store.reviewed(repository)).items()
                if memory.state is not None
            }
        # A push may have been missed, too, and then no process may use its cached branches.
        await self._invalidator.review(
            repository, delivery, bases=sweep.bases, excluding=to_review, base_changed=True
        )
        await self._review(repository, to_review, delivery)
        await self._refresh_people(client, repository, delivery)

    async def swept_first(self, repository: Repository, delivery: str) -> None:
        """Sweep the open pull requests unless that has been done since it was requested."""
        _, is_complete = await self._store.claims(repository)
        if not is_complete:
            await self.swept(repository, delivery)

    async def installation_changed(
        self, event: str, payload: Payload, installation: int, delivery: str
    ) -> None:
        """Record repositories that were added, and forget those that were removed.

        Nothing is forgotten while an installation is suspended, since it may be resumed. Nor is a
        repository that was added again before its removal was handled.

        Raises:
            GitHubFailure: GitHub cannot be asked now whether it was added again.
        """
        repositories = await self._store.repositories()
        known = [one.full_name for one in repositories if one.installation == installation]
        elsewhere = {
            one.full_name.lower() for one in repositories if one.installation != installation
        }
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
            if name.lower() in elsewhere or await self._is_reinstalled(event, name):
                continue  # this event is late: it is installed again
            await self._store.remove_repository(name)
            await self._visibility.hide(name)
            _log.info("repository forgotten", subject=name.lower())
        for name, github_id in sorted(added.items()):
            # It may be private or another repository by now; the sweep asks.
            await self._visibility.hide(name)
            try:
                repository = await self._names.resolve_repository(
                    Repository(name, installation), github_id, delivery
                )
            except Gone:
                continue
            await self._enqueue(sweep_of(repository, delivery, self._clock(), action))
            _log.info("repository added", subject=name.lower())

    async def _is_reinstalled(self, event: str, name: str) -> bool:
        """Whether a repository that was removed from the installation has been added again."""
        # A deleted installation cannot come back; a new one has another id.
        if event == "installation":
            return False
        return await self._clients.installation_of(name) is not None

    async def _record_visibility(
        self, client: Client, repository: Repository, private: bool | None, asked_at: datetime
    ) -> None:
        """Remember whether the repository is public, since only then its pages are shown."""
        if private is None:
            # Without an open pull request no response so far said.
            asked_at = self._clock()
            private = await is_private(client, repository)
        if private is not None:
            name = repository.full_name
            await self._visibility.answered(name, is_private=private, asked_at=asked_at)

    async def _refresh_people(self, client: Client, repository: Repository, delivery: str) -> None:
        """Read the core team and the editors again, if an open pull request depends on them."""
        if not await self._store.numbered(repository):
            return
        base_branch = await self._base_branch.at(client, repository)
        await self._people.core_team(client, repository, base_branch.policy, refresh=True)
        editors = await self._people.editors(
            client, repository, base_branch.policy, base_branch.default_codeowners, refresh=True
        )
        if editors.logins is not None and not editors.notes:
            await self._invalidator.editors_seen(repository, editors.logins, delivery)

    async def _review(
        self, repository: Repository, numbers: Iterable[int], delivery: str, action: str = ""
    ) -> None:
        for number in sorted(numbers):
            subject = Subject(repository, number)
            await self._enqueue(review_of(subject, delivery, self._clock(), action))
