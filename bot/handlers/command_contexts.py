"""Builds the context of a command: all it may know about its pull request, and published PEPs."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.app import App
from bot.commands.context import (
    BaseBranchPeps,
    CommandContext,
    is_in_change,
    target_numbers,
)
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import overrides_of, permission_check_for
from bot.commands.result import Effect, Retitle, SetLabel, TakeLabelOff
from bot.commands.role import Role, roles_of, roles_on
from bot.commands.text import LoggedCommand, Text
from bot.concurrency import offload
from bot.github.client.client import Client, Gone, text_at, variables
from bot.github.read.accounts import has_write_access
from bot.github.read.base_branch_reader import read_published
from bot.github.read.instruction_labels import instruction_labels
from bot.peps.change import Unreadable
from bot.peps.number import PepNumber
from bot.peps.people import Login
from bot.policy.labels import LabelNames
from bot.review.decision.submission import Submission
from bot.review.review import review
from bot.review.snapshot import Base, Memory, Since, Snapshot, apply_overrides
from bot.review.subject import Repository
from bot.rules.engine.context import Context


def base_branch_peps(
    base: Base,
    context: Context,
    read: Mapping[PepNumber, str | Unreadable],
    submissions: tuple[Submission, ...],
) -> BaseBranchPeps:
    """PEPs as they were read at the tip of a branch."""
    return BaseBranchPeps(
        base,
        context,
        {number: text for number, text in read.items() if not isinstance(text, Unreadable)},
        frozenset(number for number, text in read.items() if isinstance(text, Unreadable)),
        submissions,
    )


async def completed(
    app: App, client: Client, text: Text, parsed: ParsedCommand, found: CommandContext
) -> CommandContext:
    """The context with what has to be asked for: reservations, more roles, and the linked post.

    Whether somebody has write access costs a request, so it is asked only if it matters: for a
    command that collaborators may give, by somebody who is not an editor. The post is read only for
    those who may use the command.
    """
    repository, published, roles = found.subject.repository, found.published, found.roles
    if published is not None:
        roles |= roles_on(found.commenter, published.texts.values(), published.context)
    allowed = parsed.command.allowed(parsed.form, found.policy)
    may_write: bool | None = False
    if Role.COLLABORATOR in allowed and Role.EDITOR not in roles:
        may_write = await has_write_access(client, repository, text.actor)
    if may_write:
        await app.people.note_editors(repository, [found.commenter])
        roles |= {Role.COLLABORATOR}
    if published is not None and roles & allowed:
        post = await app.surroundings.linked_post(parsed.arguments, found.policy)
        published = replace(published, forum=post)
    return replace(
        found,
        roles=roles,
        access_known=may_write is not None,
        reservations=await app.commands.reservations(repository),
        published=published,
    )


class CommandContexts(Protocol):
    """Builds the contexts of the commands on one subject, each after the commands before it."""

    async def command_context(
        self, text: Text, logged: Sequence[LoggedCommand], parsed: ParsedCommand
    ) -> CommandContext:
        """The context of the next command.

        Args:
            text: The text that has it, by whoever gives it.
            logged: The commands known so far.
            parsed: The command, which may need more data than others.
        """

    def record_effect(self, effect: Effect, by: Login) -> None:
        """Take into account what a command just changed on GitHub, and who wrote it."""

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""

    @property
    def size(self) -> int:
        """How many characters a command may have to process."""


class PullRequestContexts:
    """Contexts of commands on a pull request; implements `CommandContexts`."""

    def __init__(
        self,
        app: App,
        client: Client,
        as_read: Snapshot,
        memory: Memory,
        now: datetime,
    ) -> None:
        """Start from a snapshot as it was read, without overrides."""
        self._app = app
        self._client = client
        self._as_read = as_read
        self._memory = memory
        self._now = now
        self._label_names: Mapping[str, str] | None = None

    def snapshot(self, logged: Sequence[LoggedCommand]) -> Snapshot:
        """The snapshot with the overrides of all commands whose authors are still allowed them."""
        as_read, paused = self._as_read, self._as_read.context.policy.labels.paused
        overrides = overrides_of(logged, permission_check_for(as_read.change, as_read.context))
        if not overrides.pauses and overrides_of(logged).pauses and _set_by_bot(as_read, paused):
            # The label was set for somebody who is no longer allowed to pause the bot.
            as_read = replace(as_read, instructions=without_label(as_read.instructions, paused))
        return apply_overrides(as_read, overrides)

    async def command_context(
        self, text: Text, logged: Sequence[LoggedCommand], parsed: ParsedCommand
    ) -> CommandContext:
        """The context of the next command; see `CommandContexts`."""
        commenter = Login(text.author)
        snapshot = await self._app.reader.renumbered(self.snapshot(logged))
        now = Since(self._now, "command")
        result = await offload(snapshot.size, lambda: review(snapshot, self._memory, now))
        context = snapshot.context
        if parsed.command.needs_labels and self._label_names is None:
            self._label_names = await repository_labels(self._client, snapshot.subject.repository)
        found = CommandContext(
            subject=snapshot.subject,
            commenter=commenter,
            roles=_roles_for_command(commenter, snapshot, parsed),
            now=self._now,
            policy=context.policy,
            numbers=context.numbers,
            editors_known=context.editors is not None,
            editors=context.editor_mentions,
            pull_request=result,
            overrides=snapshot.overrides,
            labels=snapshot.labels,
            known_labels=self._label_names or {},
            published=await self._published(snapshot, parsed),
        )
        return await completed(self._app, self._client, text, parsed, found)

    async def _published(self, snapshot: Snapshot, parsed: ParsedCommand) -> BaseBranchPeps | None:
        if not parsed.command.needs_peps:
            return None
        repository, base = snapshot.subject.repository, snapshot.base
        blobs: Mapping[PepNumber, str] = {}
        with suppress(Gone):  # on a deleted branch nothing is published any more
            blobs = (await self._app.base_branch.at(self._client, repository, base.branch)).blobs
        numbers = target_numbers(parsed.arguments, snapshot.change)
        read = await read_published(self._client, repository, blobs, numbers)
        known = await self._app.surroundings.submissions_of(numbers, repository)
        return base_branch_peps(base, snapshot.context, read, known)

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""
        return self._as_read.context.policy.labels

    @property
    def size(self) -> int:
        """How many characters a command may have to process."""
        return self._as_read.size

    def record_effect(self, effect: Effect, by: Login) -> None:
        """Take into account what a command just changed; see `CommandContexts`."""
        as_read = self._as_read
        names = as_read.context.policy.labels
        match effect:
            case SetLabel(name):
                # An instruction label counts because the app set it; see `command_runner`.
                instructs = instruction_labels([name], names)
                setters = _without_setter(as_read.set_by_people, name)
                self._as_read = replace(
                    as_read,
                    labels=as_read.labels | {name},
                    instructions=as_read.instructions | instructs,
                    set_by_people=setters if instructs else {**setters, name.casefold(): by},
                )
            case TakeLabelOff(name):
                self._as_read = replace(
                    as_read,
                    labels=without_label(as_read.labels, name),
                    instructions=without_label(as_read.instructions, name),
                    set_by_people=_without_setter(as_read.set_by_people, name),
                )
            case Retitle(title):
                self._as_read = replace(as_read, change=replace(as_read.change, title=title))
            case _:
                pass


def _roles_for_command(
    commenter: Login, snapshot: Snapshot, parsed: ParsedCommand
) -> frozenset[Role]:
    """The roles of an account on a pull request that count for the command.

    Opening a pull request makes nobody an author of a PEP that it does not change.
    """
    roles = roles_of(commenter, snapshot.change, snapshot.context)
    if not parsed.command.needs_peps or is_in_change(parsed.arguments, snapshot.change):
        return roles
    return roles & {Role.ANYONE, Role.EDITOR}


async def repository_labels(client: Client, repository: Repository) -> Mapping[str, str]:
    """A repository's labels by their names in lower case ("List labels for a repository").

    Raises:
        GitHubFailure: They cannot be read.
    """
    return {
        name.casefold(): name
        async for entry in client.pages("/repos/{owner}/{repo}/labels", variables(repository))
        if (name := text_at(entry, "name"))
    }


def _set_by_bot(as_read: Snapshot, label: str) -> bool:
    """Whether the app set a label for a command, since no person is known to have set it."""
    return label.casefold() not in as_read.set_by_people


def _without_setter(setters: Mapping[str, Login], name: str) -> dict[str, Login]:
    return {label: login for label, login in setters.items() if label != name.casefold()}


def without_label(labels: frozenset[str], name: str) -> frozenset[str]:
    """The labels without one of them, regardless of case."""
    return frozenset(label for label in labels if label.casefold() != name.casefold())
