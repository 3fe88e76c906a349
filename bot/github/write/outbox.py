"""The one way to write to GitHub.

Here every write is throttled, sent, recorded in the audit log and counted; in a dry run it is only
recorded. Before something is created an intent is committed, so that after a crash it is looked for
and not created twice. A write that GitHub refuses for good is logged with the permission it needs,
and costs itself alone; if one may succeed later, its delivery is handled again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Literal

from bot.github.client.app import AppIdentity, Clock
from bot.github.client.client import (
    Client,
    GitHubFailure,
    Gone,
    NotAllowed,
    TryLater,
    number_at,
    variables,
)
from bot.github.client.throttle import WriteThrottle
from bot.github.client.wire import utc_now
from bot.logs import get_logger
from bot.review.snapshot import Memory
from bot.review.subject import Subject
from bot.store.rows import Intent, WriteRecord
from bot.store.store import Store

log = get_logger(__name__)

_CHECKS = "checks: write"
_ISSUES = "issues: write"
_PULLS = "pull requests: write"
_COMMENTS = f"{_ISSUES}, or the conversation is locked"
_REACTIONS = f"{_ISSUES}, or {_PULLS} for a comment on a line"


class WriteKind(Enum):
    """Every kind of write: its name in audit log, log and metrics, and the permission it needs.

    Source: https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
    """

    CREATE_CHECK_RUN = ("create check run", _CHECKS)
    UPDATE_CHECK_RUN = ("update check run", _CHECKS)
    ADD_LABELS = ("add labels", _ISSUES)
    REMOVE_LABEL = ("remove label", _ISSUES)
    SET_LABELS = ("set labels", _ISSUES)
    CREATE_COMMENT = ("create comment", _COMMENTS)
    UPDATE_COMMENT = ("update comment", _COMMENTS)
    REACT = ("react", _REACTIONS)
    TAKE_REACTION_BACK = ("take reaction back", _REACTIONS)
    REPLY = ("reply", _COMMENTS)
    CHANGE_REPLY = ("change reply", _COMMENTS)
    DELETE_REPLY = ("delete reply", _ISSUES)
    SET_LABEL = ("set label", _ISSUES)
    TAKE_LABEL_OFF = ("take label off", _ISSUES)
    CHANGE_TITLE = ("change title", _PULLS)
    SUGGEST = ("suggest", _PULLS)
    OPEN_QUEUE_ISSUE = ("open queue issue", _ISSUES)
    EDIT_QUEUE_ISSUE = ("edit queue issue", _ISSUES)
    REMIND = ("remind", _COMMENTS)
    POST_SUBMISSION_LINE = ("post submission line", _COMMENTS)
    EDIT_SUBMISSION_LINE = ("edit submission line", _COMMENTS)

    def __init__(self, operation: str, needs: str) -> None:
        self.operation = operation
        self.needs = needs


WRITE_NAMES = tuple(kind.operation for kind in WriteKind)
"""The names of all kinds of writes."""


class WriteStatus(StrEnum):
    """The outcome of a write."""

    WRITTEN = "written"
    REFUSED = "refused"
    """GitHub refused it for good."""

    RECORDED = "recorded"
    """This is a dry run: it is only in the audit log."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to write, and why.

    Attributes:
        client: Writes to the subject's repository.
        subject: The issue or pull request; number 0 means the repository itself.
        delivery: The id of the delivery that led to it, for the audit log.
    """

    client: Client
    subject: Subject
    delivery: str


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something on GitHub.

    Attributes:
        kind: What kind of write it is.
        detail: A short description, for the audit log.
        method: The HTTP method. What is to be deleted may be gone already.
        path: The URL's template after the repository; `{number}` is the subject's.
        data: The body.
        place: More variables of the template.
        text: The texts that people would read, for the audit log of a dry run.
        intent: Set if it must not happen twice. It is fulfilled once the result is stored: by
            `send` if it gets the memory to store, otherwise by the caller. Whoever finds it
            unfulfilled looks for the result on GitHub.
    """

    kind: WriteKind
    detail: str
    method: Literal["POST", "PATCH", "PUT", "DELETE"]
    path: str
    data: Any = None
    place: Mapping[str, str | int] = field(default_factory=dict)
    text: str = ""
    intent: Intent | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a write.

    Attributes:
        status: Whether it was made.
        response: GitHub's response.
        is_gone: Whether what was to be changed or deleted does not exist.
    """

    status: WriteStatus
    response: object = None
    is_gone: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether GitHub refused it for good."""
        return self.status is WriteStatus.REFUSED

    @property
    def id(self) -> int | None:
        """The id of what was created; None if nothing was."""
        return number_at(self.response, "id")


class Outbox:
    """Makes writes; in a dry run it only records them."""

    def __init__(
        self,
        store: Store,
        app: AppIdentity,
        throttle: WriteThrottle | None,
        *,
        clock: Clock = utc_now,
        on_write: Callable[[str, str], None] = lambda _name, _status: None,
    ) -> None:
        """Write no faster than `throttle` allows.

        Args:
            store: Keeps intents, known labels and the audit log.
            app: This app, to recognize what it wrote.
            throttle: Limits the pace of writes; None in a dry run, which sends nothing.
            clock: The current time (UTC), for the audit log.
            on_write: Called with the name and the status of each write.
        """
        self.store = store
        self.app = app
        self._throttle = throttle
        self._clock = clock
        self._on_write = on_write

    @property
    def dry_run(self) -> bool:
        """Whether nothing is sent."""
        return self._throttle is None

    async def wait_for_turn(self, subject: Subject) -> None:
        """Wait until one more write to the subject's installation may be sent."""
        if self._throttle is not None:
            await self._throttle.of(subject.repository.installation).acquire()

    async def send(
        self,
        to: Destination,
        write: Write,
        remember: Callable[[Result], Memory] | None = None,
        *,
        is_last: bool = False,
    ) -> Result:
        """Make a write.

        Args:
            to: Where.
            write: What.
            remember: Says what is remembered of a pull request once it is written; that is stored
                along with the line in the audit log, and the intent is fulfilled.
            is_last: Whether what is remembered then is the end of a review.

        Raises:
            TryLater: It may succeed later, or it is unknown whether it happened.
        """
        kind, detail, result = write.kind, write.detail, Result(WriteStatus.RECORDED)
        if self.dry_run:
            log.info("would write", write=kind.operation)
            detail = "\n".join(part for part in (detail, write.text) if part)
        else:
            await self.wait_for_turn(to.subject)
            if write.intent is not None:
                await self.store.intend(to.subject, write.intent)
            try:
                result = Result(WriteStatus.WRITTEN, await _request(to, write))
            except TryLater:
                raise
            except GitHubFailure as failure:
                is_gone = isinstance(failure, Gone)
                if not (is_gone and write.method == "DELETE"):
                    if write.intent is not None:
                        await self.store.fulfil(to.subject, write.intent)
                    return self.refuse(kind, failure)
                result = Result(WriteStatus.WRITTEN, is_gone=True)
        self._on_write(kind.operation, result.status.value)
        record = WriteRecord(
            self._clock(), to.subject, to.delivery, kind.operation, detail, self.dry_run
        )
        if remember is None or self.dry_run:
            await self.store.record_write(record)
        else:
            fulfilled = None if is_last else [write.intent] if write.intent else []
            await self.store.record_write(record, remember(result), fulfilled)
        return result

    def refuse(self, kind: WriteKind, failure: GitHubFailure) -> Result:
        """Log and count a write that GitHub refused for good, or refused to let us prepare."""
        log.warning(
            "write not allowed" if isinstance(failure, NotAllowed) else "write refused",
            write=kind.operation,
            needs=kind.needs,
            reason=str(failure),
        )
        self._on_write(kind.operation, WriteStatus.REFUSED.value)
        return Result(WriteStatus.REFUSED, is_gone=isinstance(failure, Gone))


async def _request(to: Destination, write: Write) -> object:
    url = "/repos/{owner}/{repo}" + write.path
    place = variables(to.subject.repository, number=to.subject.number) | dict(write.place)
    match write.method:
        case "POST":
            return await to.client.post(url, place, write.data)
        case "PATCH":
            return await to.client.patch(url, place, write.data)
        case "PUT":
            return await to.client.put(url, place, write.data)
        case "DELETE":
            await to.client.delete(url, place)
            return None
