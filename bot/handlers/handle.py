"""Handles a batch of deliveries: records what people did one by one, then makes one review."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import structlog

from bot.commands.consent import consent_added, consent_cost
from bot.concurrency import offload
from bot.github.client.client import Clients, Gone, TryLater
from bot.handlers import internal_jobs as own
from bot.handlers import payload as read
from bot.handlers.batch import labels_set, texts_of
from bot.handlers.command_runner import CommandRunner
from bot.handlers.events import EVENTS, Work
from bot.handlers.issue import IssueHandler
from bot.handlers.names import RepositoryResolver
from bot.handlers.payload import Payload
from bot.handlers.published_peps import PublishedPepsUpdater
from bot.handlers.redelivery import Redelivery
from bot.handlers.reminders import QueueIssue, ReminderHandler
from bot.handlers.repository import RepositoryWork
from bot.handlers.review import Hint, Reviewer
from bot.handlers.submission_work import SubmissionUpdater
from bot.inbox.delivery import Delivery
from bot.inbox.protocol import Batch
from bot.logs import add_log_fields
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act, ActKind
from bot.store.protocol import Store
from bot.store.visibility import Visibility

YOUNG = timedelta(minutes=10)
"""How long after an event GitHub may answer 404 for its subject, because of lag or an outage."""

NOT_FOUND_YET = "not there, which may pass"
"""The error message if the subject of a recent event is not found."""

_log = structlog.get_logger()
_CONVERSATION_EVENTS = ("issue_comment", "pull_request_review", "pull_request_review_comment")


class Handler:
    """Handles batches for the worker; handling one a second time changes nothing."""

    def __init__(
        self,
        *,
        clients: Clients,
        store: Store,
        reviewer: Reviewer,
        repository_work: RepositoryWork,
        issues: IssueHandler,
        runner: CommandRunner,
        redelivery: Redelivery,
        queue: QueueIssue,
        register: PublishedPepsUpdater,
        reminders: ReminderHandler,
        submissions: SubmissionUpdater,
        names: RepositoryResolver,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._store = store
        self._reviewer = reviewer
        self._work = repository_work
        self._issues = issues
        self._runner = runner
        self._redelivery = redelivery
        self._queue = queue
        self._register = register
        self._reminders = reminders
        self._submissions = submissions
        self._names = names
        self._clock = clock
        self._visibility = Visibility(store, clock)

    async def __call__(self, batch: Batch) -> None:
        """Handle one batch.

        Raises:
            Gone: The subject does not exist any more, and the event is not recent.
            GitHubFailure: GitHub could not be read or written; the batch must be repeated.
        """
        # Decided once, so that the review and the worker agree on what is gone.
        is_young = any(
            timedelta() <= self._clock() - one.received_at < YOUNG for one in batch.deliveries
        )
        try:
            await self._handle(batch, is_young=is_young)
        except Gone as gone:
            if is_young:
                raise TryLater(f"{NOT_FOUND_YET}: {gone}") from None
            raise

    async def _handle(self, batch: Batch, *, is_young: bool) -> None:
        work = Work(
            batch, [(delivery, _parse(delivery)) for delivery in batch.deliveries], is_young
        )
        add_log_fields(installation=read.installation_id(work.payload))
        kind = EVENTS[work.last.event]
        handler = getattr(self, kind.handler)
        if kind.is_about_app:
            await handler(work)
            return
        repository = await self._repository(work.payload, work.last.id)
        if repository is None:
            _log.info("no installation reaches this repository; ignored", gh_event=work.last.event)
            return
        add_log_fields(installation=repository.installation)
        await handler(work, repository)

    async def redeliver(self, _work: Work) -> None:
        """Ask GitHub for the webhooks that failed."""
        await self._redelivery.check()

    async def change_installation(self, work: Work) -> None:
        """Follow the app being installed, removed or granted other repositories."""
        installation = read.installation_id(work.payload)
        if installation is not None:
            await self._work.installation_changed(
                work.last.event, work.payload, installation, work.last.id
            )

    async def push(self, work: Work, repository: Repository) -> None:
        """Follow a push to a branch: what was read there, published PEPs, submissions."""
        await self._work.pushed(repository, work.payload, work.last.id)
        if (branch := read.pushed_default_branch(work.payload)) is not None:
            pushed = frozenset[PepNumber]().union(
                *(read.pushed_peps(one) for each, one in work.payloads if each.event == "push")
            )
            await self._register.update(repository, branch, pushed)
        await self._submissions.pushed(repository, work.payload, work.last.id)

    async def rename(self, _work: Work, _repository: Repository) -> None:
        """Nothing more: the repository is recognized by then."""

    async def rerun_suite(self, work: Work, repository: Repository) -> None:
        """Review what a check suite belongs to."""
        await self._work.suite_rerequested(repository, work.payload, work.last.id)

    async def sweep(self, work: Work, repository: Repository) -> None:
        """Look through the open pull requests."""
        everything = work.last.action == own.EVERYTHING
        await self._work.swept(repository, work.last.id, everything=everything)

    async def first_sweep(self, work: Work, repository: Repository) -> None:
        """The same, unless all claims are known by now."""
        await self._work.swept_first(repository, work.last.id)

    async def update_queue_issue(self, work: Work, repository: Repository) -> None:
        """Update the issue with the editors' queue."""
        await self._queue.update(repository, work.last.id)

    async def update_register(self, _work: Work, repository: Repository) -> None:
        """Read the published PEPs that changed."""
        await self._register.update(repository)

    async def check_reminders(self, work: Work, repository: Repository) -> None:
        """Find what is left to do after merges."""
        await self._reminders.check(repository, work.last.id)

    async def remind(self, work: Work, repository: Repository) -> None:
        """Remind the author of one merged pull request."""
        await self._reminders.remind(work.subject(repository), work.last.id)

    async def check_submissions(self, work: Work, repository: Repository) -> None:
        """Look at the trackers in which PEPs are submitted."""
        await self._submissions.check(repository, work.last.id)

    async def update_submission(self, work: Work, repository: Repository) -> None:
        """Update what is known and said of one submission."""
        await self._submissions.update(work.subject(repository), work.last.id)

    async def handle_subject(self, work: Work, repository: Repository) -> None:
        """Review a pull request; on an issue, sort it and carry out its commands."""
        subject, payloads, last = work.subject(repository), work.payloads, work.last
        if read.is_issue(work.payload):
            await self._issues.handle_batch(subject, list(payloads))
            return
        for delivery, single in payloads:
            await self._record_actor(subject, delivery, single)
        instants = [at for _, single in payloads if (at := read.updated_at(single))]
        hint = Hint(
            delivery=last.id,
            min_updated_at=max(instants, default=None),
            conversation_changed=any(
                delivery.event in _CONVERSATION_EVENTS for delivery, _ in payloads
            ),
            event=f"{last.event} {last.action}".strip(),
            texts=await texts_of(subject, payloads, self._runner),
            events_missed=any(delivery.event == own.REVIEW for delivery, _ in payloads),
            set_at=labels_set(payloads),
            new_comment_count=sum(
                (delivery.event, delivery.action) == ("issue_comment", "created")
                for delivery, _ in payloads
            ),
            deleted=frozenset(
                gone
                for delivery, single in payloads
                if (delivery.event, delivery.action) == ("issue_comment", "deleted")
                and (gone := read.comment_id(single)) is not None
            ),
            rerun=any(delivery.action == own.RERUN for delivery, _ in payloads),
            is_young=work.is_young,
        )
        await self._reviewer.review(subject, hint)

    async def _repository(self, payload: Payload, delivery: str) -> Repository | None:
        """The repository with its installation, which a repository hook's payload does not name.

        Raises:
            Gone: The repository is known, but has no installation, or its name is another's now.
        """
        name = read.repository_name(payload)
        if name is None:
            return None
        if read.is_private_repository(payload):
            await self._visibility.hide(name)
        installation = read.installation_id(payload)
        if installation is None:
            installation = await self._clients.installation_of(name)
        if installation is None:
            if await self._names.known(name) is not None:
                raise Gone(f"no installation reaches {name}")
            return None
        repository = await self._names.resolve_repository(
            Repository(name, installation),
            read.repository_id(payload),
            delivery,
            former_name=read.former_name(payload),
        )
        if read.is_private_repository(payload):
            await self._visibility.hide(repository.full_name)
        return repository

    async def _record_actor(self, subject: Subject, delivery: Delivery, payload: Payload) -> None:
        """Remember what a person did if GitHub cannot be asked for it later.

        That is who wrote a text (REST does not tell who edited one), and who set a label.
        """
        if delivery.event in _CONVERSATION_EVENTS:
            await self._record_consent(subject, delivery, payload)
        elif delivery.action in ("labeled", "unlabeled") and (
            label_and_sender := read.label_and_sender(payload)
        ):
            label, sender = label_and_sender
            setter = sender if delivery.action == "labeled" else None
            await self._store.set_labeler(subject, label, setter)

    async def _record_consent(self, subject: Subject, delivery: Delivery, payload: Payload) -> None:
        text = read.text_in(payload, delivery.event)
        if text is None or text.body is None:
            return
        if delivery.action == "dismissed":
            # REST tells when a review was submitted, not when it was dismissed.
            at = _happened_at(delivery, payload)
            act = Act(Login(text.author), ActKind.WITHDRAWAL, at, text.url, text.account)
            await self._store.add_act(subject, act, f"{text.node_id}:dismissed")
            return
        if not text.is_by_own_hand or text.by_program:
            _log.info("only a text by its author's own hand consents", author=text.author)
            return
        version = sha256(text.body.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        body, before = text.body, text.before
        cost = consent_cost(body) + consent_cost(before)
        kind = await offload(cost, lambda: consent_added(body, before))
        if kind is not None:
            # GitHub tells when a review was submitted, even after it was edited.
            is_edited_review = (delivery.event, delivery.action) == (
                "pull_request_review",
                "edited",
            )
            at = _happened_at(delivery, payload) if is_edited_review else text.at
            act = Act(Login(text.author), kind, at, text.url, text.account)
            # Includes the time: an edit back to an earlier text consents again.
            source = f"{text.node_id}:{version}:{at.isoformat()}"
            await self._store.add_act(subject, act, source)


def _happened_at(delivery: Delivery, payload: Payload) -> datetime:
    """When it happened according to the event, which may have been delivered much later."""
    return read.updated_at(payload) or delivery.received_at


def _parse(delivery: Delivery) -> Payload:
    payload = json.loads(delivery.payload)
    if not isinstance(payload, dict):
        raise TypeError(f"the payload of {delivery.id} is not a JSON object")
    return payload
