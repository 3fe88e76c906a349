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
from bot.concurrency import offload, together
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client, Clients
from bot.github.client.failure import Gone
from bot.github.read.accounts import Meet, MeetHere, listed_in, nobody_known, nobody_met
from bot.github.read.base_branch import BaseBranch
from bot.github.read.changed_texts import ChangedTexts, read_texts
from bot.github.read.conversation import conversation_by_name
from bot.github.read.conversation_reader import Earlier, MuchTextTurn, read_conversation
from bot.github.read.instruction_labels import read_instructions
from bot.github.read.people_reader import CoreTeamReading, EditorsReading, PeopleReader
from bot.github.read.published_peps import read_related
from bot.github.read.pull_request import PullRequest, Sleep, read_pull_request
from bot.github.read.pull_request_change import MarkupSource, change_of, parsed, quiet_texts
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
from bot.peps.forum import NOTHING_READ, Forum, ForumQuestions
from bot.peps.number import Claim, NumberLedger, number_in_path
from bot.peps.people import Accounts, Actor, Login
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.number_inputs import ledger_of
from bot.review.overrides import Reservation
from bot.review.snapshot import Base, Conversation, Memory, PullRequestState, Snapshot
from bot.review.subject import Repository, Subject
from bot.rules.change import Act, Change, Context
from bot.rules.forum_links import forum_links
from bot.store.protocol import Store

Reservations = Callable[[Repository], Awaitable[tuple[Reservation, ...]]]
"""Where the numbers come from that editors reserved."""


async def nothing_reserved(_repository: Repository) -> tuple[Reservation, ...]:
    """Nobody put a number aside."""
    return ()


Submitted = Callable[[Collection[int], Repository], Awaitable[Sequence[Submission]]]
"""Where the issues come from that submit PEPs of these numbers, as far as a repository may know."""


async def nothing_submitted(_peps: Collection[int], _reader: Repository) -> Sequence[Submission]:
    """Nobody submitted anything."""
    return ()


ForumSource = Callable[[ForumQuestions], Awaitable[Forum]]
"""What reads posts on the forum; what it cannot read is missing."""


async def no_forum(_asked: ForumQuestions) -> Forum:
    """Nothing is read."""
    return NOTHING_READ


class SnapshotReader:
    """Reads snapshots of pull requests."""

    def __init__(
        self,
        clients: Clients,
        store: Store,
        facts: BaseBranchReader,
        people: PeopleReader,
        app_identity: AppIdentity,
        markup: MarkupSource,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        reservations: Reservations = nothing_reserved,
        submitted: Submitted = nothing_submitted,
        forum: ForumSource = no_forum,
        meet: Meet = nobody_known,
    ) -> None:
        self._forum = forum
        self._meet = meet
        self._reservations = reservations
        self._submitted = submitted
        self._clients = clients
        self._store = store
        self._facts = facts
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
        at_least: datetime | None = None,
        fresh_conversation: bool = False,
        whole_conversation: bool = False,
        deleted: frozenset[int] = frozenset(),
        commanded: bool = False,
        comments_told: int = 0,
        overheard: list[Text] | None = None,
        told: Sequence[Text] = (),
        ordered: Collection[Login] = (),
        set_at: Mapping[str, datetime] | None = None,
        turn: MuchTextTurn | None = None,
    ) -> Snapshot:
        """A pull request as it stands.

        Args:
            subject: Which one.
            memory: What is remembered about it.
            at_least: `updated_at` of the payload that asked; an older answer is read again.
            fresh_conversation: Read reviews, and on from the comments that are remembered.
            whole_conversation: Read all comments even if they are remembered.
            deleted: The ids of comments that were deleted, as events tell.
            commanded: Read all there is to know, since somebody asks, even where no PEP is touched.
            comments_told: Of how many new comments the events tell that led here. Where there are
                more, an event was lost, and comments are read even where no PEP is touched.
            overheard: Filled with comments that hold commands and were never edited, if the
                comments are read at all.
            told: The texts that events brought, whose authors act.
            ordered: The logins that orders on the pull request name.
            set_at: The labels, in lower case, that the events set that led here, and when.
            turn: The review's turn to hold much text, from `MuchText`; without, it is alone.

        Raises:
            Gone: There is no such pull request, or not for this app.
            GitHubFailure: Something that cannot be done without could not be read.
        """
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        pull = await read_pull_request(client, subject, at_least=at_least, sleep=self._sleep)
        async with together() as group:
            facts_task = group.create_task(self._facts_for(client, subject, pull))
            files_task = group.create_task(list_files(client, subject))
        seen = _Seen(client, subject, pull, facts_task.result(), files_task.result())
        untold = _untold(pull, memory, comments_told)
        if not (commanded or untold or _wrote_here(memory)):
            quiet = quiet_texts(seen.listed, seen.facts)
            if quiet is not None:
                return await self._snapshot(seen, quiet, _UNHEARD, memory, set_at or {})
        async with together() as group:
            texts = group.create_task(
                read_texts(
                    client,
                    subject.repository,
                    pull,
                    seen.listed.files,
                    turn or MuchTextTurn(asyncio.Lock()),
                )
            )
            heard = group.create_task(
                self._hear(
                    seen,
                    None if whole_conversation or untold else _earlier(seen, memory, deleted),
                    [text.actor for text in told],
                    ordered,
                    read_on=fresh_conversation,
                )
            )
        if overheard is not None and not pull.locked:
            overheard += heard.result().texts
        return await self._snapshot(seen, texts.result(), heard.result(), memory, set_at or {})

    async def ledger(
        self, repository: Repository, facts: BaseBranch, claims: Iterable[Claim] | None = None
    ) -> NumberLedger:
        """All that is known about numbers; `claims` in place of those remembered."""
        known, complete = await self._store.claims(repository)
        return ledger_of(
            facts.policy,
            facts.published,
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

    async def _facts_for(self, client: Client, subject: Subject, pull: PullRequest) -> BaseBranch:
        if pull.default_branch is not None:
            self._facts.note_default(subject.repository, pull.default_branch)
        try:
            return await self._facts.at(client, subject.repository, pull.base_ref)
        except Gone:
            # The branch was deleted after a merge; the commit it was compared with is still there.
            return await self._facts.at(client, subject.repository, pull.base_sha)

    async def _hear(
        self,
        seen: "_Seen",
        earlier: Earlier | None,
        told: Sequence[Actor],
        ordered: Collection[Login],
        *,
        read_on: bool,
    ) -> "_Heard":
        client, subject, policy = seen.client, seen.subject, seen.facts.policy
        async with together() as group:
            core_team = group.create_task(
                self._people.core_team(client, subject.repository, policy)
            )
            editors = group.create_task(
                self._people.editors(
                    client, subject.repository, policy, seen.facts.default_codeowners
                )
            )
        listed = listed_in(policy, editors.result(), core_team.result().team, ordered)
        acts, author = await self._store.acts(subject), seen.pull.author
        # Events tell logins as they were then; what GitHub answers has the present ones.
        first = [
            *(Actor(act.login, act.account) for act in acts),
            *told,
            *([Actor(author, seen.pull.account)] if author is not None else ()),
        ]

        async def meet(actors: Iterable[Actor]) -> Accounts:
            return await self._meet(subject, listed, [*first, *actors])

        spoken, texts, heard_at = await self._conversation(
            seen, acts, earlier, meet, read_on=read_on
        )
        return _Heard(core_team.result(), editors.result(), spoken, texts, heard_at, meet)

    async def _conversation(
        self,
        seen: "_Seen",
        acts: Sequence[Act],
        earlier: Earlier | None,
        meet: MeetHere,
        *,
        read_on: bool,
    ) -> tuple[Conversation, tuple[Text, ...], datetime | None]:
        if earlier is not None and not read_on:
            return conversation_by_name(earlier.conversation, await meet(())), (), earlier.until
        spoken, texts = await read_conversation(
            seen.client, seen.subject, acts, self._app, earlier, meet
        )
        return spoken, texts, seen.pull.updated_at

    async def _snapshot(
        self,
        seen: "_Seen",
        texts: ChangedTexts,
        heard: "_Heard",
        memory: Memory,
        set_at: Mapping[str, datetime],
    ) -> Snapshot:
        pull, facts, policy = seen.pull, seen.facts, seen.facts.policy
        accounts = await heard.meet(())
        if pull.author is not None:
            pull = replace(pull, author=accounts.name(Actor(pull.author, pull.account)))
        change = change_of(pull, facts, texts, files_complete=seen.listed.complete)
        if pull.state is PullRequestState.OPEN:  # nothing is held against any other
            change = await parsed(change, policy, self._markup)
        owners = OwnersErrors()
        editors = heard.editors.logins
        if heard is not _UNHEARD and await offload(
            len(change.codeowners_after or ""),
            lambda: names_unknown_owner(change, heard.core_team.team, policy, editors),
        ):
            owners = await read_owners_errors(seen.client, seen.subject.repository, pull.head_sha)
        instructions = await read_instructions(
            seen.client,
            self._store,
            seen.subject,
            pull.labels,
            policy.labels,
            editors,
            self._app,
            None if memory.state is None else memory.labels,
            set_at=set_at,
            sleep=self._sleep,
            meet=heard.meet,
        )
        return Snapshot(
            subject=seen.subject,
            state=pull.state,
            head_sha=pull.head_sha,
            labels=pull.labels,
            change=change,
            context=Context(
                today=self._clock().astimezone(UTC).date(),
                policy=policy,
                numbers=await self._numbers(seen),
                core_team=heard.core_team.team,
                editors=editors,
                pull_request=seen.subject.number,
                acts=heard.conversation.acts,
                accepted_sponsors=frozenset(
                    login
                    for number in claimed_numbers(seen.listed.files)
                    for login in policy.people.accepted_sponsors.get(number, ())
                ),
                owners_errors=owners.errors,
                writes_schedules=seen.facts.writes_schedules,
                others=await read_related(
                    seen.client, seen.subject.repository, change, facts.blobs
                ),
                forum=await self._read_forum(pull, change, policy),
            ),
            conversation=heard.conversation,
            heard_at=heard.heard_at,
            instructions=instructions.labels,
            set_by_people=instructions.by_people,
            set_at=set_at,
            updated_at=pull.updated_at,
            comment_count=pull.comment_count,
            degraded=(
                *facts.notes,
                *seen.listed.notes,
                *texts.notes,
                # Where there is no list at all the rule `sponsor` says so; once is enough.
                *(heard.core_team.notes if heard.core_team.team is not None else ()),
                *heard.editors.notes,
                *owners.notes,
                *instructions.notes,
            ),
            base=Base(pull.base_ref, facts.codeowners, facts.keeps_peps),
            submissions=await self._submissions(seen.subject.repository, change),
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
            return NOTHING_READ
        size = sum(len(file.after or "") for file in change.files)
        asked = await offload(size, lambda: forum_links(change, policy.numbers.placeholders))
        return await self._forum(asked) if asked != ForumQuestions() else NOTHING_READ

    async def _numbers(self, seen: "_Seen") -> NumberLedger:
        """The ledger; what this pull request claims is taken from its files, not from memory."""
        placeholders = seen.facts.policy.numbers.placeholders
        known, _ = await self._store.claims(seen.subject.repository)
        claims = {claim for claim in known if claim.pull_request != seen.subject.number}
        if seen.pull.state is PullRequestState.OPEN:
            claims |= {
                Claim(number, seen.subject.number)
                for number in claimed_numbers(seen.listed.files, placeholders)
            }
        return await self.ledger(seen.subject.repository, seen.facts, claims)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the first requests told, and with what it was asked."""

    client: Client
    subject: Subject
    pull: PullRequest
    facts: BaseBranch
    listed: FileList


@dataclass(frozen=True, slots=True)
class _Heard:
    """Who is who, and what was said."""

    core_team: CoreTeamReading
    editors: EditorsReading
    conversation: Conversation
    texts: tuple[Text, ...] = ()
    heard_at: datetime | None = None
    meet: MeetHere = nobody_met


_UNHEARD = _Heard(CoreTeamReading(None), EditorsReading(None), Conversation())
"""Where nobody needs to know."""


def _untold(pull: PullRequest, memory: Memory, told: int) -> bool:
    """Whether there are comments of which no event told; only asked where the bot is silent.

    Where it writes, its own comments count as well, and a sweep finds what was missed.
    """
    if _wrote_here(memory) or pull.comment_count is None or memory.comment_count is None:
        return False
    return pull.comment_count > memory.comment_count + told


def _wrote_here(memory: Memory) -> bool:
    return bool(memory.comments or memory.labels or memory.check_run)


def _earlier(seen: _Seen, memory: Memory, deleted: frozenset[int]) -> Earlier | None:
    """The conversation as remembered, unless it may be empty only because nobody needed it then.

    Where something of interest is touched the bot has written at least a check run; if the policy
    wants one everywhere, that proves nothing.
    """
    if memory.conversation == Conversation() and (
        seen.facts.policy.check_run_always or not _wrote_here(memory)
    ):
        return None
    if memory.conversation is None:
        return None
    return Earlier(memory.conversation, memory.heard_at, deleted)
