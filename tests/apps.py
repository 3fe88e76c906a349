"""An app over a real store whose inbox only notes, for the tests of handlers."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiolimiter import AsyncLimiter

from bot.app import App
from bot.github.client.app import AppIdentity
from bot.github.client.throttle import WriteThrottle
from bot.github.read.accounts import trust_logins
from bot.github.read.conversation_reader import LargeTextLimit
from bot.github.read.surroundings import Surroundings
from bot.github.write.outbox import Outbox
from bot.github.write.planned_writes import PlanWriter
from bot.inbox.delivery import Delivery
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store.commands import CommandStore, DigestStore
from bot.store.documents import Visibility
from bot.store.names import AccountStore, RepositoryNames
from bot.store.register import PepIndex, RegisterStore
from bot.store.store import Store
from bot.store.submissions import SubmissionStore
from tests.builders import NOW
from tests.markup_readers import NullMarkupReader


@dataclass
class NotingInbox:
    """Takes deliveries, and does nothing with them."""

    queued: list[Delivery] = field(default_factory=list)

    async def accept(self, delivery: Delivery) -> None:
        self.queued.append(delivery)


class Unthrottled:
    async def acquire(self) -> None:
        return


def fake_app(database: Any, **replaced: Any) -> App:
    """An app on a database that can reach nothing; `replaced` has what it can."""
    store = Store(database)
    commands, register = CommandStore(database), RegisterStore(database)
    submissions = SubmissionStore(database, lambda: NOW)
    identity = AppIdentity(4711, "pep-editor-bot")
    throttle = WriteThrottle(lambda _: Unthrottled())
    outbox = Outbox(store, identity, throttle)
    fields: dict[str, Any] = {
        "settings": Settings(gh_secret="first"),
        "inbox": NotingInbox(),
        "store": store,
        "commands": commands,
        "digest": DigestStore(database),
        "register": register,
        "submissions": submissions,
        "names": RepositoryNames(database),
        "accounts": AccountStore(database),
        "clients": None,
        "markup": NullMarkupReader(),
        "forum": None,
        "metrics": Metrics(),
        "clock": lambda: NOW,
        "identity": identity,
        "base_branch": None,
        "people": None,
        "resolve_accounts": trust_logins,
        "surroundings": Surroundings(store, lambda: NOW),
        "reader": None,
        "outbox": outbox,
        "writer": PlanWriter(outbox),
        "throttle": throttle,
        "visibility": Visibility(store, lambda: NOW),
        "pep_index": PepIndex(store, register, commands, submissions.for_deciders),
        "sweep_limiter": AsyncLimiter(1_000, 1),
        "large_texts": LargeTextLimit(),
        "invalidation_lock": asyncio.Lock(),
        "review_counts": {},
    }
    return App(**(fields | replaced))
