"""The scene on which a command is given: what it may know, on a pull request or an issue."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from bot.commands.context import CommandContext, Published, UnderReview, is_of_change, numbers_asked
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import LoggedCommand, entitled_on, overrides_of
from bot.commands.result import Effect, Retitle, SetLabel, TakeLabelOff
from bot.commands.role import Role, roles_of, roles_on
from bot.github.client.client import Client
from bot.github.client.failure import Gone
from bot.github.client.json_fields import text_at, variables
from bot.github.read.base_branch import BaseBranch, FactsReader
from bot.github.read.instruction_labels import instruction_labels
from bot.github.read.people_reader import PeopleReader
from bot.github.read.published_peps import read_published
from bot.github.read.snapshot_reader import SnapshotReader
from bot.handlers.judgement import size_of
from bot.handlers.pep_sources import PepSources
from bot.offload import offload
from bot.peps.number import NumberLedger, PepNumber
from bot.peps.people import Login, same_login
from bot.policy.labels import LabelNames
from bot.review.apply_overrides import apply_overrides
from bot.review.decision.submission import Submission
from bot.review.snapshot import Base, Memory, Snapshot
from bot.review.subject import Repository, Subject
from bot.review.verdict import judge
from bot.rules.change import Context, Unreadable
from bot.store.commands import CommandStore


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
        facts: FactsReader,
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
            plain = replace(plain, instructions=_without(plain.instructions, paused))
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
        roles = _roles_here(asker, snapshot, spoken) | _roles_on(asker, published)
        published = await _with_post(published, spoken, roles, self._sources)
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
        return _as_published(base, snapshot.context, read, known)

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
                    labels=_without(plain.labels, name),
                    instructions=_without(plain.instructions, name),
                    set_by_people=_but(plain.set_by_people, name),
                )
            case Retitle(title):
                self._plain = replace(plain, change=replace(plain.change, title=title))
            case _:
                pass


class IssueContexts:
    """The scenes on an issue."""

    def __init__(
        self,
        client: Client,
        commands: CommandStore,
        subject: Subject,
        *,
        author: Login | None,
        labels: frozenset[str],
        facts: BaseBranch,
        branch: str,
        people: PeopleReader,
        numbers: NumberLedger,
        editors: frozenset[Login] | None,
        now: datetime,
        sources: PepSources,
    ) -> None:
        """Begin with what is known of the issue and its repository."""
        self._client = client
        self._commands = commands
        self._subject = subject
        self._author = author
        self._labels = labels
        self._facts = facts
        self._branch = branch
        self._people = people
        self._policy = facts.policy
        self._numbers = numbers
        self._editors = editors
        self._now = now
        self._sources = sources
        self._sources = sources
        self._known: Mapping[str, str] | None = None

    async def scene(
        self, asker: Login, given: Sequence[LoggedCommand], spoken: ParsedCommand
    ) -> CommandContext:
        """The scene for the next command; see `CommandContexts`."""
        roles = {Role.ANYONE}
        if any(same_login(asker, editor) for editor in self._editors or ()):
            roles.add(Role.EDITOR)
        is_opener = self._author is not None and same_login(asker, self._author)
        if is_opener and not spoken.command.asks_peps:  # anybody may open an issue about any PEP
            roles.add(Role.AUTHOR)
        if spoken.command.asks_labels and self._known is None:
            self._known = await repository_labels(self._client, self._subject.repository)
        published = await self._published(spoken)
        roles |= _roles_on(asker, published)
        published = await _with_post(published, spoken, roles, self._sources)
        return CommandContext(
            subject=self._subject,
            asker=asker,
            roles=frozenset(roles),
            now=self._now,
            policy=self._policy,
            numbers=self._numbers,
            reservations=await self._commands.reservations(self._subject.repository),
            editors_known=self._editors is not None,
            orders=overrides_of(given),
            labels=self._labels,
            known_labels=self._known or {},
            published=published,
        )

    async def _published(self, spoken: ParsedCommand) -> Published | None:
        if not spoken.command.asks_peps:
            return None
        numbers = numbers_asked(spoken.arguments, None)
        read = await read_published(
            self._client, self._subject.repository, self._facts.blobs, numbers
        )
        core_team = await self._people.core_team(
            self._client, self._subject.repository, self._policy
        )
        context = Context(
            today=self._now.astimezone(UTC).date(),
            policy=self._policy,
            numbers=self._numbers,
            core_team=core_team.team,
            editors=self._editors,
        )
        known = await self._sources.submissions(numbers, self._subject.repository)
        return _as_published(Base(self._branch, self._facts.codeowners), context, read, known)

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""
        return self._policy.labels

    @property
    def size(self) -> int:
        """How many characters a command may have to look at."""
        return 0

    def made(self, effect: Effect, by: Login) -> None:  # noqa: ARG002 - no label is a stage here
        """Note what a command before it changed on GitHub; see `CommandContexts`."""
        match effect:
            case SetLabel(name):
                self._labels |= {name}
            case TakeLabelOff(name):
                self._labels = _without(self._labels, name)
            case _:
                pass


def _as_published(
    base: Base,
    context: Context,
    read: Mapping[PepNumber, str | Unreadable],
    submissions: tuple[Submission, ...],
) -> Published:
    return Published(
        base,
        context,
        {number: text for number, text in read.items() if not isinstance(text, Unreadable)},
        frozenset(number for number, text in read.items() if isinstance(text, Unreadable)),
        submissions,
    )


async def _with_post(
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


def _roles_here(asker: Login, snapshot: Snapshot, spoken: ParsedCommand) -> frozenset[Role]:
    """What an account is on a pull request, as far as that counts for the command.

    Of another PEP than it changes, nobody becomes an author by having opened it.
    """
    roles = roles_of(asker, snapshot.change, snapshot.context)
    if not spoken.command.asks_peps or is_of_change(spoken.arguments, snapshot.change):
        return roles
    return roles & {Role.ANYONE, Role.EDITOR}


def _roles_on(asker: Login, published: Published | None) -> frozenset[Role]:
    """What an account is on the PEPs that a command is about."""
    if published is None:
        return frozenset()
    return roles_on(asker, published.texts.values(), published.context)


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


def _without(labels: frozenset[str], name: str) -> frozenset[str]:
    return frozenset(label for label in labels if label.casefold() != name.casefold())
