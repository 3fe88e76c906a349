"""Records submissions of PEPs in trackers, and comments on them with the state of the PEP.

A tracker is a repository that a PEP repository's policy names as the place to ask a deciding body.
Submissions are stored in any repository, named or not, which costs no request and posts nothing;
wherever a PEP is shown they are read from the store.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import structlog

from bot.concurrency import offload
from bot.github.client.client import Client, Clients
from bot.github.client.response import moment_at
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import read_blob
from bot.github.read.tracker_issues import submission_in
from bot.github.write.outbox import SUBMISSION_LINE, Outbox
from bot.handlers import payload as read
from bot.handlers.internal_jobs import Enqueue, review_of, submission_of
from bot.handlers.payload import Payload
from bot.inbox.delivery import Delivery
from bot.peps.change import Unreadable
from bot.peps.document import SectionChange, changed_sections
from bot.peps.number import PepNumber
from bot.peps.preamble import parse_preamble
from bot.policy.in_office import trackers
from bot.review.decision.submission import Submission
from bot.review.reconcile import digest_of
from bot.review.render.new_pep import SUBMISSION, submission_line
from bot.review.snapshot import PullRequestState
from bot.review.subject import Repository, Subject
from bot.store.listings import stored_policy
from bot.store.protocol import Intent, Store
from bot.store.submissions import SubmissionStore

_log = structlog.get_logger()

_NEWS = "submission"
"""The kind of the intent to pass on a changed submission; its detail is the PEP."""

_TITLE = "submission title"
"""The same for a changed title, which is shown nowhere: only our comment on it is updated."""


class Submissions:
    """Records submissions. Every step may be repeated."""

    def __init__(
        self,
        *,
        store: Store,
        submissions: SubmissionStore,
        enqueue: Enqueue,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._submissions = submissions
        self._enqueue = enqueue
        self._clock = clock

    async def received(self, issue: Subject, payloads: Sequence[tuple[Delivery, Payload]]) -> None:
        """Record what events say of an issue, without any request."""
        for delivery, payload in payloads:
            if delivery.event != "issues":
                continue
            if read.removes_issue(payload, delivery.event):
                await self.remove(issue, delivery.id)
            else:
                await self.update_from(issue, read.issue_in(payload), delivery.id)

    async def update_from(self, issue: Subject, issue_json: object, delivery: str) -> None:
        """Record the submission in an issue, and pass on what changed.

        Args:
            issue: The issue.
            issue_json: The issue, from a webhook or a list.
            delivery: The delivery that led here.
        """
        submission = submission_in(issue.repository, issue_json)
        known = await self._submissions.on(issue)
        if submission is None:
            if known is not None:
                await self._intend(issue, {known.pep})
                await self._submissions.forget(issue, moment_at(issue_json, "updated_at"))
        else:
            if known is None or _visible_fields(known) != _visible_fields(submission):
                await self._intend(issue, {submission.pep, *([known.pep] if known else [])})
            elif known.title != submission.title:
                await self._store.intend(issue, Intent(_TITLE, str(submission.pep)))
            if await self._submissions.keep(submission):
                _log.info("submission", subject=issue.key, pep=submission.pep)
        await self._notify(issue, delivery)

    async def remove(self, issue: Subject, delivery: str) -> None:
        """Forget an issue that was deleted or moved elsewhere."""
        known = await self._submissions.on(issue)
        if known is not None:
            await self._intend(issue, {known.pep})
            await self._submissions.forget(issue)
        await self._notify(issue, delivery)

    async def _intend(self, issue: Subject, peps: Collection[PepNumber]) -> None:
        """Commit to passing a change on, even if the process dies in between."""
        for pep in sorted(peps):
            await self._store.intend(issue, Intent(_NEWS, str(pep)))

    async def _notify(self, issue: Subject, delivery: str) -> None:
        intents_left = [
            one for one in await self._store.intents(issue) if one.kind in (_NEWS, _TITLE)
        ]
        if not intents_left:
            return
        peps = {int(one.detail) for one in intents_left}
        news = {int(one.detail) for one in intents_left if one.kind == _NEWS}
        # The check of a tracker may find many changes, and each needs a cause of its own.
        cause = sha256(f"{delivery} {issue.key}".encode()).hexdigest()[:32]
        known = {one.full_name.lower(): one for one in await self._store.repositories()}
        here = issue.repository.full_name.lower()
        for repository in await self._submissions.readers(issue.repository):
            watched = trackers(await stored_policy(self._store, repository))
            # Anybody can install the app and open issues; ignore trackers the policy does not name.
            if here not in watched:
                continue
            if news:
                await self._review(repository, news, cause)
            for submission in await self._submissions.of(peps, repository):
                tracker = known.get(submission.tracker.lower())
                if tracker is None or not submission.is_open:
                    continue
                is_same_installation = tracker.installation == repository.installation
                if is_same_installation and submission.tracker.lower() in watched:
                    where = Subject(tracker, submission.number)
                    await self._enqueue(submission_of(where, cause, self._clock()))
        for one in intents_left:
            await self._store.fulfil(issue, one)

    async def _review(self, repository: Repository, peps: Collection[int], cause: str) -> None:
        """Queue reviews of the open pull requests that touch these PEPs, to update their links."""
        for number, memory in sorted((await self._store.reviewed(repository)).items()):
            if memory.state is PullRequestState.OPEN and memory.touches & set(peps):
                await self._enqueue(review_of(Subject(repository, number), cause, self._clock()))


def _visible_fields(submission: Submission) -> tuple[object, ...]:
    """The fields of a submission that are shown anywhere."""
    return (
        submission.tracker,
        submission.pep,
        submission.url,
        submission.is_open,
        submission.opened_at,
        submission.closed_at,
    )


_COST_OF_COMPARING = 4


class SubmissionLines:
    """Keeps our comments on submissions up to date."""

    def __init__(
        self,
        *,
        clients: Clients,
        submissions: SubmissionStore,
        outbox: Outbox,
        clock: Callable[[], datetime],
    ) -> None:
        self._clients = clients
        self._submissions = submissions
        self._outbox = outbox
        self._clock = clock

    async def write(
        self,
        issue: Subject,
        client: Client,
        repository: Repository,
        base_branch: BaseBranch,
        delivery: str,
    ) -> None:
        """Post or edit the comment, unless it is up to date.

        Args:
            issue: The submission.
            client: Reads the repository of PEPs.
            repository: That repository.
            base_branch: Its default branch.
            delivery: The delivery that led here.

        Raises:
            GitHubFailure: GitHub cannot be read or written now.
        """
        submission = await self._submissions.on(issue)
        if submission is None:
            return
        blob = base_branch.blobs.get(submission.pep)
        text = await read_blob(client, repository, blob)
        if isinstance(text, Unreadable):
            return
        body = submission_line(
            submission,
            parse_preamble(text),
            await self._changes(client, repository, submission, text),
            base_branch.policy,
            self._clock().astimezone(UTC).date(),
            [
                one
                for one in await self._submissions.of([submission.pep], repository)
                if one.tracker.lower() in trackers(base_branch.policy)
            ],
        )
        posted_comment = await self._submissions.posted_comment(issue)
        digest = digest_of(body)
        if digest != posted_comment.digest:
            tracker_client = await self._clients.for_repository(
                issue.repository.full_name, issue.repository.installation
            )
            comment = await self._outbox.ensure_comment(
                tracker_client,
                issue,
                SUBMISSION_LINE,
                SUBMISSION,
                body,
                delivery,
                known=posted_comment.comment,
            )
            if self._outbox.dry_run:
                return
            posted_comment = replace(posted_comment, comment=comment, digest=digest)
        await self._submissions.record_comment(issue, replace(posted_comment, blob=blob))
        await self._outbox.settle(issue, lambda marker: marker == SUBMISSION)

    async def _changes(
        self, client: Client, repository: Repository, submission: Submission, text: str
    ) -> tuple[SectionChange, ...] | None:
        """What changed since the submission; None if the text at that time cannot be read."""
        before = await read_blob(client, repository, submission.blob)
        if isinstance(before, Unreadable):
            return None
        size = _COST_OF_COMPARING * (len(before) + len(text))
        return await offload(size, lambda: changed_sections(before, text))
