"""Reading what was said on a pull request: all of it, or on from what is known."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.commands.consent import consent_cost
from bot.commands.text import Place, Text
from bot.concurrency import offload, together
from bot.github.client.app import AppIdentity
from bot.github.client.client import Client
from bot.github.client.response import variables
from bot.github.read.accounts import MeetHere, nobody_met
from bot.github.read.conversation import (
    MARKER,
    IssueComment,
    actors,
    acts_by_name,
    by_name,
    conversation,
    conversation_by_name,
    merged_acts,
    parse_comment,
    parse_review,
)
from bot.review.snapshot import Conversation, OwnComment
from bot.review.subject import Subject
from bot.rules.change import Act

_COMMENT_ID = re.compile(r"#issuecomment-([0-9]{1,19})$")
_OVERLAP = timedelta(minutes=1)
"""How much of what was read before is read again: lists may lag behind."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A conversation that was read before.

    Attributes:
        conversation: What was said then.
        until: The pull request's `updated_at` before it was read; None if that is not known, so
            that it cannot be read on from there.
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
    earlier: Earlier | None = None,
    meet: MeetHere = nobody_met,
) -> tuple[Conversation, tuple[Text, ...]]:
    """The conversation: two requests, more only past a hundred reviews or comments.

    Beside it the comments in which their author may have commanded something. REST does not tell
    who edited a comment, so only those that nobody ever edited count.

    Args:
        client: Who asks.
        subject: Of which pull request.
        remembered: Acts that only events told of.
        app: Which comments are ours.
        earlier: What was read before; only comments that are new or changed since then are read,
            for there may be thousands, and anybody may add one.
        meet: Tells what those who speak are called.

    Raises:
        GitHubFailure: A list could not be had.
    """
    place = variables(subject.repository, number=subject.number)
    url = "/repos/{owner}/{repo}/issues/{number}/comments"
    since: dict[str, str | int] = {}
    if earlier is not None and earlier.until is not None:
        url += "{?since}"
        since["since"] = (earlier.until - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    async with together() as group:
        reviews = group.create_task(
            _all(client, "/repos/{owner}/{repo}/pulls/{number}/reviews", place)
        )
        comments = group.create_task(_comments(client, url, place | since))
    said = comments.result()
    reviewed = [review for entry in reviews.result() if (review := parse_review(entry))]
    accounts = await meet(actors([*reviewed, *said]))
    whole = await offload(
        sum(consent_cost(comment.body) for comment in said),
        lambda: conversation(
            by_name(reviewed, accounts),
            by_name(said, accounts),
            acts_by_name(remembered, accounts),
            app,
        ),
    )
    if earlier is not None and since:
        known = replace(earlier, conversation=conversation_by_name(earlier.conversation, accounts))
        whole = _read_on(known, whole, {comment.id for comment in said})
    return whole, tuple(text for comment in said if (text := _commanding(comment)) is not None)


async def _comments(client: Client, url: str, place: dict[str, str | int]) -> list[IssueComment]:
    """Comments as they come, page by page; a text that says nothing to the bot is not held."""
    found = []
    async for entry in client.pages(url, place):
        if (comment := parse_comment(entry)) is not None:
            says = "/pep" in comment.body or MARKER.search(comment.body)
            found.append(comment if says else replace(comment, body=""))
    return found


def _read_on(earlier: Earlier, lately: Conversation, read: set[int]) -> Conversation:
    """What was read before, with what was read lately in the place of the same and of the new."""
    gone = read | earlier.deleted
    acts = [
        act
        for act in earlier.conversation.acts
        if (found := _COMMENT_ID.search(act.url)) and int(found[1]) not in gone
    ]
    own = [one for one in earlier.conversation.own_comments if one.id not in gone]
    return replace(
        lately,
        acts=merged_acts(acts, lately.acts),
        own_comments=tuple(sorted([*own, *lately.own_comments], key=lambda one: one.id)),
    )


def _commanding(comment: IssueComment) -> Text | None:
    if comment.login is None or comment.edited or not comment.is_person or not comment.node_id:
        return None
    if "/pep" not in comment.body:
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
    """Our comments on an issue, oldest first.

    Raises:
        GitHubFailure: They cannot be read.
    """
    place = variables(subject.repository, number=subject.number)
    said = await _comments(client, "/repos/{owner}/{repo}/issues/{number}/comments", place)
    return conversation((), said, (), app).own_comments


async def _all(client: Client, url: str, place: dict[str, str | int]) -> list[object]:
    return [entry async for entry in client.pages(url, place)]


LITTLE_TEXT = 200_000
"""Bytes of a text that are read without the turn; the longest real PEPs have two thirds of it."""

LITTLE = 400_000
"""Characters of all its texts from which on a review needs the turn."""


class MuchTextTurn:
    """A review's right to hold much text, once it has taken it."""

    def __init__(self, shared: asyncio.Lock) -> None:
        self._shared = shared
        self._asking = asyncio.Lock()
        self.is_taken = False

    async def take(self) -> None:
        """Wait until no other review holds much text; at once if this one may already."""
        async with self._asking:
            if not self.is_taken:
                await self._shared.acquire()
                self.is_taken = True

    def end(self) -> None:
        """Let the next one have it."""
        if self.is_taken:
            self._shared.release()
            self.is_taken = False


class MuchText:
    """Who holds much text."""

    def __init__(self) -> None:
        self._shared = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[MuchTextTurn]:
        """A turn that ends with the block, taken only if it is needed."""
        turn = MuchTextTurn(self._shared)
        try:
            yield turn
        finally:
            turn.end()
