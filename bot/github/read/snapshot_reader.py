"""Reads a snapshot: everything a review decides on, with as few requests as possible.

With warm caches, a pull request that changes one PEP and CODEOWNERS costs six requests: itself, its
files, the two blobs, the reviews, the comments. One that touches neither costs two, and so does a
push that changes nothing relevant, since blobs are cached by SHA and the conversation is
remembered.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.commands.text import Text
from bot.concurrency import offload, run_together
from bot.github.client.client import Clients
from bot.github.read.base_branch_reader import BaseBranchReader, read_related
from bot.github.read.changed_texts import ChangedTexts, read_texts
from bot.github.read.conversation_reader import EarlierConversation, LargeTextPermit
from bot.github.read.discussion_reader import NO_DISCUSSION, Discussion, DiscussionReader
from bot.github.read.instruction_labels import PresentLabels
from bot.github.read.pull_request import NO_HINT, Hint, PullRequest, Sleep
from bot.github.read.pull_request_change import (
    MarkupSource,
    OwnersErrors,
    change_of,
    irrelevant_files,
    names_unknown_owner,
    parse_change,
    read_owners_errors,
)
from bot.github.read.surroundings import (
    FirstReads,
    Surroundings,
    read_first,
)
from bot.peps.number import number_in_path
from bot.peps.people import Actor, Login
from bot.policy.in_office import Delegation, editors_to_mention
from bot.review.decision.submission import open_submissions
from bot.review.number_inputs import StoredNumbers, ledger_of
from bot.review.snapshot import Base, Memory, PullRequestState, Snapshot
from bot.review.subject import Subject
from bot.rules.engine.context import Context


@dataclass(frozen=True, slots=True)
class Reading:
    """A pull request as it was read.

    Attributes:
        snapshot: Its state.
        missed_comments: The comments that contain commands and were never edited, if comments were
            read at all and its conversation is not locked.
    """

    snapshot: Snapshot
    missed_comments: tuple[Text, ...] = ()


class SnapshotReader:
    """Reads snapshots of pull requests."""

    def __init__(
        self,
        clients: Clients,
        base_branch: BaseBranchReader,
        discussion: DiscussionReader,
        surroundings: Surroundings,
        markup: MarkupSource,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._clients = clients
        self._base_branch = base_branch
        self._discussion = discussion
        self._surroundings = surroundings
        self._markup = markup
        self._sleep = sleep

    async def read(
        self,
        subject: Subject,
        memory: Memory,
        hint: Hint = NO_HINT,
        *,
        whole_conversation: bool = False,
        override_logins: Collection[Login] = (),
        permit: LargeTextPermit | None = None,
    ) -> Reading:
        """Read the current state of a pull request.

        Args:
            subject: The pull request.
            memory: What is remembered about it.
            hint: What events say of it.
            whole_conversation: Read all comments even if they are remembered.
            override_logins: The logins that commands on the pull request name.
            permit: The review's permit to hold much text, from `LargeTextLimit`; by default it
                shares none with other reviews.

        Raises:
            Gone: There is no such pull request, or this app may not see it.
            GitHubFailure: Something indispensable could not be read.
        """
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        first_reads = await read_first(
            client,
            self._base_branch,
            subject,
            min_updated_at=hint.min_updated_at,
            sleep=self._sleep,
        )
        pull = first_reads.pull
        has_missed_comments = _has_missed_comments(pull, memory, hint.new_comment_count)
        if not (hint.texts or hint.events_missed or has_missed_comments or _wrote_here(memory)):
            irrelevant = irrelevant_files(first_reads.listed, first_reads.base_branch)
            if irrelevant is not None:
                return Reading(
                    await self._snapshot(first_reads, irrelevant, NO_DISCUSSION, memory, hint)
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
                self._discussion.read(
                    first_reads,
                    None
                    if whole_conversation or has_missed_comments
                    else _earlier(memory, hint.deleted),
                    [text.actor for text in hint.texts],
                    override_logins,
                    read_new_comments=hint.conversation_changed or bool(hint.texts),
                )
            )
        snapshot = await self._snapshot(
            first_reads, texts.result(), discussion.result(), memory, hint
        )
        return Reading(snapshot, () if pull.locked else discussion.result().texts)

    async def renumbered(self, snapshot: Snapshot) -> Snapshot:
        """Update the snapshot with the numbers that are reserved now, and the delegations."""
        return await self._surroundings.renumbered(snapshot)

    async def _snapshot(
        self,
        first_reads: FirstReads,
        texts: ChangedTexts,
        discussion: Discussion,
        memory: Memory,
        hint: Hint,
    ) -> Snapshot:
        pull, base_branch, policy = (
            first_reads.pull,
            first_reads.base_branch,
            first_reads.base_branch.policy,
        )
        accounts = discussion.accounts
        if pull.author is not None:
            pull = replace(pull, author=accounts.name(Actor(pull.author, pull.account)))
        change = change_of(pull, base_branch, texts, files_complete=first_reads.listed.complete)
        if pull.state is PullRequestState.OPEN:  # closed ones get no findings
            change = await parse_change(change, policy, self._markup)
        owners = OwnersErrors()
        editors = discussion.editors.logins
        if discussion is not NO_DISCUSSION and await offload(
            len(change.codeowners_after or ""),
            lambda: names_unknown_owner(change, discussion.core_team.team, policy, editors),
        ):
            owners = await read_owners_errors(
                first_reads.client, first_reads.subject.repository, pull.head_sha
            )
        submissions = await self._surroundings.submissions(first_reads.subject.repository, change)
        ours = None if memory.state is None else memory.labels
        instructions = await self._discussion.instructions.read(
            first_reads.client,
            first_reads.subject,
            PresentLabels(pull.labels, policy.labels, ours, hint.set_at),
            editors,
            discussion.resolve_accounts,
        )
        if discussion is NO_DISCUSSION:  # no PEP is touched, so no number matters
            numbers = ledger_of(policy, base_branch.published, StoredNumbers())
            delegations: tuple[Delegation, ...] = ()
        else:
            numbers, delegations = await self._surroundings.numbers(first_reads)
        return Snapshot(
            subject=first_reads.subject,
            state=pull.state,
            head_sha=pull.head_sha,
            labels=pull.labels,
            change=change,
            context=Context(
                today=self._surroundings.today(),
                policy=policy,
                numbers=numbers,
                core_team=discussion.core_team.team,
                editors=editors,
                editor_mentions=editors_to_mention(policy, base_branch.default_codeowners),
                pull_request=first_reads.subject.number,
                acts=discussion.conversation.acts,
                mentions=discussion.conversation.mentions or (),
                accepted_sponsors=frozenset(
                    login
                    for file in first_reads.listed.files
                    if (number := number_in_path(file.path)) is not None
                    for login in policy.people.accepted_sponsors.get(number, ())
                ),
                owners_errors=owners.errors,
                generates_schedules=first_reads.base_branch.generates_schedules,
                related_headers=await read_related(
                    first_reads.client, first_reads.subject.repository, change, base_branch.blobs
                ),
                calendar=await self._surroundings.calendar(first_reads.subject.repository, change),
                submitted=open_submissions(submissions, policy),
                forum=await self._surroundings.read_forum(pull, change, policy),
                delegations=delegations,
                auxiliary=base_branch.auxiliary if first_reads.listed.complete else None,
            ),
            conversation=discussion.conversation,
            conversation_as_of=discussion.conversation_as_of,
            instructions=instructions.labels,
            set_by_people=instructions.by_people,
            set_at=hint.set_at,
            updated_at=pull.updated_at,
            comment_count=pull.comment_count,
            degraded=(
                *base_branch.notes,
                *first_reads.listed.notes,
                *texts.notes,
                # If there is no list at all, the rule `sponsor` says so; once is enough.
                *(discussion.core_team.notes if discussion.core_team.team is not None else ()),
                *discussion.editors.notes,
                *owners.notes,
                *instructions.notes,
            ),
            base=Base(
                pull.base_ref,
                base_branch.codeowners,
                base_branch.is_pep_repository,
                pull.default_branch in (None, pull.base_ref),
            ),
            submissions=submissions,
            accounts=accounts,
            failed_checks=await self._surroundings.failed_checks(
                first_reads.subject.repository, pull, policy
            ),
            conflicts=_conflicts(pull, memory),
            merged_at=pull.merged_at,
        )


def _has_missed_comments(pull: PullRequest, memory: Memory, from_events: int) -> bool:
    """Whether there are comments without an event; only checked if the bot wrote nothing here.

    Otherwise its own comments are counted, too, and a sweep finds what was missed.
    """
    if _wrote_here(memory) or pull.comment_count is None or memory.comment_count is None:
        return False
    return pull.comment_count > memory.comment_count + from_events


def _conflicts(pull: PullRequest, memory: Memory) -> bool:
    """Whether it conflicts with its base; until GitHub knows, what it last said of this head."""
    if pull.state is not PullRequestState.OPEN:
        return False
    was_so = memory.conflicting_head == pull.head_sha and memory.base == pull.base_ref
    return was_so if pull.conflicts is None else pull.conflicts


def _wrote_here(memory: Memory) -> bool:
    return bool(memory.comments or memory.labels or memory.check_run)


def _earlier(memory: Memory, deleted: frozenset[int]) -> EarlierConversation | None:
    """The remembered conversation; None if it was not read, or not for whom it mentions."""
    if memory.conversation is None or memory.conversation.mentions is None:
        return None
    return EarlierConversation(memory.conversation, memory.conversation_as_of, deleted)
