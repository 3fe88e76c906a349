"""What commands about a PEP may know that stands neither in its text nor on the pull request."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.commands.context import Published
from bot.commands.grammar.arguments import Arguments
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.role import Role, roles_on
from bot.github.read.snapshot_reader import ForumSource, Submitted, no_forum, nothing_submitted
from bot.peps.forum import NOTHING_READ, Forum, ForumQuestions, post_ref
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.snapshot import Base
from bot.review.subject import Repository
from bot.rules.change import Context, Unreadable


@dataclass(frozen=True, slots=True)
class PepSources:
    """Where it is asked for; GitHub is asked nothing.

    Attributes:
        submitted: What was submitted of some PEPs, as it is remembered.
        forum: What reads posts on the forum.
    """

    submitted: Submitted = nothing_submitted
    forum: ForumSource = no_forum

    async def submissions(
        self, peps: Collection[int], reader: Repository
    ) -> tuple[Submission, ...]:
        """What submits one of these PEPs, by the day it was opened, as far as `reader` may know."""
        return tuple(await self.submitted(peps, reader)) if peps else ()

    async def linked(self, said: Arguments, policy: Policy) -> Forum:
        """The post that a command links, where the policy wants it read and its day is not given.

        The forum is asked for two numbers; of a thread it is the first post that counts.
        """
        if not policy.discourse.host or not said.link or said.day is not None:
            return NOTHING_READ
        post = post_ref(said.link)
        return NOTHING_READ if post is None else await self.forum(ForumQuestions((post,)))


NO_SOURCES = PepSources()
"""Where nothing is known beside the texts."""


def as_published(
    base: Base,
    context: Context,
    read: Mapping[PepNumber, str | Unreadable],
    submissions: tuple[Submission, ...],
) -> Published:
    """PEPs as they were read at the tip of a branch."""
    return Published(
        base,
        context,
        {number: text for number, text in read.items() if not isinstance(text, Unreadable)},
        frozenset(number for number, text in read.items() if isinstance(text, Unreadable)),
        submissions,
    )


async def with_post(
    published: Published | None,
    spoken: ParsedCommand,
    roles: AbstractSet[Role],
    sources: PepSources,
) -> Published | None:
    """With the post that the command links; for whom it is not, nothing is asked for."""
    if published is None:
        return None
    policy = published.context.policy
    if not roles & spoken.command.allowed(spoken.form, policy):
        return published
    return replace(published, forum=await sources.linked(spoken.arguments, policy))


def roles_on_peps(asker: Login, published: Published | None) -> frozenset[Role]:
    """What an account is on the PEPs that a command is about."""
    if published is None:
        return frozenset()
    return roles_on(asker, published.texts.values(), published.context)
