"""The public pages: reads the store for each of them, and never asks GitHub.

Only public repositories that have PEPs are shown. A private repository, one that is not known to
be public, and one that the bot only listens to (a council's tracker) get the answer of one that
does not exist.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import ParamSpec

from cachetools import TTLCache

from bot.peps.number import PepNumber
from bot.peps.status import Status
from bot.policy.model import Policy
from bot.review.published_peps import collect_known_peps
from bot.review.queue.follow_up import follow_ups
from bot.review.queue.pages import page_of
from bot.review.queue.queue import WEEK, Queue, queue_of
from bot.review.subject import Repository, Subject
from bot.store.commands import CommandStore
from bot.store.database import Database
from bot.store.documents import Visibility
from bot.store.memories import pulls_of
from bot.store.names import RepositoryNames
from bot.store.register import PepIndex, RegisterStore, stored_policy
from bot.store.store import Store
from bot.store.submissions import SubmissionStore, trackers_of_deciders
from bot.web.deciders_page import deciders_page
from bot.web.delegations_page import all_delegations, delegations_json, delegations_page
from bot.web.page_rendering import MOST_CACHED, Page, PageCache, page
from bot.web.pep_and_pull_page import MOST_PULLS, PepPageData, pep_page, peps_on_page, pull_page
from bot.web.queue_page import queue_json, queue_page

P = ParamSpec("P")

_MOST_QUEUES = 4
_MOST_SUBMISSIONS = 50


class Pages:
    """Makes pages, one after another, and keeps each for some seconds.

    Everything slow is done on threads, so that webhooks are answered in the meantime. A page raises
    `StoreUnavailable` if the store cannot be read now, and all but the list of repositories raise
    `TooManyWaiting` if they would have to be made and many wait already.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        *,
        web_url: str,
        lifetime: float,
        rest: float,
    ) -> None:
        """Show what is in `database`.

        Args:
            database: Only read, never written; closed by `close`.
            clock: The current time (UTC).
            web_url: The address of GitHub's website.
            lifetime: Seconds that a page is kept.
            rest: After a page took n seconds to make, none is made for `rest` times n seconds.
        """
        self._database = database
        self._store = Store(database)
        self._names = RepositoryNames(database)
        self._commands = CommandStore(database)
        self._visibility = Visibility(self._store, clock)
        self._register = RegisterStore(database)
        self._submissions = SubmissionStore(database, clock)
        self._pep_index = PepIndex(
            self._store, self._register, self._commands, self._submissions.for_deciders
        )
        self._clock = clock
        self._web_url = web_url
        self._cache = PageCache(self._may_be_shown, lifetime=lifetime, rest=rest)
        self._queues: TTLCache[str, tuple[Queue, Policy]] = TTLCache(_MOST_QUEUES, lifetime)

    async def close(self) -> None:
        """Close the database."""
        await self._database.close()

    async def repositories(self) -> Page:
        """The page that lists all public repositories that have PEPs."""
        names = await self._register.public_pep_repositories(self._clock())
        return await _render(page, "repositories", repositories=names)

    async def queue(self, name: str, number: int = 1, *, as_json: bool = False) -> Page:
        """A page of a repository's queue.

        Args:
            name: The repository, `owner/name`.
            number: The page number, from 1.
            as_json: Whether to make JSON for programs instead of HTML.
        """

        async def make(repository: Repository) -> Page:
            queue, policy = await self._queue(repository)
            part = page_of(queue, number) if number > 0 else None
            if part is None:
                return self.missing(repository.full_name)
            if as_json:
                return await _render_json(queue_json(repository.full_name, part))
            return await _render(
                queue_page, repository.full_name, part, self._web_url, policy.links
            )

        form = "queue.json" if as_json else "queue"
        return await self._page_of(form, name, make, number)

    async def pull(self, name: str, number: int) -> Page:
        """The page of one pull request."""

        async def make(repository: Repository) -> Page:
            memory = await self._store.recall(Subject(repository, number))
            if memory.queue_entry is None or memory.state is None:
                return self.missing(repository.full_name)
            return await _render(
                pull_page,
                repository.full_name,
                number,
                memory,
                self._clock(),
                self._web_url,
                queue_entry=memory.queue_entry,
                known=await self._register.entries(repository, peps_on_page(memory)),
                policy=await stored_policy(self._store, repository),
                delegations=await self._commands.delegations(repository),
            )

        return await self._page_of("pull", name, make, number)

    async def pep(self, name: str, number: int) -> Page:
        """The page of one published PEP."""

        async def make(repository: Repository) -> Page:
            policy = await stored_policy(self._store, repository)
            known = await self._pep_page_data(repository, PepNumber(number), policy)
            if known is None:
                return self.missing(repository.full_name)
            today = self._clock().astimezone(UTC).date()
            return await _render(
                pep_page, repository.full_name, known, policy, today, self._web_url
            )

        return await self._page_of("pep", name, make, number)

    async def who_decides(self, name: str) -> Page:
        """The page on who decides on which PEPs."""

        async def make(repository: Repository) -> Page:
            today = self._clock().astimezone(UTC).date()
            policy = await stored_policy(self._store, repository)
            return await _render(deciders_page, repository.full_name, policy, today, self._web_url)

        return await self._page_of("who-decides", name, make)

    async def delegations(self, name: str, *, as_json: bool = False) -> Page:
        """The page of all delegations, or the same as JSON for programs."""

        async def make(repository: Repository) -> Page:
            today = self._clock().astimezone(UTC).date()
            policy = await stored_policy(self._store, repository)
            register = await self._register.register(repository)
            recorded = await self._commands.delegations(repository)
            found = await asyncio.to_thread(all_delegations, policy, register, recorded, today)
            shown = repository.full_name
            if as_json:
                return await _render_json(delegations_json(shown, found))
            return await _render(delegations_page, shown, found, today, self._web_url)

        form = "delegations.json" if as_json else "delegations"
        return await self._page_of(form, name, make)

    def missing(self, repository: str = "") -> Page:
        """The page that says that there is no such page.

        Args:
            repository: The public repository that the address belongs to, if any.
        """
        return _missing(repository, self._web_url)

    async def _page_of(
        self,
        form: str,
        name: str,
        make: Callable[[Repository], Awaitable[Page]],
        number: int | None = None,
    ) -> Page:
        """A page about a repository, from the cache or made; the missing one if it is not public.

        Args:
            form: Which page, and whether as JSON.
            name: The repository, `owner/name`.
            make: Makes the page.
            number: What the page is about, such as a PEP.
        """

        async def find_and_make() -> Page:
            repository = await self._public_repository(name)
            return self.missing() if repository is None else await make(repository)

        return await self._cache.get_or_make((form, name.lower(), str(number)), find_and_make)

    async def _public_repository(self, name: str) -> Repository | None:
        """The public PEP repository that has or had this name, in any case; None if none has."""
        found = await self._names.current_repository(name)
        if found is None or not await self._visibility.is_public(found.full_name):
            return None
        return found if await self._register.keeps_peps(found) else None

    async def _may_be_shown(self, name: str) -> bool:
        return await self._public_repository(name) is not None

    async def _pep_page_data(
        self, repository: Repository, number: PepNumber, policy: Policy
    ) -> PepPageData | None:
        """What is known about a PEP; None if it is not known to be published."""
        register = await self._register.entries(repository, [number])
        pep = register.get(number)
        if pep is None:
            return None
        if pep.preamble.status == Status.ACCEPTED:
            # Whether it should be Final depends on the release schedules.
            register = {**await self._register.schedules(repository), **register}
        pulls = await self._database.read(
            lambda connection: pulls_of(connection, repository, number, MOST_PULLS), many=True
        )
        submissions = await self._submissions.of([number], repository)
        deciders = trackers_of_deciders(policy)
        known = collect_known_peps(
            register,
            {**pulls.open, **pulls.adding},
            [one for one in submissions if one.tracker.lower() in deciders],
            await self._commands.not_yet(repository),
        )
        return PepPageData(
            pep,
            tuple(submissions[-_MOST_SUBMISSIONS:]),
            pulls.open,
            pulls.open_count,
            next(iter(pulls.adding), None),
            [one for one in follow_ups(known, self._clock(), policy) if one.pep.number == number],
            await self._commands.delegations(repository),
        )

    async def _queue(self, repository: Repository) -> tuple[Queue, Policy]:
        """A repository's queue and policy, kept for some seconds: its pages belong together."""
        kept = self._queues.get(repository.full_name)
        if kept is not None:
            return kept
        policy = await stored_policy(self._store, repository)
        now = self._clock()
        listings = await self._store.listings(repository, since=now - WEEK)
        known = await self._pep_index.known(repository, policy, listings)
        numbers = await self._store.stored_numbers(repository)

        def work() -> Queue:
            return queue_of(listings, now, numbers=numbers, known=known, policy=policy)

        kept = self._queues[repository.full_name] = await asyncio.to_thread(work), policy
        return kept


async def _render(make: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> Page:
    """Render a page on a thread."""
    return _page(200, await asyncio.to_thread(make, *args, **kwargs))


async def _render_json(fields: Mapping[str, object]) -> Page:
    """Render JSON on a thread."""
    body = await asyncio.to_thread(json.dumps, fields)
    return _page(200, f"{body}\n".encode(), "application/json")


@lru_cache(MOST_CACHED)
def _missing(repository: str, web_url: str) -> Page:
    return _page(404, page("missing", repository=repository, web_url=web_url))


def _page(status: int, body: bytes, content_type: str = "text/html") -> Page:
    return Page(status, body, f'"{sha256(body).hexdigest()[:32]}"', content_type)
