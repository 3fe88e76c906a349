"""What happens to a repository or an installation: pushes, sweeps, coming and going."""

from collections.abc import Callable, Iterable
from datetime import datetime
from hashlib import sha256

import structlog
from aiolimiter import AsyncLimiter

from bot.events import payload as read
from bot.events.own import Enqueue, review_of, sweep_of
from bot.events.payload import Payload
from bot.github.claims_sweep import sweep_claims
from bot.github.client import Clients
from bot.github.repository_facts import FactsReader
from bot.peps.number import number_in_path
from bot.policy.load import POLICY_PATH, default_policy
from bot.review.snapshot import PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.protocol import Store

_READS_AT_ONCE = 10
"""How many pull requests a sweep reads a second."""

_log = structlog.get_logger()


class RepositoryWork:
    """Handles what concerns a whole repository or installation."""

    def __init__(
        self,
        *,
        clients: Clients,
        facts: FactsReader,
        store: Store,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._facts = facts
        self._store = store
        self._enqueue = enqueue
        self._pace = AsyncLimiter(_READS_AT_ONCE, 1)
        self._clock = clock

    async def pushed(self, repository: Repository, payload: Payload, delivery: str) -> None:
        """Renew what is cached, and have those reviewed whom the push concerns.

        Concerned are open pull requests whose verdict hangs on a number whose file came or went,
        and all that were reviewed if the policy changed.
        """
        if not read.pushed_to_default(payload):
            return
        self._facts.forget(repository)
        came_or_went, touched = _paths(payload)
        if POLICY_PATH in touched | came_or_went:
            concerned: Iterable[int] = [
                number
                for number, memory in (await self._store.reviewed(repository)).items()
                if memory.state is PullRequestState.OPEN
            ]
        else:
            numbers = {number_in_path(path) for path in came_or_went} - {None}
            concerned = await self._store.depending_on(
                repository, [number for number in numbers if number is not None]
            )
        await self._review(repository, concerned, delivery)

    async def suite_rerequested(
        self, repository: Repository, payload: Payload, delivery: str
    ) -> None:
        """Review the pull requests whose head is the suite's commit."""
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
        )

    async def swept(self, repository: Repository, delivery: str) -> None:
        """Look through the open pull requests: what they claim, and what was missed.

        Those whose event was lost are reviewed now, and, once all claims are known, those new PEPs
        too whose verdict had to leave clashes open.
        """
        client = await self._clients.for_repository(repository.full_name, repository.installation)
        _, was_complete = await self._store.claims(repository)
        sweep = await sweep_claims(
            client,
            self._store,
            repository,
            limiter=self._pace,
            placeholders=default_policy().numbers.placeholders,
        )
        for number in sweep.to_review:
            # The event that was missed may have been a comment or a review.
            await self._store.forget_conversation(Subject(repository, number))
        concerned = set(await self._store.depending_on(repository, sweep.changed_numbers))
        if was_complete:
            concerned |= set(sweep.to_review)
        else:
            # Pull requests older than the installation are left alone until something happens.
            remembered = {
                number: memory
                for number, memory in (await self._store.reviewed(repository)).items()
                if memory.state is not None
            }
            concerned |= set(sweep.to_review) & remembered.keys()
            concerned |= await self._open_new_peps(repository)
        await self._review(repository, concerned, delivery)

    async def installation_changed(
        self, event: str, payload: Payload, installation: int, delivery: str
    ) -> None:
        """Learn of repositories that came, forget those that went.

        While suspended nothing is forgotten: the app may come back.
        """
        known = [
            repository.full_name
            for repository in await self._store.repositories()
            if repository.installation == installation
        ]
        came = read.repository_names(payload.get("repositories_added"))
        went = read.repository_names(payload.get("repositories_removed"))
        match event, payload.get("action"):
            case "installation", "created":
                came = read.repository_names(payload.get("repositories"))
            case "installation", "deleted":
                went = sorted({*known, *read.repository_names(payload.get("repositories"))})
            case "installation", "unsuspend" | "new_permissions_accepted":
                came = sorted({*known, *read.repository_names(payload.get("repositories"))})
        for name in went:
            await self._store.remove_repository(name)
            _log.info("repository forgotten", repository=name)
        for name in came:
            repository = Repository(name, installation)
            await self._store.add_repository(repository)
            await self._enqueue(sweep_of(repository, delivery, self._clock()))
            _log.info("repository added", repository=name)

    async def core_team_changed(self, text: str) -> None:
        """Have every open new PEP reviewed: a new list may make somebody eligible, or not any more.

        `text` is the new list; its digest is the cause, so that one list is a cause once.
        """
        cause = sha256(text.encode()).hexdigest()[:32]
        for repository in await self._store.repositories():
            await self._review(repository, await self._open_new_peps(repository), cause)

    async def _open_new_peps(self, repository: Repository) -> set[int]:
        return {
            number
            for number, memory in (await self._store.reviewed(repository)).items()
            if memory.is_new_pep and memory.state is PullRequestState.OPEN
        }

    async def _review(self, repository: Repository, numbers: Iterable[int], delivery: str) -> None:
        for number in sorted(numbers):
            await self._enqueue(review_of(Subject(repository, number), delivery, self._clock()))


def _paths(payload: Payload) -> tuple[set[str], set[str]]:
    """The paths that a push adds or removes, and those it modifies."""
    came_or_went: set[str] = set()
    touched: set[str] = set()
    commits = payload.get("commits")
    for commit in commits if isinstance(commits, list) else []:
        for kind in ("added", "removed", "modified"):
            paths = commit.get(kind) if isinstance(commit, dict) else None
            if isinstance(paths, list):
                target = touched if kind == "modified" else came_or_went
                target.update(path for path in paths if isinstance(path, str))
    return came_or_went, touched
