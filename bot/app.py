"""Opens and closes what the worker uses, and holds it: a handler gets all of it as one `App`."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, fields
from datetime import datetime

import aiohttp
from aiolimiter import AsyncLimiter
from cachetools import TTLCache

from bot.forum import DiscourseReader, ForumCache, ForumClient
from bot.github.client.api import Exchange, TransportOptions
from bot.github.client.app import AppIdentity
from bot.github.client.client import Clients
from bot.github.client.http_client import GitHubClients
from bot.github.client.throttle import Limiter, Quota, WriteThrottle
from bot.github.read.accounts import AccountResolver, KnownAccounts
from bot.github.read.base_branch_reader import BaseBranchReader
from bot.github.read.conversation_reader import LargeTextLimit
from bot.github.read.discussion_reader import DiscussionReader
from bot.github.read.people_reader import PeopleReader
from bot.github.read.pull_request_change import MarkupSource
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.read.surroundings import Surroundings
from bot.github.write.check_runs import PageLinks
from bot.github.write.outbox import Outbox
from bot.github.write.planned_writes import PlanWriter
from bot.inbox.inbox import Inbox
from bot.markup.reader import MarkupReader
from bot.metrics import Metrics
from bot.settings import Settings, SettingsInvalid
from bot.store.commands import CommandStore, DigestStore
from bot.store.database import open_database
from bot.store.documents import Document, Visibility
from bot.store.names import AccountStore, RepositoryNames
from bot.store.register import PepIndex, RegisterStore
from bot.store.store import Store
from bot.store.submissions import SubmissionStore

_READS_PER_SECOND = 10
"""How many pull requests a sweep reads a second."""

_HOUR = 3_600.0
_MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Connections:
    """What can be opened before GitHub has said who the app is.

    Attributes:
        settings: The operator's settings.
        inbox: Where deliveries wait.
        store: What the bot remembers.
        commands: The log of commands.
        digest: What editors should see once.
        register: The published PEPs.
        submissions: The issues that submit PEPs.
        names: Present and former names of repositories.
        accounts: Which account each login belongs to.
        clients: GitHub clients, one for each installation.
        markup: Parses reStructuredText.
        forum: Reads posts on the forum.
        metrics: Counts.
        clock: The present time (UTC).
    """

    settings: Settings
    inbox: Inbox
    store: Store
    commands: CommandStore
    digest: DigestStore
    register: RegisterStore
    submissions: SubmissionStore
    names: RepositoryNames
    accounts: AccountStore
    clients: Clients
    markup: MarkupSource
    forum: DiscourseReader
    metrics: Metrics
    clock: Callable[[], datetime]

    @classmethod
    async def open(
        cls,
        stack: AsyncExitStack,
        settings: Settings,
        inbox: Inbox,
        metrics: Metrics,
        *,
        clock: Callable[[], datetime],
        markup: MarkupSource | None = None,
    ) -> "Connections":
        """Open store and connections; the stack closes them.

        Without `markup`, a new child process parses the texts.

        Raises:
            SettingsInvalid: The key cannot be used.
            StoreUnusable: The store cannot be opened.
        """
        session = await stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        )
        clients = await _clients(settings, session, metrics, clock)
        database = await open_database(settings.database_url, on_damage=inbox.refuse)
        stack.push_async_callback(database.close)
        if markup is None:
            markup = reader = MarkupReader()
            stack.push_async_callback(reader.close)
        store = Store(database)
        wire = ForumClient(session, settings.discourse_url)
        return cls(
            settings=settings,
            inbox=inbox,
            store=store,
            commands=CommandStore(database),
            digest=DigestStore(database),
            register=RegisterStore(database),
            submissions=SubmissionStore(database, clock),
            names=RepositoryNames(database),
            accounts=AccountStore(database),
            clients=clients,
            markup=markup,
            forum=DiscourseReader(wire, ForumCache(store, clock), clock),
            metrics=metrics,
            clock=clock,
        )


ListChanged = Callable[["App", int, Document, str], Awaitable[None]]
"""Called when the core team changed: with the installation, the previous list, and the new text."""


@dataclass(frozen=True, slots=True)
class App(Connections):
    """Everything that handlers use, built once.

    Attributes:
        identity: Who the app is on GitHub.
        base_branch: Reads base branches, with their policy and their PEPs.
        people: Reads the core team and the editors.
        resolve_accounts: Finds out which accounts act, and under which logins.
        surroundings: Looks up what a review depends on besides the pull request.
        reader: Reads pull requests.
        outbox: Writes to GitHub.
        writer: Carries out a review's plan of writes, through the outbox.
        throttle: Limits the pace of writes.
        visibility: Which repositories are public.
        pep_index: What is known about a repository's published PEPs.
        sweep_limiter: Limits how fast sweeps read.
        large_texts: Limits how many reviews hold much text at a time.
        invalidation_lock: Held while looking for the pull requests that a change affects.
        review_counts: How many reviews others' claims caused within an hour, by pull request.
    """

    identity: AppIdentity
    base_branch: BaseBranchReader
    people: PeopleReader
    resolve_accounts: AccountResolver
    surroundings: Surroundings
    reader: SnapshotReader
    outbox: Outbox
    writer: PlanWriter
    throttle: WriteThrottle
    visibility: Visibility
    pep_index: PepIndex
    sweep_limiter: AsyncLimiter
    large_texts: LargeTextLimit
    invalidation_lock: asyncio.Lock
    review_counts: MutableMapping[str, int]

    @classmethod
    def build(
        cls,
        opened: Connections,
        identity: AppIdentity,
        bucket: Callable[[int], Limiter],
        on_changed_list: ListChanged,
    ) -> "App":
        """Build the app, with nothing read or cached yet.

        Args:
            opened: What is open.
            identity: Who the app is.
            bucket: Makes the throttle of writes to an installation, given its id.
            on_changed_list: Called if the people on a core team's list have changed.
        """

        async def list_changed(installation: int, before: Document, text: str) -> None:
            await on_changed_list(app, installation, before, text)

        store, clock = opened.store, opened.clock
        base_branch = BaseBranchReader(store)
        people = PeopleReader(opened.clients, store, clock, on_changed_list=list_changed)
        resolve_accounts = KnownAccounts(opened.accounts, opened.digest, clock).resolve_accounts
        surroundings = Surroundings(
            store,
            clock,
            submitted=opened.submissions.of,
            forum=opened.forum.read,
            schedules=opened.register.schedules,
        )
        throttle, visibility = WriteThrottle(bucket), Visibility(store, clock)
        outbox = Outbox(
            store,
            identity,
            None if opened.settings.dry_run else throttle,
            clock=clock,
            on_write=opened.metrics.write,
        )
        app = cls(
            **{field.name: getattr(opened, field.name) for field in fields(Connections)},
            identity=identity,
            base_branch=base_branch,
            people=people,
            resolve_accounts=resolve_accounts,
            surroundings=surroundings,
            reader=SnapshotReader(
                opened.clients,
                base_branch,
                DiscussionReader(store, people, identity, resolve_accounts),
                surroundings,
                opened.markup,
            ),
            outbox=outbox,
            writer=PlanWriter(outbox, PageLinks(opened.settings.public_url, visibility).of),
            throttle=throttle,
            visibility=visibility,
            pep_index=PepIndex(
                store, opened.register, opened.commands, opened.submissions.for_deciders
            ),
            sweep_limiter=AsyncLimiter(_READS_PER_SECOND, 1),
            large_texts=LargeTextLimit(),
            invalidation_lock=asyncio.Lock(),
            review_counts=TTLCache(_MOST_COUNTED, _HOUR),
        )
        return app


async def _clients(
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
        clients = GitHubClients(
            session,
            app_id=settings.gh_app_id,
            private_key=settings.private_key(),
            api_url=settings.gh_api_url,
            options=TransportOptions(clock, on_request=on_request, on_quota=on_quota),
        )
        await clients.check_key()
    except ValueError as error:
        raise SettingsInvalid(f"GH_PRIVATE_KEY: {error}") from None
    return clients
