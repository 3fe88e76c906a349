"""Reads the reviews and comments on a pull request: all of them, or those since the last time."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.commands.grammar.parse import parsing_cost
from bot.commands.text import Place, Text, may_have_commands
from bot.concurrency import offload, run_together
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client, variables
from bot.github.read.accounts import LocalAccountResolver, trust_logins_here
from bot.github.read.conversation import (
    MARKER,
    IssueComment,
    actors,
    acts_with_current_logins,
    conversation,
    conversation_with_current_logins,
    merged_acts,
    parse_comment,
    parse_review,
    preview_host,
    with_current_logins,
)
from bot.review.snapshot import Conversation, OwnComment
from bot.review.subject import Subject
from bot.rules.engine.context import Act

_COMMENT_ID = re.compile(r"#issuecomment-([0-9]{1,19})$")
_OVERLAP = timedelta(minutes=1)
"""How much of the last reading is read again, since GitHub's lists may lag behind."""


@dataclass(frozen=True, slots=True)
class EarlierConversation:
    """A conversation that was read before.

    Attributes:
        conversation: What was said then.
        until: The pull request's `updated_at` before it was read; None if unknown, and then all
            must be read again.
        deleted: The ids of comments that were deleted since.
    """

    conversation: Conversation
    until: datetime | None
    deleted: frozenset[int] = frozenset()


async def read_conversation(
    client: Client,
    subject: Subject,
    remembered: Sequence[Act],
    app: AppIdentity,
    earlier: EarlierConversation | None = None,
    resolve_accounts: LocalAccountResolver = trust_logins_here,
) -> tuple[Conversation, tuple[Text, ...]]:
    """Read the conversation with two requests; more only if it has over 100 reviews or comments.

    Also returns the comments that may contain commands. REST does not tell who edited a comment,
    so only those that were never edited are returned.

    Args:
        client: Asks GitHub.
        subject: The pull request.
        remembered: Acts that are known from events only.
        app: This app, to recognize its comments.
        earlier: What was read before. Only comments that are new or changed since then are read,
            since there may be thousands, and anybody may add one.
        resolve_accounts: Returns the logins of those who wrote.

    Raises:
        GitHubFailure: A list could not be read.
    """
    place = variables(subject.repository, number=subject.number)
    url = "/repos/{owner}/{repo}/issues/{number}/comments"
    since: dict[str, str | int] = {}
    if earlier is not None and earlier.until is not None:
        url += "{?since}"
        since["since"] = (earlier.until - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with run_together() as group:
        reviews = group.create_task(
            _all(client, "/repos/{owner}/{repo}/pulls/{number}/reviews", place)
        )
        comments = group.create_task(_comments(client, url, place | since))
    posts = comments.result()
    reviewed = [review for entry in reviews.result() if (review := parse_review(entry))]
    accounts = await resolve_accounts(actors([*reviewed, *posts]))
    whole = await offload(
        sum(parsing_cost(comment.body) for comment in posts),
        lambda: conversation(
            with_current_logins(reviewed, accounts),
            with_current_logins(posts, accounts),
            acts_with_current_logins(remembered, accounts),
            app,
        ),
    )
    if earlier is not None and since:
        known = replace(
            earlier, conversation=conversation_with_current_logins(earlier.conversation, accounts)
        )
        whole = _merge_newer(known, whole, {comment.id for comment in posts})
    return whole, tuple(text for comment in posts if (text := _command_text(comment)) is not None)


async def _comments(client: Client, url: str, place: dict[str, str | int]) -> list[IssueComment]:
    """Read comments page by page; bodies without a command, marker or preview are dropped."""
    found = []
    async for entry in client.pages(url, place):
        if (comment := parse_comment(entry)) is not None:
            is_relevant = (
                may_have_commands(comment.body)
                or MARKER.search(comment.body)
                or preview_host(comment)
            )
            found.append(comment if is_relevant else replace(comment, body=""))
    return found


def _merge_newer(earlier: EarlierConversation, newer: Conversation, read: set[int]) -> Conversation:
    """Combine an earlier reading with a newer one, which replaces the comments it contains."""
    replaced = read | earlier.deleted
    acts = [
        act
        for act in earlier.conversation.acts
        if (found := _COMMENT_ID.search(act.url)) and int(found[1]) not in replaced
    ]
    mentions = [
        one
        for one in earlier.conversation.mentions or ()
        if (found := _COMMENT_ID.search(one.url)) and int(found[1]) not in replaced
    ]
    own = [one for one in earlier.conversation.own_comments if one.id not in replaced]
    previews = {
        comment: host
        for comment, host in earlier.conversation.previews.items()
        if comment not in replaced
    }
    return replace(
        newer,
        previews={**previews, **newer.previews},
        acts=merged_acts(acts, newer.acts),
        mentions=(*mentions, *(newer.mentions or ())),
        own_comments=tuple(sorted([*own, *newer.own_comments], key=lambda one: one.id)),
    )


def _command_text(comment: IssueComment) -> Text | None:
    if comment.login is None or comment.edited or not comment.is_person or not comment.node_id:
        return None
    if not may_have_commands(comment.body):
        return None
    return Text(
        node_id=comment.node_id,
        place=Place.COMMENT,
        id=comment.id,
        author=comment.login,
        sender=comment.login,
        body=comment.body,
        url=comment.url,
        at=comment.at,
        account=comment.account,
        sender_account=comment.account,
    )


async def own_comments(
    client: Client, subject: Subject, app: AppIdentity
) -> tuple[OwnComment, ...]:
    """Read our comments on an issue, oldest first.

    Raises:
        GitHubFailure: They cannot be read.
    """
    place = variables(subject.repository, number=subject.number)
    posts = await _comments(client, "/repos/{owner}/{repo}/issues/{number}/comments", place)
    return conversation((), posts, (), app).own_comments


async def _all(client: Client, url: str, place: dict[str, str | int]) -> list[object]:
    return [entry async for entry in client.pages(url, place)]


SMALL_TEXT = 200_000
"""The most bytes of a text that is read without a permit; the longest PEPs have two thirds."""

SMALL_TOTAL = 400_000
"""How many characters a review may read in all before it needs the permit."""


class LargeTextPermit:
    """Lets one review at a time hold much text, once it has acquired it."""

    def __init__(self, shared: asyncio.Lock) -> None:
        self._shared = shared
        self._asking = asyncio.Lock()
        self.is_acquired = False

    async def acquire(self) -> None:
        """Wait until no other review holds much text; return at once if this one may already."""
        async with self._asking:
            if not self.is_acquired:
                await self._shared.acquire()
                self.is_acquired = True

    def release(self) -> None:
        """Let the next review acquire it."""
        if self.is_acquired:
            self._shared.release()
            self.is_acquired = False


class LargeTextLimit:
    """Limits how many reviews hold much text at the same time: one."""

    def __init__(self) -> None:
        self._shared = asyncio.Lock()

    @asynccontextmanager
    async def permit(self) -> AsyncIterator[LargeTextPermit]:
        """A permit that is released at the end of the block, if it was acquired."""
        permit = LargeTextPermit(self._shared)
        try:
            yield permit
        finally:
            permit.release()
