"""Hands a batch of deliveries to the handler of its event, unless it has to wait for requests.

A handler is a function that the table of events names. It is given the app, the work and, unless
the event is about the app, the repository; doing its work a second time changes nothing.

Requests are a budget: GitHub grants each installation some thousand an hour. A push that concerns a
thousand pull requests could use them up, and then a person's command would wait for the next hour.
So background work waits below a third, and everything but commands below a tenth. What waits stays
in the inbox, as what GitHub limits does: it is retried once GitHub has filled up the hour.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Generic, TypeVar

from bot.app import App
from bot.github.client.client import Gone, NotAllowed, Suspended, TryLater
from bot.handlers.events import EVENTS, parse_event
from bot.handlers.names import resolve_repository
from bot.handlers.payload import Event
from bot.inbox.delivery import Batch, Delivery, GivenUp, Priority, PutOff
from bot.logs import add_log_fields, get_logger
from bot.review.subject import Repository, Subject

SHARE_LEFT_TO_OTHERS: Mapping[Priority, float] = {
    Priority.SWEEP: 1 / 3,
    Priority.REVIEW: 1 / 10,
    Priority.COMMAND: 0,
}
"""The share of an hour's requests that deliveries of a priority leave to more urgent ones."""

_log = get_logger()


def must_wait(priority: Priority, share_left: float) -> bool:
    """Whether deliveries of a priority wait while this share of the requests is left."""
    return share_left < SHARE_LEFT_TO_OTHERS[priority]


def require_requests(app: App, installation: int, priority: Priority) -> None:
    """Return if work of a priority may make requests now.

    The answers that this process got so far tell; nothing is asked.

    Raises:
        TryLater: It has to wait until GitHub fills up the requests of the installation.
    """
    quota = app.clients.quota(installation)
    if not must_wait(priority, quota.share_left(app.clock())):
        return
    urgency = priority.name.lower()
    _log.info(
        "put off",
        priority=urgency,
        remaining=quota.remaining,
        limit=quota.limit,
        until=None if quota.resets_at is None else quota.resets_at.isoformat(),
    )
    app.metrics.put_off(urgency)
    raise TryLater(
        f"only {quota.remaining} of {quota.limit} requests are left for this hour", quota.resets_at
    )


YOUNG = timedelta(minutes=10)
"""How long after an event GitHub may answer 404 for its subject, because of lag or an outage."""

NOT_FOUND_YET = "not there, which may pass"
"""The error message if the subject of a recent event is not found."""

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Work(Generic[E]):
    """A batch of deliveries with what is known of them.

    Attributes:
        batch: The deliveries, in the order in which they are handled.
        events: Each of them with its event.
        is_young: Whether what they are about may not be there yet.
    """

    batch: Batch
    events: Sequence[tuple[Delivery, E]]
    is_young: bool

    @property
    def last(self) -> Delivery:
        """The latest delivery, under whose id things are done."""
        return self.events[-1][0]

    @property
    def event(self) -> E:
        """The latest event."""
        return self.events[-1][1]

    def subject(self, repository: Repository) -> Subject:
        """The pull request or issue that it is about."""
        return Subject(repository, int(self.batch.key.rpartition("#")[2]))


class Handler:
    """Handles batches for the worker; handling one a second time changes nothing."""

    def __init__(self, app: App) -> None:
        """Handle with what `app` holds."""
        self._app = app
        self._handlers = load_handlers()

    async def __call__(self, batch: Batch) -> None:
        """Handle one batch.

        If its subject is gone or the installation is suspended, there is nothing to do: when a
        suspension ends, everything is swept.

        Raises:
            PutOff: GitHub could not be read or written, too few requests are left, or what a recent
                event is about is not there; the batch must be repeated.
            GivenUp: The app lacks a permission.
        """
        # Decided once, so that the review and the worker agree on what is gone.
        now = self._app.clock()
        is_young = any(timedelta() <= now - one.received_at < YOUNG for one in batch.deliveries)
        try:
            await self._handle(batch, is_young=is_young)
        except Suspended as suspended:
            _log.info("installation suspended", error=str(suspended))
        except Gone as gone:
            if is_young:
                raise PutOff(f"{NOT_FOUND_YET}: {gone}") from None
            _log.info("gone", error=str(gone))
        except NotAllowed as refusal:
            message = "GitHub does not allow it; grant the permission, then replay"
            raise GivenUp(f"{message}\n{refusal}") from refusal
        except TryLater as later:
            raise PutOff(str(later), later.at) from later

    async def _handle(self, batch: Batch, *, is_young: bool) -> None:
        events = [(one, parse_event(one.event, one.payload)) for one in batch.deliveries]
        work, name = Work(batch, events, is_young), batch.deliveries[-1].event
        add_log_fields(installation=work.event.installation)
        if EVENTS[name].is_about_app:
            await self._handlers[name](self._app, work)
            return
        repository = await _repository(self._app, work.event, work.last.id)
        if repository is None:
            _log.info("no installation reaches this repository; ignored", gh_event=name)
            return
        add_log_fields(installation=repository.installation)
        priority = max(one.priority for one in batch.deliveries)
        require_requests(self._app, repository.installation, priority)
        await self._handlers[name](self._app, work, repository)


def load_handlers() -> Mapping[str, Callable[..., Awaitable[None]]]:
    """The handler of each event; the first call imports them, which takes long."""
    return {name: handler_of(kind.handler) for name, kind in EVENTS.items()}


def handler_of(name: str) -> Callable[..., Awaitable[None]]:
    """The function that the table of events names as `module:function`."""
    module, _, function = name.partition(":")
    found: Callable[..., Awaitable[None]] = getattr(
        import_module(f"bot.handlers.{module}"), function
    )
    return found


async def _repository(app: App, event: Event, delivery: str) -> Repository | None:
    """The repository with its installation, which a repository hook's payload does not name.

    Raises:
        Gone: The repository is known, but has no installation, or its name is another's now.
    """
    name = event.repository.full_name
    if name is None:
        return None
    if event.repository.private:
        await app.visibility.hide(name)
    installation = event.installation
    if installation is None:
        installation = await app.clients.installation_of(name)
    if installation is None:
        if await app.names.current_repository(name) is not None:
            raise Gone(f"no installation reaches {name}")
        return None
    repository = await resolve_repository(
        app,
        Repository(name, installation),
        event.repository.id,
        delivery,
        former_name=event.former_name,
    )
    if event.repository.private:
        await app.visibility.hide(repository.full_name)
    return repository
