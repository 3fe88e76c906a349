"""What a review depends on besides the pull request: PEP numbers, submissions, forum posts."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from bot.commands.grammar.arguments import Arguments
from bot.concurrency import offload, run_together
from bot.github.client.client import Client, Gone
from bot.github.read.base_branch import BaseBranch
from bot.github.read.base_branch_reader import BaseBranchReader
from bot.github.read.pull_request import (
    LAG_READS,
    LAG_SECONDS,
    PullRequest,
    Sleep,
    read_pull_request,
)
from bot.github.read.pull_request_files import FileList, claimed_numbers, list_files
from bot.peps.change import Change
from bot.peps.dates import NO_CALENDAR, Calendar
from bot.peps.forum import NO_FORUM_DATA, Forum, ForumRequest, post_ref
from bot.peps.number import Claim, NumberLedger, number_in_path
from bot.policy.in_office import Delegation
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.number_inputs import ledger_of
from bot.review.published_peps import Register, calendar_in
from bot.review.snapshot import PullRequestState, Snapshot
from bot.review.subject import CheckResult, Repository, Subject
from bot.rules.edits.status_transition import needs_calendar
from bot.rules.engine.forum_links import forum_links
from bot.store.documents import CHECK_RESULTS, RESULTS_TEXT
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class FirstReads:
    """The results of the first requests, with the client and subject they were made for."""

    client: Client
    subject: Subject
    pull: PullRequest
    base_branch: BaseBranch
    listed: FileList


async def read_first(
    client: Client,
    base_branch: BaseBranchReader,
    subject: Subject,
    *,
    min_updated_at: datetime | None,
    sleep: Sleep,
) -> FirstReads:
    """Read a pull request and its list of files side by side, then its base branch.

    GitHub's replicas lag, so a response whose `updated_at` is before `min_updated_at` is read again
    after a second, up to `LAG_READS` times; then the old one is used.

    Args:
        client: Asks GitHub.
        base_branch: Reads the base branch.
        subject: The pull request.
        min_updated_at: `updated_at` of the payload that asked.
        sleep: Waits before they are read again.

    Raises:
        Gone: There is no such pull request, or not for this app.
        GitHubFailure: Something could not be read.
    """
    pull, listed = await _pull_and_files(client, subject)
    for _ in range(LAG_READS):
        if min_updated_at is None or pull.updated_at is None or pull.updated_at >= min_updated_at:
            break
        await sleep(LAG_SECONDS)
        pull, listed = await _pull_and_files(client, subject)
    base = await _read_base_branch(client, base_branch, subject, pull)
    return FirstReads(client, subject, pull, base, listed)


async def _pull_and_files(client: Client, subject: Subject) -> tuple[PullRequest, FileList]:
    async with run_together() as group:
        pull = group.create_task(read_pull_request(client, subject))
        listed = group.create_task(list_files(client, subject))
    return pull.result(), listed.result()


async def _read_base_branch(
    client: Client, reader: BaseBranchReader, subject: Subject, pull: PullRequest
) -> BaseBranch:
    if pull.default_branch is not None:
        reader.cache_default_branch(subject.repository, pull.default_branch)
    try:
        return await reader.at(client, subject.repository, pull.base_ref)
    except Gone:
        # The branch was deleted after a merge; the commit GitHub compares with still exists.
        return await reader.at(client, subject.repository, pull.base_sha)


SubmissionSource = Callable[[Collection[int], Repository], Awaitable[Sequence[Submission]]]
"""Returns the issues that submit PEPs of these numbers, as far as a repository may know of them."""


async def no_submissions(_peps: Collection[int], _reader: Repository) -> Sequence[Submission]:
    """There are no submissions."""
    return ()


ForumSource = Callable[[ForumRequest], Awaitable[Forum]]
"""Reads posts on the forum; what it cannot read is missing from the result."""


async def no_forum(_asked: ForumRequest) -> Forum:
    """Read nothing from the forum."""
    return NO_FORUM_DATA


ScheduleSource = Callable[[Repository], Awaitable[Register]]
"""Returns the release schedules among a repository's published PEPs, from the store."""


async def no_schedules(_repository: Repository) -> Register:
    """No release schedules are known."""
    return {}


class Surroundings:
    """Looks up what a review depends on besides the pull request."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        *,
        submitted: SubmissionSource = no_submissions,
        forum: ForumSource = no_forum,
        schedules: ScheduleSource = no_schedules,
    ) -> None:
        self._store = store
        self._clock = clock
        self._submitted = submitted
        self._forum = forum
        self._schedules = schedules

    def today(self) -> date:
        """The day (UTC)."""
        return self._clock().astimezone(UTC).date()

    async def numbers(self, first_reads: FirstReads) -> tuple[NumberLedger, tuple[Delegation, ...]]:
        """The number ledger, and the delegations; both are read from the store at one moment.

        This pull request's claims come from its files, not from the store.
        """
        subject, base_branch = first_reads.subject, first_reads.base_branch
        known = await self._store.stored_numbers(subject.repository)
        claims = {claim for claim in known.claims if claim.pull_request != subject.number}
        if first_reads.pull.state is PullRequestState.OPEN:
            claims |= {
                Claim(number, subject.number)
                for number in claimed_numbers(
                    first_reads.listed.files, base_branch.policy.numbers.placeholders
                )
            }
        ledger = ledger_of(
            base_branch.policy, base_branch.published, replace(known, claims=tuple(claims))
        )
        return ledger, known.delegations

    async def renumbered(self, snapshot: Snapshot) -> Snapshot:
        """Update the snapshot with the numbers that are reserved now, and the delegations."""
        numbers, policy = snapshot.context.numbers, snapshot.context.policy
        known = await self._store.stored_numbers(snapshot.subject.repository)
        as_read = replace(known, claims=numbers.claims, claims_complete=numbers.claims_complete)
        ledger = ledger_of(policy, numbers.published, as_read)
        context = replace(snapshot.context, numbers=ledger, delegations=known.delegations)
        return replace(snapshot, context=context)

    async def calendar(self, repository: Repository, change: Change) -> Calendar:
        """The releases of Python, if the change needs them; GitHub is not asked."""
        size = sum(len(file.after or "") for file in change.files)
        if not await offload(size, lambda: needs_calendar(change)):
            return NO_CALENDAR
        return calendar_in(await self._schedules(repository))

    async def submissions(self, repository: Repository, change: Change) -> tuple[Submission, ...]:
        """The known submissions of the touched PEPs, without asking GitHub."""
        peps = {
            number for file in change.files if (number := number_in_path(file.path)) is not None
        }
        return await self.submissions_of(peps, repository)

    async def submissions_of(
        self, peps: Collection[int], reader: Repository
    ) -> tuple[Submission, ...]:
        """The submissions of these PEPs that `reader` may know of, by the day they were opened."""
        return tuple(await self._submitted(peps, reader)) if peps else ()

    async def failed_checks(
        self, repository: Repository, pull: PullRequest, policy: Policy
    ) -> tuple[CheckResult, ...]:
        """The checks named by the policy that failed on its head, as events told of them."""
        if not policy.checks or pull.state is not PullRequestState.OPEN:
            return ()
        stored = await self._store.document(CHECK_RESULTS.of(repository, pull.head_sha))
        known = None if stored is None else RESULTS_TEXT.load(stored.text)
        results = () if known is None else known.results
        return tuple(one for one in results if one.failed and one.name in policy.checks)

    async def linked_post(self, arguments: Arguments, policy: Policy) -> Forum:
        """Read the post that a command links, if the policy allows it and no day is given.

        The forum is asked by thread and post number; for a thread, its first post counts.
        """
        if not policy.discourse.host or not arguments.link or arguments.day is not None:
            return NO_FORUM_DATA
        post = post_ref(arguments.link)
        return NO_FORUM_DATA if post is None else await self._forum(ForumRequest((post,)))

    async def read_forum(self, pull: PullRequest, change: Change, policy: Policy) -> Forum:
        """The forum posts that the changed PEPs link, if the policy has a forum read."""
        if not policy.discourse.host or pull.state is not PullRequestState.OPEN:
            return NO_FORUM_DATA
        size = sum(len(file.after or "") for file in change.files)
        asked = await offload(size, lambda: forum_links(change, policy.numbers.placeholders))
        return await self._forum(asked) if asked != ForumRequest() else NO_FORUM_DATA
