"""The worker's side of the running bot: GitHub, store and reviews, put together.

It is apart from `bot.server` because loading what it imports takes longer than all the rest of a
start; see there.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp
import structlog

from bot.discourse.forum_wire import ForumWire
from bot.discourse.kept import Kept
from bot.discourse.reader import DiscourseReader
from bot.events.claims import Claims
from bot.events.dependents import Dependents
from bot.events.effects import Effects
from bot.events.handle import Handler
from bot.events.hearing import Hearing
from bot.events.issue import IssueWork
from bot.events.issue_triage import IssueTriage
from bot.events.own import (
    queue_issue_of,
    redelivery_of,
    register_of,
    reminders_of,
    submissions_of,
    sweep_of,
)
from bot.events.queue_issue import QueueIssue
from bot.events.redelivery import Redelivery
from bot.events.register import RegisterWork
from bot.events.reminders import Reminders
from bot.events.repository import RepositoryWork
from bot.events.review import Reviewer
from bot.events.submission_line import SubmissionLines
from bot.events.submission_work import SubmissionWork
from bot.events.submissions import Submissions
from bot.github.answer_writer import AnswerWriter
from bot.github.app_identity import AppIdentity, parse_app
from bot.github.effect_writer import EffectWriter
from bot.github.failure import GitHubFailure
from bot.github.http_client import GitHubClients
from bot.github.pace import Limiter, Pace
from bot.github.page_links import PageLinks
from bot.github.parsed_change import MarkupSource
from bot.github.people_reader import PeopleReader
from bot.github.queue_issue_writer import QueueIssueWriter
from bot.github.rate_limit import Quota
from bot.github.reminder_writer import ReminderWriter
from bot.github.repository_facts import FactsReader
from bot.github.single_write import SingleWrites
from bot.github.snapshot_reader import SnapshotReader
from bot.github.submission_line_writer import SubmissionLineWriter
from bot.github.transport import Exchange
from bot.github.writer import Writer
from bot.inbox.protocol import Inbox
from bot.inbox.worker import Worker
from bot.markup.reader import MarkupReader
from bot.metrics import Metrics
from bot.review.subject import Repository
from bot.schedule.pruning import prune_deliveries
from bot.schedule.rounds import (
    EVERY,
    EVERY_HOUR,
    OwnRounds,
    Rounds,
    SharedRounds,
    day_of,
    week_of,
)
from bot.schedule.sweeping import in_rounds, sweep_repositories
from bot.settings import Settings, SettingsInvalid
from bot.store.commands import SqlCommandStore
from bot.store.database import open_database
from bot.store.digest import SqlDigestStore
from bot.store.location import SqliteFile, located
from bot.store.protocol import Store
from bot.store.register import SqlRegisterStore
from bot.store.sql import SqlStore
from bot.store.submissions import SqlSubmissionStore
from bot.store.visibility import Visibility
from bot.store.whole_queue import WholeQueue

T = TypeVar("T")

_log = structlog.get_logger()

_PAUSE = 2.0
"""Seconds between attempts to learn from GitHub who the app is, or to reach the store."""

_REPEAT_COMPLAINT = 60.0
"""Seconds between complaints about one and the same trouble."""

_WORK_GRACE = 5.0
"""Seconds that a review under way has to end at shutdown before it is handed back."""


@dataclass(frozen=True, slots=True)
class WorkParts:
    """What the worker works with.

    Attributes:
        settings: What the operator set.
        inbox: Where deliveries wait.
        store: What is remembered.
        commands: What was commanded.
        digest: What editors should see.
        register: The published PEPs.
        submissions: What was submitted to whom.
        clients: The ways to GitHub.
        markup: What parses reStructuredText.
        forum: What reads posts on the forum.
        metrics: Who counts.
        clock: The present time (UTC).
    """

    settings: Settings
    inbox: Inbox
    store: Store
    commands: SqlCommandStore
    digest: SqlDigestStore
    register: SqlRegisterStore
    submissions: SqlSubmissionStore
    clients: GitHubClients
    markup: MarkupSource
    forum: DiscourseReader
    metrics: Metrics
    clock: Callable[[], datetime]

    @classmethod
    async def opened(
        cls,
        stack: AsyncExitStack,
        settings: Settings,
        inbox: Inbox,
        metrics: Metrics,
        *,
        clock: Callable[[], datetime],
        markup: MarkupSource | None = None,
    ) -> "WorkParts":
        """Open store and connections; the stack closes them.

        Without `markup`, texts are parsed by a process of its own.

        Raises:
            SettingsInvalid: The key cannot be used.
            StoreUnusable: The store cannot be opened.
        """
        session = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        clients = _clients(settings, session, metrics, clock)
        database = await open_database(settings.database_url, on_damage=inbox.refuse)
        stack.push_async_callback(database.close)
        if markup is None:
            markup = reader = MarkupReader()
            stack.push_async_callback(reader.close)
        store = SqlStore(database)
        wire = ForumWire(session, settings.forum_url)
        return cls(
            settings=settings,
            inbox=inbox,
            store=store,
            commands=SqlCommandStore(database),
            digest=SqlDigestStore(database),
            register=SqlRegisterStore(database),
            submissions=SqlSubmissionStore(database),
            clients=clients,
            markup=markup,
            forum=DiscourseReader(wire, Kept(store, clock), clock),
            metrics=metrics,
            clock=clock,
        )

    async def working(
        self, stack: AsyncExitStack, pace: Callable[[], Limiter] | None
    ) -> asyncio.Task[None]:
        """Begin to handle deliveries; on leaving the stack, those under way end or are handed back.

        Args:
            stack: Left before what this works with is closed.
            pace: Makes what spaces the writes of an installation; GitHub's limits unless told.
        """
        stop = asyncio.Event()
        work = asyncio.create_task(self.work(stop, pace))

        async def ended() -> None:
            stop.set()
            await work

        stack.push_async_callback(ended)
        return work

    async def work(self, stop: asyncio.Event, pace: Callable[[], Limiter] | None) -> None:
        """Handle deliveries until `stop` is set.

        Args:
            stop: Set when the process is to end.
            pace: Makes what spaces the writes of an installation; GitHub's limits unless told.
        """
        identity = await _identity(self.clients, stop)
        if identity is None:
            return
        handler = self.handler(identity, self.inbox.bucket if pace is None else lambda _: pace())
        worker = Worker(
            self.inbox, handler, grace=_WORK_GRACE, clock=self.clock, metrics=self.metrics
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(prune_deliveries(self.inbox, self.clock, stop))
            tasks.create_task(in_rounds(self._queue_redelivery, stop, self._rounds(EVERY_HOUR)))
            tasks.create_task(
                sweep_repositories(self.store, self._queue_sweep, stop, self._rounds(EVERY))
            )
            await worker.run(stop)

    def _rounds(self, every: timedelta) -> Rounds:
        # A file belongs to one process, a database to any number of them.
        is_alone = isinstance(located(self.settings.database_url), SqliteFile)
        return OwnRounds(every) if is_alone else SharedRounds(self.clock, every)

    async def _queue_sweep(self, repository: Repository, cause: str) -> None:
        now = self.clock()
        await self.inbox.accept(sweep_of(repository, cause, now))
        await self.inbox.accept(register_of(repository, cause, now))
        # The first round of a day or week makes it; for those that follow it is a duplicate.
        await self.inbox.accept(reminders_of(repository, day_of(now), now))
        await self.inbox.accept(queue_issue_of(repository, week_of(now), now))
        await self.inbox.accept(submissions_of(repository, day_of(now), now))

    async def _queue_redelivery(self, cause: str) -> None:
        await self.inbox.accept(redelivery_of(cause, self.clock()))

    def handler(self, identity: AppIdentity, pace: Callable[[int], Limiter]) -> Handler:
        """What handles batches, with nothing read or cached yet.

        Args:
            identity: Who the app is.
            pace: Makes what spaces the writes to an installation, given its id.
        """
        clients, store, clock = self.clients, self.store, self.clock
        facts = FactsReader(store)
        dependents = Dependents(
            clients=clients,
            facts=facts,
            store=store,
            reservations=self.commands.reservations,
            enqueue=self.inbox.accept,
            clock=clock,
        )
        people = PeopleReader(clients, store, clock, on_changed_list=dependents.core_team_changed)
        commands, shared = self.commands, Pace(pace)
        writes = SingleWrites(
            store,
            pace=shared,
            dry_run=self.settings.dry_run,
            clock=clock,
            on_write=self.metrics.write,
        )
        effects, answers = EffectWriter(writes, identity), AnswerWriter(writes, identity)
        hearing = Hearing(commands, store, Effects(effects, store), answers)
        repository_work = RepositoryWork(
            clients=clients,
            facts=facts,
            people=people,
            dependents=dependents,
            store=store,
            enqueue=self.inbox.accept,
            clock=clock,
        )
        pages = PageLinks(self.settings.public_url, Visibility(store, clock))
        reviewer = Reviewer(
            clients=clients,
            app=identity,
            reader=SnapshotReader(
                clients,
                store,
                facts,
                people,
                identity,
                self.markup,
                clock,
                reservations=commands.reservations,
                submitted=self.submissions.of,
                forum=self.forum.read,
            ),
            facts=facts,
            writer=Writer(store, dry_run=self.settings.dry_run, pace=shared, page_of=pages.of),
            hearing=hearing,
            commands=commands,
            store=store,
            claims=Claims(store, dependents),
            dependents=dependents,
            metrics=self.metrics,
            clock=clock,
        )
        triage = IssueTriage(
            clients=clients,
            facts=facts,
            store=store,
            commands=commands,
            digest=self.digest,
            effects=effects,
            answers=answers,
            clock=clock,
        )
        heard = Submissions(
            store=store,
            submissions=self.submissions,
            enqueue=self.inbox.accept,
            clock=clock,
        )
        issues = IssueWork(
            clients=clients,
            facts=facts,
            people=people,
            store=store,
            commands=commands,
            hearing=hearing,
            triage=triage,
            submissions=heard,
            answers=answers,
            dependents=dependents,
            clock=clock,
        )
        redelivery = Redelivery(
            clients=clients,
            inbox=self.inbox,
            store=store,
            # The app's own requests have a bucket beside those of the installations.
            turn=lambda: shared.of(0).acquire(),
            metrics=self.metrics,
            dry_run=self.settings.dry_run,
            clock=clock,
        )
        register = RegisterWork(
            clients=clients, facts=facts, store=store, register=self.register, clock=clock
        )
        whole = WholeQueue(store, self.register, commands, self.submissions.to_deciders)
        reminders = Reminders(
            clients=clients,
            facts=facts,
            people=people,
            store=store,
            register=self.register,
            whole=whole,
            writer=ReminderWriter(writes, identity),
            app=identity,
            enqueue=self.inbox.accept,
            clock=clock,
        )
        queue = QueueIssue(
            clients=clients,
            facts=facts,
            store=store,
            reservations=commands.reservations,
            whole=whole,
            writer=QueueIssueWriter(writes, identity),
            clock=clock,
        )
        return Handler(
            clients=clients,
            store=store,
            reviewer=reviewer,
            repository_work=repository_work,
            issues=issues,
            hearing=hearing,
            redelivery=redelivery,
            queue=queue,
            register=register,
            reminders=reminders,
            submissions=SubmissionWork(
                clients=clients,
                facts=facts,
                store=store,
                submissions=self.submissions,
                heard=heard,
                lines=SubmissionLines(
                    clients=clients,
                    submissions=self.submissions,
                    writer=SubmissionLineWriter(writes, identity),
                    clock=clock,
                ),
                enqueue=self.inbox.accept,
                clock=clock,
            ),
            clock=clock,
        )


def _clients(
    settings: Settings,
    session: aiohttp.ClientSession,
    metrics: Metrics,
    clock: Callable[[], datetime],
) -> GitHubClients:
    def on_request(exchange: Exchange) -> None:
        metrics.request(exchange.method, exchange.status, exchange.seconds)

    def on_quota(account: str, quota: Quota) -> None:
        if quota.remaining is not None:
            metrics.quota(account, quota.remaining, quota.limit, quota.resets_at)

    try:
        return GitHubClients(
            session,
            app_id=settings.gh_app_id,
            private_key=settings.private_key(),
            api_url=settings.api_url,
            clock=clock,
            on_request=on_request,
            on_quota=on_quota,
        )
    except ValueError as error:
        raise SettingsInvalid(f"GH_PRIVATE_KEY: {error}") from None


async def _identity(clients: GitHubClients, stop: asyncio.Event) -> AppIdentity | None:
    """Who the app is, asked until GitHub answers; None if the process is to end before."""
    complained_at: float | None = None
    while not stop.is_set():
        try:
            answer = await _unless_stopped(clients.app(), stop)
            if answer is None:
                break
            identity = parse_app(answer)
        except (GitHubFailure, ValueError) as error:
            now = asyncio.get_running_loop().time()
            if complained_at is None or now - complained_at >= _REPEAT_COMPLAINT:
                complained_at = now
                _log.error("GitHub does not say who this app is; deliveries wait", error=str(error))
            await _pause(stop)
        else:
            _log.info("working", app=identity.slug)
            return identity
    return None


async def _unless_stopped(asking: Coroutine[object, object, T], stop: asyncio.Event) -> T | None:
    """The answer; None if the process is to end first, as a request may take long to fail."""
    answering = asyncio.create_task(asking)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({answering, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if answering.done():
        return answering.result()
    answering.cancel()
    await asyncio.wait({answering})
    return None


async def _pause(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_PAUSE):
            await stop.wait()
