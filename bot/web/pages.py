"""The pages: what everybody may know, from what is remembered. Nothing is asked of GitHub for one.

Only public repositories are shown. Of a private one, or one that nobody knows to be public, the
answer is that of one that does not exist.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cachetools import TTLCache
from sqlalchemy import Connection

from bot.peps.number import PepNumber
from bot.policy.model import Policy
from bot.review.awaiting import awaiting_decision
from bot.review.follow_up import follow_ups
from bot.review.queue import Queue, is_told, queue_of
from bot.review.register import Register
from bot.review.snapshot import Memory, PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.commands import SqlCommandStore
from bot.store.database import Database
from bot.store.names import SqlRepositoryNames
from bot.store.register import SqlRegisterStore
from bot.store.remembered import remembered_in
from bot.store.sql import SqlStore
from bot.store.submissions import SqlSubmissionStore
from bot.store.visibility import Visibility, public_repositories
from bot.store.whole_queue import WholeQueue, kept_policy
from bot.web.deciders_page import deciders_page
from bot.web.page_templates import page
from bot.web.pep_page import KnownOfPep, pep_page
from bot.web.pull_page import pull_page
from bot.web.queue_page import queue_page

LIFETIME = 15.0
"""Seconds that a page is shown as it was made: strangers can ask often, and it costs to make."""

_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent.

    Attributes:
        status: The HTTP status.
        body: HTML, UTF-8.
        etag: A tag of the body, in quotes.
    """

    status: int
    body: bytes
    etag: str


Make = Callable[[], Awaitable[Page]]
"""Makes a page that is not kept."""


class Pages:
    """Makes pages, one after another, and keeps each for a moment."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        web_url: str,
        lifetime: float = LIFETIME,
    ) -> None:
        """Show what `database` remembers.

        Args:
            database: Read, never written; closed by `close`.
            clock: The present time (UTC).
            web_url: GitHub's address for people.
            lifetime: Seconds that a page is kept.
        """
        self._database = database
        self._store = SqlStore(database)
        self._names = SqlRepositoryNames(database)
        self._commands = SqlCommandStore(database)
        self._visibility = Visibility(self._store, clock)
        self._register = SqlRegisterStore(database)
        self._submissions = SqlSubmissionStore(database, clock)
        self._whole = WholeQueue(
            self._store, self._register, self._commands, self._submissions.to_deciders
        )
        self._clock = clock
        self._web_url = web_url
        self._kept: TTLCache[tuple[str, ...], Page] = TTLCache(_MOST_KEPT, lifetime)
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        """Let the database go."""
        await self._database.close()

    async def repositories(self) -> Page:
        """All that may be shown.

        Raises:
            StoreUnavailable: The store cannot be read now.
        """
        shown = public_repositories(self._clock())
        names = await self._database.read(lambda connection: list(connection.scalars(shown)))
        return _page(200, page("repositories", repositories=names))

    async def queue(self, name: str) -> Page:
        """The queue of a repository.

        Raises:
            StoreUnavailable: The store cannot be read now.
        """

        async def make() -> Page:
            repository = await self._shown(name)
            if repository is None:
                return self.missing()
            policy = await kept_policy(self._store, repository)
            queue = await self._queue(repository, policy)
            body = queue_page(repository.full_name, queue, self._web_url, policy.links)
            return _page(200, body)

        return await self._made(("queue", name.lower()), make)

    async def pull(self, name: str, number: int) -> Page:
        """One pull request.

        Raises:
            StoreUnavailable: The store cannot be read now.
        """

        async def make() -> Page:
            repository = await self._shown(name)
            if repository is None:
                return self.missing()
            memory = await self._store.recall(Subject(repository, number))
            now = self._clock()
            known: Register = {}
            if memory.touches or memory.numbers:
                known = await self._register.register(repository)
            body = pull_page(
                repository.full_name,
                number,
                memory,
                now,
                self._web_url,
                known=known,
                policy=await kept_policy(self._store, repository),
            )
            return self.missing(repository.full_name) if body is None else _page(200, body)

        return await self._made(("pull", name.lower(), str(number)), make)

    async def pep(self, name: str, number: int) -> Page:
        """One published PEP.

        Raises:
            StoreUnavailable: The store cannot be read now.
        """

        async def make() -> Page:
            repository = await self._shown(name)
            if repository is None:
                return self.missing()
            policy = await kept_policy(self._store, repository)
            known = await self._known_of(repository, PepNumber(number), policy)
            if known is None:
                return self.missing(repository.full_name)
            today = self._clock().astimezone(UTC).date()
            body = pep_page(repository.full_name, known, policy, today, self._web_url)
            return _page(200, body)

        return await self._made(("pep", name.lower(), str(number)), make)

    async def who_decides(self, name: str) -> Page:
        """Who decides on which PEPs.

        Raises:
            StoreUnavailable: The store cannot be read now.
        """

        async def make() -> Page:
            repository = await self._shown(name)
            if repository is None:
                return self.missing()
            today = self._clock().astimezone(UTC).date()
            policy = await kept_policy(self._store, repository)
            return _page(200, deciders_page(repository.full_name, policy, today, self._web_url))

        return await self._made(("who-decides", name.lower()), make)

    def missing(self, repository: str = "") -> Page:
        """There is no such page.

        Args:
            repository: A repository that may be shown, if the address is below it.
        """
        return _page(404, page("missing", repository=repository, web_url=self._web_url))

    async def _made(self, key: tuple[str, ...], make: Make) -> Page:
        """One at a time: who waits finds that it was made meanwhile."""
        async with self._turn:
            kept = self._kept.get(key)
            # What was told to be private meanwhile is shown to nobody any more.
            if kept is None or not await self._visibility.is_public(key[1]):
                self._kept.pop(key, None)
                kept = await make()
                # What is missing is cheap to find out, and would drive out what is not.
                if kept.status == 200:
                    self._kept[key] = kept
            return kept

    async def _shown(self, name: str) -> Repository | None:
        """The repository that has or had this name, in whatever case, if it may be shown."""
        found = await self._names.called(name)
        if found is None or not await self._visibility.is_public(found.full_name):
            return None
        return found

    async def _known_of(
        self, repository: Repository, number: PepNumber, policy: Policy
    ) -> KnownOfPep | None:
        """What is remembered of a PEP; None if it is not published, as far as is known."""
        known = await self._whole.known(repository, policy)
        pep = known.register.get(number)
        if pep is None:
            return None

        def work(connection: Connection) -> dict[int, Memory]:
            return remembered_in(
                connection,
                repository,
                lambda memory: (
                    memory.state is PullRequestState.OPEN
                    and memory.listed is not None
                    and number in memory.touches | memory.numbers
                ),
            )

        return KnownOfPep(
            pep,
            tuple(await self._submissions.of([number], repository)),
            await self._database.read(work),
            [one for one in follow_ups(known, self._clock(), policy) if one.pep.number == number],
        )

    async def _queue(self, repository: Repository, policy: Policy) -> Queue:
        known = await self._whole.known(repository, policy)
        claims, is_complete = await self._store.claims(repository)
        reserved = await self._commands.reservations(repository)
        now = self._clock()

        def work(connection: Connection) -> Queue:
            return queue_of(
                remembered_in(connection, repository, lambda memory: is_told(memory, now)),
                now,
                claims=claims,
                is_complete=is_complete,
                reserved=reserved,
                kept=known.kept_free(policy.numbers.reserved),
                awaiting=awaiting_decision(known),
                due=follow_ups(known, now, policy),
            )

        # On the store's thread: thousands of pull requests take a while to decode.
        return await self._database.read(work)


def _page(status: int, body: bytes) -> Page:
    return Page(status, body, f'"{sha256(body).hexdigest()[:32]}"')
