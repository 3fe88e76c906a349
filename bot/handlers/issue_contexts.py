"""The scene on which a command is given on an issue; on a pull request see `command_contexts`."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.commands.context import CommandContext, Published, numbers_asked
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import LoggedCommand, overrides_of
from bot.commands.result import Effect, SetLabel, TakeLabelOff
from bot.commands.role import Role
from bot.github.client.client import Client
from bot.github.read.base_branch import BaseBranch
from bot.github.read.people_reader import PeopleReader
from bot.github.read.published_peps import read_published
from bot.handlers.command_contexts import repository_labels, without
from bot.handlers.pep_sources import PepSources, as_published, roles_on_peps, with_post
from bot.peps.number import NumberLedger
from bot.peps.people import Login, same_login
from bot.policy.labels import LabelNames
from bot.review.snapshot import Base
from bot.review.subject import Subject
from bot.rules.change import Context
from bot.store.commands import CommandStore


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
        roles |= roles_on_peps(asker, published)
        published = await with_post(published, spoken, roles, self._sources)
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
        return as_published(Base(self._branch, self._facts.codeowners), context, read, known)

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
                self._labels = without(self._labels, name)
            case _:
                pass
