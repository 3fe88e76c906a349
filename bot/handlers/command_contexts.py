"""The scene on which a command is given: what it may know, on a pull request or an issue."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.commands.context import CommandContext, Published, UnderReview, is_of_change, numbers_asked
from bot.commands.grammar.arguments import Arguments
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import LoggedCommand, entitled_on, overrides_of
from bot.commands.result import Effect, Retitle, SetLabel, TakeLabelOff
from bot.commands.role import Role, roles_of, roles_on
from bot.concurrency import offload
from bot.github.client.client import Client
from bot.github.client.failure import Gone
from bot.github.client.response import text_at, variables
from bot.github.read.instruction_labels import instruction_labels
from bot.github.read.published_peps import read_published
from bot.github.read.repository import BaseBranchReader
from bot.github.read.snapshot_reader import (
    ForumSource,
    SnapshotReader,
    Submitted,
    no_forum,
    nothing_submitted,
)
from bot.handlers.judgement import size_of
from bot.peps.forum import NOTHING_READ, Forum, ForumQuestions, post_ref
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.labels import LabelNames
from bot.policy.model import Policy
from bot.review.decision.submission import Submission
from bot.review.snapshot import Base, Memory, Snapshot, apply_overrides
from bot.review.subject import Repository
from bot.review.verdict import judge
from bot.rules.change import Context, Unreadable
from bot.store.commands import CommandStore


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


class CommandContexts(Protocol):
    """Makes the scenes of the commands on one subject, each after those before it."""

    async def scene(
        self, asker: Login, given: Sequence[LoggedCommand], spoken: ParsedCommand
    ) -> CommandContext:
        """The scene for the next command.

        Args:
            asker: Who gives it.
            given: The commands known so far.
            spoken: The command, which may ask for more than others do.
        """

    def made(self, effect: Effect, by: Login) -> None:
        """Note what a command before it changed on GitHub, and whose command that was."""

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""

    @property
    def size(self) -> int:
        """How many characters a command may have to look at."""


class PullRequestContexts:
    """The scenes on a pull request."""

    def __init__(
        self,
        client: Client,
        reader: SnapshotReader,
        facts: BaseBranchReader,
        commands: CommandStore,
        plain: Snapshot,
        memory: Memory,
        now: datetime,
        sources: PepSources,
    ) -> None:
        """Begin with a snapshot as it was read, without what people ordered."""
        self._client = client
        self._reader = reader
        self._facts = facts
        self._commands = commands
        self._plain = plain
        self._memory = memory
        self._now = now
        self._sources = sources
        self._known: Mapping[str, str] | None = None

    def snapshot(self, given: Sequence[LoggedCommand]) -> Snapshot:
        """The snapshot with what people ordered until now, as far as they may order it now."""
        plain, paused = self._plain, self._plain.context.policy.labels.paused
        orders = overrides_of(given, entitled_on(plain.change, plain.context))
        if not orders.pauses and overrides_of(given).pauses and _is_ours(plain, paused):
            # The label stands because somebody said so who may not any more.
            plain = replace(plain, instructions=without(plain.instructions, paused))
        return apply_overrides(plain, orders)

    async def scene(
        self, asker: Login, given: Sequence[LoggedCommand], spoken: ParsedCommand
    ) -> CommandContext:
        """The scene for the next command; see `CommandContexts`."""
        snapshot = await self._reader.renumbered(self.snapshot(given))
        verdict = await offload(size_of(snapshot), lambda: judge(snapshot, self._memory))
        context = snapshot.context
        if spoken.command.asks_labels and self._known is None:
            self._known = await repository_labels(self._client, snapshot.subject.repository)
        published = await self._published(snapshot, spoken)
        roles = _roles_here(asker, snapshot, spoken) | roles_on_peps(asker, published)
        published = await with_post(published, spoken, roles, self._sources)
        return CommandContext(
            subject=snapshot.subject,
            asker=asker,
            roles=roles,
            now=self._now,
            policy=context.policy,
            numbers=context.numbers,
            reservations=await self._commands.reservations(snapshot.subject.repository),
            editors_known=context.editors is not None,
            pull_request=UnderReview(snapshot, verdict, self._memory),
            orders=snapshot.orders,
            labels=snapshot.labels,
            known_labels=self._known or {},
            published=published,
        )

    async def _published(self, snapshot: Snapshot, spoken: ParsedCommand) -> Published | None:
        if not spoken.command.asks_peps:
            return None
        repository, base = snapshot.subject.repository, snapshot.base
        blobs: Mapping[PepNumber, str] = {}
        with suppress(Gone):  # of a branch that was deleted nothing is published any more
            blobs = (await self._facts.at(self._client, repository, base.branch)).blobs
        numbers = numbers_asked(spoken.arguments, snapshot.change)
        read = await read_published(self._client, repository, blobs, numbers)
        known = await self._sources.submissions(numbers, repository)
        return as_published(base, snapshot.context, read, known)

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""
        return self._plain.context.policy.labels

    @property
    def size(self) -> int:
        """How many characters a command may have to look at."""
        return size_of(self._plain)

    def made(self, effect: Effect, by: Login) -> None:
        """Note what a command before it changed on GitHub; see `CommandContexts`."""
        plain = self._plain
        names = plain.context.policy.labels
        match effect:
            case SetLabel(name):
                # One that instructs the bot counts because the app set it; see `Effects`.
                instructs = instruction_labels([name], names)
                setters = _but(plain.set_by_people, name)
                self._plain = replace(
                    plain,
                    labels=plain.labels | {name},
                    instructions=plain.instructions | instructs,
                    set_by_people=setters if instructs else {**setters, name.casefold(): by},
                )
            case TakeLabelOff(name):
                self._plain = replace(
                    plain,
                    labels=without(plain.labels, name),
                    instructions=without(plain.instructions, name),
                    set_by_people=_but(plain.set_by_people, name),
                )
            case Retitle(title):
                self._plain = replace(plain, change=replace(plain.change, title=title))
            case _:
                pass


def _roles_here(asker: Login, snapshot: Snapshot, spoken: ParsedCommand) -> frozenset[Role]:
    """What an account is on a pull request, as far as that counts for the command.

    Of another PEP than it changes, nobody becomes an author by having opened it.
    """
    roles = roles_of(asker, snapshot.change, snapshot.context)
    if not spoken.command.asks_peps or is_of_change(spoken.arguments, snapshot.change):
        return roles
    return roles & {Role.ANYONE, Role.EDITOR}


async def repository_labels(client: Client, repository: Repository) -> Mapping[str, str]:
    """The labels a repository has, by their names in lower case ("List labels for a repository").

    Raises:
        GitHubFailure: They cannot be read.
    """
    return {
        name.casefold(): name
        async for entry in client.pages("/repos/{owner}/{repo}/labels", variables(repository))
        if (name := text_at(entry, "name"))
    }


def _is_ours(plain: Snapshot, label: str) -> bool:
    """Whether no person is known to have set a label, so that the app did for a command."""
    return label.casefold() not in plain.set_by_people


def _but(setters: Mapping[str, Login], name: str) -> dict[str, Login]:
    return {label: login for label, login in setters.items() if label != name.casefold()}


def without(labels: frozenset[str], name: str) -> frozenset[str]:
    """Labels without one, in whatever case it is written."""
    return frozenset(label for label in labels if label.casefold() != name.casefold())
