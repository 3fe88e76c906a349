"""Reading a snapshot: everything a review decides on, for as few requests as can be.

Warm, a pull request that changes one PEP and CODEOWNERS costs six: itself, its files, the two
blobs, the reviews, the comments. One that touches neither costs two, and so does a push that
changes nothing of interest, since blobs are kept by SHA and the conversation is remembered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.commands.text import Text
from bot.concurrency import offload, run_together
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client, Clients
from bot.github.client.failure import Gone
from bot.github.read.accounts import (
    AccountResolver,
    LocalAccountResolver,
    collect_listed_logins,
    trust_logins,
    trust_logins_here,
)
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import ChangedTexts, read_texts
from bot.github.read.conversation import conversation_with_current_logins
from bot.github.read.conversation_reader import (
    EarlierConversation,
    LargeTextPermit,
    read_conversation,
)
from bot.github.read.instruction_labels import read_instructions
from bot.github.read.people_reader import CoreTeamReading, EditorsReading, PeopleReader
from bot.github.read.published_peps import read_related
from bot.github.read.pull_request import PullRequest, Sleep, read_pull_request
from bot.github.read.pull_request_change import (
    MarkupSource,
    change_of,
    irrelevant_files,
    parse_change,
)
from bot.github.read.pull_request_files import (
    FileList,
    claimed_numbers,
    list_files,
)
from bot.github.read.repository import (
    BaseBranchReader,
    OwnersErrors,
    names_unknown_owner,
    read_owners_errors,
)
from bot.peps.change import Change
from bot.peps.forum import NO_FORUM_DATA, Forum, ForumRequest
from bot.peps.number import Claim, NumberLedger, number_in_path
from bot.peps.people import Accounts, Actor, Login
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.number_inputs import ledger_of
from bot.review.overrides import Reservation
from bot.review.snapshot import Base, Conversation, Memory, PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.engine.context import Act, Context
from bot.rules.engine.forum_links import forum_links
from bot.store.protocol import Store

Reservations = Callable[[Repository], Awaitable[tuple[Reservation, ...]]]
"""Where the numbers come from that editors reserved."""


async def no_reservations(_repository: Repository) -> tuple[Reservation, ...]:
    """Nobody put a number aside."""
    return ()


SubmissionSource = Callable[[Collection[int], Repository], Awaitable[Sequence[Submission]]]
"""Where the issues come from that submit PEPs of these numbers, as far as a repository may know."""


async def no_submissions(_peps: Collection[int], _reader: Repository) -> Sequence[Submission]:
    """Nobody submitted anything."""
    return ()


ForumSource = Callable[[ForumRequest], Awaitable[Forum]]
"""What reads posts on the forum; what it cannot read is missing."""


async def no_forum(_asked: ForumRequest) -> Forum:
    """Nothing is read."""
    return NO_FORUM_DATA


class SnapshotReader:
    """Reads snapshots of pull requests."""

    def __init__(
        self,
        clients: Clients,
        store: Store,
        base_branch: BaseBranchReader,
        people: PeopleReader,
        app_identity: AppIdentity,
        markup: MarkupSource,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        reservations: Reservations = no_reservations,
        submitted: SubmissionSource = no_submissions,
        forum: ForumSource = no_forum,
        resolve_accounts: AccountResolver = trust_logins,
    ) -> None:
        self._forum = forum
        self._resolve_accounts = resolve_accounts
        self._reservations = reservations
        self._submitted = submitted
        self._clients = clients
        self._store = store
        self._base_branch = base_branch
        self._people = people
        self._app = app_identity
        self._markup = markup
        self._clock = clock
        self._sleep = sleep

    async def read(
        self,
        subject: Subject,
        memory: Memory,
        *,
        min_updated_at: datetime | None = None,
        fresh_conversation: bool = False,
        whole_conversation: bool = False,
        deleted: frozenset[int] = frozenset(),
        read_everything: bool = False,
        new_comment_count: int = 0,
        missed_comments: list[Text] | None = None,
        from_events: Sequence[Text] = (),
        override_logins: Collection[Login] = (),
        set_at: Mapping[str, datetime] | None = None,
        permit: LargeTextPermit | None = None,
    ) -> Snapshot:
        """A pull request as it stands.

        Args:
            subject: Which one.
            memory: What is remembered about it.
            min_updated_at: `updated_at` of the payload that asked; an older answer is read again.
            fresh_conversation: Read reviews, and on from the comments that are remembered.
            whole_conversation: Read all comments even if they are remembered.
            deleted: The ids of comments that were deleted, as events tell.
            read_everything: Read all there is to know, since somebody asks, even where no PEP is
                touched.
            new_comment_count: Of how many new comments the events tell that led here. Where there
                are more, an event was lost, and comments are read even where no PEP is touched.
            missed_comments: Filled with comments that hold commands and were never edited, if the
                comments are read at all.
            from_events: The texts that events brought, whose authors act.
            override_logins: The logins that orders on the pull request name.
            set_at: The labels, in lower case, that the events set that led here, and when.
            permit: The review's turn to hold much text, from `LargeTextLimit`; without, it is
                alone.

        Raises:
            Gone: There is no such pull request, or not for this app.
            GitHubFailure: Something that cannot be done without could not be read.
        """
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        pull = await read_pull_request(
            client, subject, min_updated_at=min_updated_at, sleep=self._sleep
        )
        async with run_together() as group:
            base_branch_task = group.create_task(self._read_base_branch(client, subject, pull))
            files_task = group.create_task(list_files(client, subject))
        first_reads = _FirstReads(
            client, subject, pull, base_branch_task.result(), files_task.result()
        )
        has_missed_comments = _has_missed_comments(pull, memory, new_comment_count)
        if not (read_everything or has_missed_comments or _wrote_here(memory)):
            irrelevant = irrelevant_files(first_reads.listed, first_reads.base_branch)
            if irrelevant is not None:
                return await self._snapshot(
                    first_reads, irrelevant, _NO_DISCUSSION, memory, set_at or {}
                )
        async with run_together() as group:
            texts = group.create_task(
                read_texts(
                    client,
                    subject.repository,
                    pull,
                    first_reads.listed.files,
                    permit or LargeTextPermit(asyncio.Lock()),
                )
            )
            discussion = group.create_task(
                self._read_discussion(
                    first_reads,
                    None
                    if whole_conversation or has_missed_comments
                    else _earlier(first_reads, memory, deleted),
                    [text.actor for text in from_events],
                    override_logins,
                    read_new_comments=fresh_conversation,
                )
            )
        if missed_comments is not None and not pull.locked:
            missed_comments += discussion.result().texts
        return await self._snapshot(
            first_reads, texts.result(), discussion.result(), memory, set_at or {}
        )

    async def ledger(
        self, repository: Repository, base_branch: BaseBranch, claims: Iterable[Claim] | None = None
    ) -> NumberLedger:
        """All that is known about numbers; `claims` in place of those remembered."""
        known, complete = await self._store.claims(repository)
        return ledger_of(
            base_branch.policy,
            base_branch.published,
            known if claims is None else claims,
            claims_complete=complete,
            reservations=await self._reservations(repository),
        )

    async def renumbered(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the numbers that are reserved now."""
        numbers, policy = snapshot.context.numbers, snapshot.context.policy
        ledger = ledger_of(
            policy,
            numbers.published,
            numbers.claims,
            claims_complete=numbers.claims_complete,
            reservations=await self._reservations(snapshot.subject.repository),
        )
        return replace(snapshot, context=replace(snapshot.context, numbers=ledger))

    async def _read_base_branch(
        self, client: Client, subject: Subject, pull: PullRequest
    ) -> BaseBranch:
        if pull.default_branch is not None:
            self._base_branch.cache_default_branch(subject.repository, pull.default_branch)
        try:
            return await self._base_branch.at(client, subject.repository, pull.base_ref)
        except Gone:
            # The branch was deleted after a merge; the commit it was compared with is still there.
            return await self._base_branch.at(client, subject.repository, pull.base_sha)

    async def _read_discussion(
        self,
        first_reads: "_FirstReads",
        earlier: EarlierConversation | None,
        from_events: Sequence[Actor],
        override_logins: Collection[Login],
        *,
        read_new_comments: bool,
    ) -> "_Discussion":
        client, subject, policy = (
            first_reads.client,
            first_reads.subject,
            first_reads.base_branch.policy,
        )
        async with run_together() as group:
            core_team = group.create_task(
                self._people.core_team(client, subject.repository, policy)
            )
            editors = group.create_task(
                self._people.editors(
                    client, subject.repository, policy, first_reads.base_branch.default_codeowners
                )
            )
        listed = collect_listed_logins(
            policy, editors.result(), core_team.result().team, override_logins
        )
        acts, author = await self._store.acts(subject), first_reads.pull.author
        # Events tell logins as they were then; what GitHub answers has the present ones.
        first = [
            *(Actor(act.login, act.account) for act in acts),
            *from_events,
            *([Actor(author, first_reads.pull.account)] if author is not None else ()),
        ]

        async def resolve_accounts(actors: Iterable[Actor]) -> Accounts:
            return await self._resolve_accounts(subject, listed, [*first, *actors])

        conversation, texts, conversation_as_of = await self._conversation(
            first_reads, acts, earlier, resolve_accounts, read_new_comments=read_new_comments
        )
        return _Discussion(
            core_team.result(),
            editors.result(),
            conversation,
            texts,
            conversation_as_of,
            resolve_accounts,
        )

    async def _conversation(
        self,
        first_reads: "_FirstReads",
        acts: Sequence[Act],
        earlier: EarlierConversation | None,
        resolve_accounts: LocalAccountResolver,
        *,
        read_new_comments: bool,
    ) -> tuple[Conversation, tuple[Text, ...], datetime | None]:
        if earlier is not None and not read_new_comments:
            return (
                conversation_with_current_logins(earlier.conversation, await resolve_accounts(())),
                (),
                earlier.until,
            )
        conversation, texts = await read_conversation(
            first_reads.client, first_reads.subject, acts, self._app, earlier, resolve_accounts
        )
        return conversation, texts, first_reads.pull.updated_at

    async def _snapshot(
        self,
        first_reads: "_FirstReads",
        texts: ChangedTexts,
        discussion: "_Discussion",
        memory: Memory,
        set_at: Mapping[str, datetime],
    ) -> Snapshot:
        pull, base_branch, policy = (
            first_reads.pull,
            first_reads.base_branch,
            first_reads.base_branch.policy,
        )
        accounts = await discussion.resolve_accounts(())
        if pull.author is not None:
            pull = replace(pull, author=accounts.name(Actor(pull.author, pull.account)))
        change = change_of(pull, base_branch, texts, files_complete=first_reads.listed.complete)
        if pull.state is PullRequestState.OPEN:  # nothing is held against any other
            change = await parse_change(change, policy, self._markup)
        owners = OwnersErrors()
        editors = discussion.editors.logins
        if discussion is not _NO_DISCUSSION and await offload(
            len(change.codeowners_after or ""),
            lambda: names_unknown_owner(change, discussion.core_team.team, policy, editors),
        ):
            owners = await read_owners_errors(
                first_reads.client, first_reads.subject.repository, pull.head_sha
            )
        instructions = await read_instructions(
            first_reads.client,
            self._store,
            first_reads.subject,
            pull.labels,
            policy.labels,
            editors,
            self._app,
            None if memory.state is None else memory.labels,
            set_at=set_at,
            sleep=self._sleep,
            resolve_accounts=discussion.resolve_accounts,
        )
        return Snapshot(
            subject=first_reads.subject,
            state=pull.state,
            head_sha=pull.head_sha,
            labels=pull.labels,
            change=change,
            context=Context(
                today=self._clock().astimezone(UTC).date(),
                policy=policy,
                numbers=await self._numbers(first_reads),
                core_team=discussion.core_team.team,
                editors=editors,
                pull_request=first_reads.subject.number,
                acts=discussion.conversation.acts,
                accepted_sponsors=frozenset(
                    login
                    for number in claimed_numbers(first_reads.listed.files)
                    for login in policy.people.accepted_sponsors.get(number, ())
                ),
                owners_errors=owners.errors,
                generates_schedules=first_reads.base_branch.generates_schedules,
                related_headers=await read_related(
                    first_reads.client, first_reads.subject.repository, change, base_branch.blobs
                ),
                forum=await self._read_forum(pull, change, policy),
            ),
            conversation=discussion.conversation,
            conversation_as_of=discussion.conversation_as_of,
            instructions=instructions.labels,
            set_by_people=instructions.by_people,
            set_at=set_at,
            updated_at=pull.updated_at,
            comment_count=pull.comment_count,
            degraded=(
                *base_branch.notes,
                *first_reads.listed.notes,
                *texts.notes,
                # Where there is no list at all the rule `sponsor` says so; once is enough.
                *(discussion.core_team.notes if discussion.core_team.team is not None else ()),
                *discussion.editors.notes,
                *owners.notes,
                *instructions.notes,
            ),
            base=Base(pull.base_ref, base_branch.codeowners, base_branch.is_pep_repository),
            submissions=await self._submissions(first_reads.subject.repository, change),
            accounts=accounts,
        )

    async def _submissions(self, repository: Repository, change: Change) -> tuple[Submission, ...]:
        """What is known to submit the PEPs that are touched; nothing is asked of GitHub."""
        peps = {
            number for file in change.files if (number := number_in_path(file.path)) is not None
        }
        return tuple(await self._submitted(peps, repository)) if peps else ()

    async def _read_forum(self, pull: PullRequest, change: Change, policy: Policy) -> Forum:
        if not policy.discourse.host or pull.state is not PullRequestState.OPEN:
            return NO_FORUM_DATA
        size = sum(len(file.after or "") for file in change.files)
        asked = await offload(size, lambda: forum_links(change, policy.numbers.placeholders))
        return await self._forum(asked) if asked != ForumRequest() else NO_FORUM_DATA

    async def _numbers(self, first_reads: "_FirstReads") -> NumberLedger:
        """The ledger; what this pull request claims is taken from its files, not from memory."""
        placeholders = first_reads.base_branch.policy.numbers.placeholders
        known, _ = await self._store.claims(first_reads.subject.repository)
        claims = {claim for claim in known if claim.pull_request != first_reads.subject.number}
        if first_reads.pull.state is PullRequestState.OPEN:
            claims |= {
                Claim(number, first_reads.subject.number)
                for number in claimed_numbers(first_reads.listed.files, placeholders)
            }
        return await self.ledger(first_reads.subject.repository, first_reads.base_branch, claims)


@dataclass(frozen=True, slots=True)
class _FirstReads:
    """What the first requests told, and with what it was asked."""

    client: Client
    subject: Subject
    pull: PullRequest
    base_branch: BaseBranch
    listed: FileList


@dataclass(frozen=True, slots=True)
class _Discussion:
    """Who is who, and what was said."""

    core_team: CoreTeamReading
    editors: EditorsReading
    conversation: Conversation
    texts: tuple[Text, ...] = ()
    conversation_as_of: datetime | None = None
    resolve_accounts: LocalAccountResolver = trust_logins_here


_NO_DISCUSSION = _Discussion(CoreTeamReading(None), EditorsReading(None), Conversation())
"""Where nobody needs to know."""


def _has_missed_comments(pull: PullRequest, memory: Memory, from_events: int) -> bool:
    """Whether there are comments of which no event told; only asked where the bot is silent.

    Where it writes, its own comments count as well, and a sweep finds what was missed.
    """
    if _wrote_here(memory) or pull.comment_count is None or memory.comment_count is None:
        return False
    return pull.comment_count > memory.comment_count + from_events


def _wrote_here(memory: Memory) -> bool:
    return bool(memory.comments or memory.labels or memory.check_run)


def _earlier(
    first_reads: _FirstReads, memory: Memory, deleted: frozenset[int]
) -> EarlierConversation | None:
    """The conversation as remembered, unless it may be empty only because nobody needed it then.

    Where something of interest is touched the bot has written at least a check run; if the policy
    wants one everywhere, that proves nothing.
    """
    if memory.conversation == Conversation() and (
        first_reads.base_branch.policy.check_run_always or not _wrote_here(memory)
    ):
        return None
    if memory.conversation is None:
        return None
    return EarlierConversation(memory.conversation, memory.conversation_as_of, deleted)
