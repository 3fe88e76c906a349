"""Opens and closes what the worker uses: store, connections, clients."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

import aiohttp

from bot.forum.client import ForumClient
from bot.forum.reader import DiscourseReader, ForumCache
from bot.github.client.api import Exchange
from bot.github.client.http_client import GitHubClients
from bot.github.client.throttle import Quota
from bot.github.read.pull_request_change import MarkupSource
from bot.inbox.protocol import Inbox
from bot.markup.reader import MarkupReader
from bot.metrics import Metrics
from bot.settings import Settings, SettingsInvalid
from bot.store.commands import SqlCommandStore, SqlDigestStore
from bot.store.database import open_database
from bot.store.names import SqlAccountStore, SqlRepositoryNames
from bot.store.protocol import Store
from bot.store.register import SqlRegisterStore
from bot.store.sql import SqlStore
from bot.store.submissions import SqlSubmissionStore


@dataclass(frozen=True, slots=True)
class App:
    """Everything the worker uses, open.

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
    commands: SqlCommandStore
    digest: SqlDigestStore
    register: SqlRegisterStore
    submissions: SqlSubmissionStore
    names: SqlRepositoryNames
    accounts: SqlAccountStore
    clients: GitHubClients
    markup: MarkupSource
    forum: DiscourseReader
    metrics: Metrics
    clock: Callable[[], datetime]

    @classmethod
    async def connect(
        cls,
        stack: AsyncExitStack,
        settings: Settings,
        inbox: Inbox,
        metrics: Metrics,
        *,
        clock: Callable[[], datetime],
        markup: MarkupSource | None = None,
    ) -> "App":
        """Open store and connections; the stack closes them.

        Without `markup`, a new child process parses the texts.

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
        wire = ForumClient(session, settings.forum_url)
        return cls(
            settings=settings,
            inbox=inbox,
            store=store,
            commands=SqlCommandStore(database),
            digest=SqlDigestStore(database),
            register=SqlRegisterStore(database),
            submissions=SqlSubmissionStore(database, clock),
            names=SqlRepositoryNames(database),
            accounts=SqlAccountStore(database),
            clients=clients,
            markup=markup,
            forum=DiscourseReader(wire, ForumCache(store, clock), clock),
            metrics=metrics,
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
