"""What commands about a PEP may know that stands neither in its text nor on the pull request."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.commands.grammar.arguments import Arguments
from bot.github.read.snapshot_reader import ForumSource, Submitted, no_forum, nothing_submitted
from bot.peps.forum import NOTHING_READ, Forum, ForumQuestions, post_ref
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.subject import Repository


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
