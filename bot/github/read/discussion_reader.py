"""Reads the discussion of a pull request: the people involved, and what they wrote."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands.text import Text
from bot.concurrency import run_together
from bot.github.client.app import AppIdentity
from bot.github.read.accounts import (
    AccountResolver,
    EditorsReading,
    LocalAccountResolver,
    collect_listed_logins,
    trust_logins,
    trust_logins_here,
)
from bot.github.read.conversation import conversation_with_current_logins
from bot.github.read.conversation_reader import EarlierConversation, read_conversation
from bot.github.read.instruction_labels import InstructionReader
from bot.github.read.people_reader import CoreTeamReading, PeopleReader
from bot.github.read.pull_request import Sleep
from bot.github.read.surroundings import FirstReads
from bot.peps.people import NO_ACCOUNTS, Accounts, Actor, Login
from bot.review.snapshot import Conversation
from bot.rules.engine.context import Act, Mention
from bot.rules.engine.pull_request_text import told_in
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class Discussion:
    """The people involved in a pull request, and what they wrote.

    Attributes:
        core_team: The core team's list.
        editors: The PEP editors.
        conversation: Acts and our own comments.
        texts: Comments that may contain commands and were never edited.
        conversation_as_of: The pull request's `updated_at` when the conversation was read.
        accounts: Which account each login means, now that the conversation is known.
        resolve_accounts: The same with more accounts that act.
    """

    core_team: CoreTeamReading
    editors: EditorsReading
    conversation: Conversation
    texts: tuple[Text, ...] = ()
    conversation_as_of: datetime | None = None
    accounts: Accounts = NO_ACCOUNTS
    resolve_accounts: LocalAccountResolver = trust_logins_here


NO_DISCUSSION = Discussion(CoreTeamReading(None), EditorsReading(None), Conversation())
"""For a pull request whose discussion does not matter."""


class DiscussionReader:
    """Reads the discussion of pull requests."""

    def __init__(
        self,
        store: Store,
        people: PeopleReader,
        app_identity: AppIdentity,
        resolve_accounts: AccountResolver = trust_logins,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.instructions = InstructionReader(store, app_identity, sleep)
        self._store = store
        self._people = people
        self._app = app_identity
        self._resolve_accounts = resolve_accounts

    async def read(
        self,
        first_reads: FirstReads,
        earlier: EarlierConversation | None,
        from_events: Sequence[Actor],
        override_logins: Collection[Login],
        *,
        read_new_comments: bool,
    ) -> Discussion:
        """Read the people, then the conversation unless the remembered one is enough.

        Args:
            first_reads: The pull request and its base branch.
            earlier: The remembered conversation; None to read all comments.
            from_events: Accounts whose texts arrived by webhook.
            override_logins: The logins that people's commands name.
            read_new_comments: Whether there may be more than what is remembered.

        Raises:
            GitHubFailure: The conversation could not be read.
        """
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
        # Events contain logins as they were then; GitHub's responses have the current ones.
        first = [
            *(Actor(act.login, act.account) for act in acts),
            *from_events,
            *([Actor(author, first_reads.pull.account)] if author is not None else ()),
        ]

        accounts = NO_ACCOUNTS

        async def resolve_accounts(actors: Iterable[Actor]) -> Accounts:
            nonlocal accounts
            accounts = await self._resolve_accounts(subject, listed, [*first, *actors])
            return accounts

        conversation, texts, conversation_as_of = await self._conversation(
            first_reads, acts, earlier, resolve_accounts, read_new_comments=read_new_comments
        )
        return Discussion(
            core_team.result(),
            editors.result(),
            conversation,
            texts,
            conversation_as_of,
            accounts,
            resolve_accounts,
        )

    async def _conversation(
        self,
        first_reads: FirstReads,
        acts: Sequence[Act],
        earlier: EarlierConversation | None,
        resolve_accounts: LocalAccountResolver,
        *,
        read_new_comments: bool,
    ) -> tuple[Conversation, tuple[Text, ...], datetime | None]:
        pull = first_reads.pull
        known = None if earlier is None else earlier.conversation
        mentioned_at = pull.created_at if earlier is None else pull.updated_at
        texts: tuple[Text, ...] = ()
        if earlier is not None and not read_new_comments:
            conversation = conversation_with_current_logins(
                earlier.conversation, await resolve_accounts(())
            )
            until = earlier.until
        else:
            conversation, texts = await read_conversation(
                first_reads.client, first_reads.subject, acts, self._app, earlier, resolve_accounts
            )
            until = pull.updated_at
        return _with_description(conversation, pull.body, known, mentioned_at), texts, until


def _with_description(
    known: Conversation, body: str, earlier: Conversation | None, at: datetime | None
) -> Conversation:
    """Add whom a pull request's description mentions.

    Args:
        known: The conversation below it.
        body: The description.
        earlier: The conversation as it was last read, which tells since when they are mentioned.
        at: When whoever is new there was mentioned; None if unknown.
    """
    before = earlier.mentions or () if earlier is not None else ()
    told = {one.login: one for one in before if not one.url}
    mentions = [one for one in known.mentions or () if one.url]
    for login in told_in(body):
        if login in told:
            mentions.append(told[login])
        elif at is not None:
            mentions.append(Mention(login, at, ""))
    return replace(known, mentions=tuple(sorted(mentions, key=lambda one: one.at)))
