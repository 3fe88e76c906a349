"""What happens on issues that are no pull requests: new ones are sorted, commands are heard."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from bot.commands.context import CommandContext, Published, numbers_asked
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import LoggedCommand, overrides_of
from bot.commands.result import Effect, SetLabel, TakeLabelOff
from bot.commands.role import Role
from bot.github.client.client import Client, Clients
from bot.github.client.response import id_at, items_at, text_at, variables
from bot.github.read.accounts import Meet, listed_in, nobody_known
from bot.github.read.base_branch import BaseBranch
from bot.github.read.people_reader import PeopleReader
from bot.github.read.published_peps import read_published
from bot.github.read.repository import BaseBranchReader
from bot.github.write.replies import AnswerWriter
from bot.handlers import payload as read
from bot.handlers.command_contexts import (
    PepSources,
    as_published,
    repository_labels,
    roles_on_peps,
    with_post,
    without,
)
from bot.handlers.command_runner import NUMBERS_MOVED, CommandRunner, CommandSession
from bot.handlers.invalidator import Invalidator
from bot.handlers.issue_triage import IssueTriage
from bot.handlers.payload import Payload
from bot.handlers.submissions import Submissions
from bot.handlers.texts import texts_of
from bot.inbox.delivery import Delivery
from bot.peps.number import NumberLedger
from bot.peps.people import Accounts, Actor, Login, same_login
from bot.policy.labels import LabelNames
from bot.review.number_inputs import ledger_of
from bot.review.snapshot import Base
from bot.review.subject import Subject
from bot.rules.change import Context
from bot.store.commands import CommandStore
from bot.store.protocol import Store


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


_log = structlog.get_logger()


class IssueWork:
    """Hears commands on issues. Every step may be repeated."""

    def __init__(
        self,
        *,
        clients: Clients,
        facts: BaseBranchReader,
        people: PeopleReader,
        store: Store,
        commands: CommandStore,
        hearing: CommandRunner,
        triage: IssueTriage,
        submissions: Submissions,
        answers: AnswerWriter,
        dependents: Invalidator,
        clock: Callable[[], datetime],
        sources: PepSources,
        meet: Meet = nobody_known,
    ) -> None:
        self._meet = meet
        self._clients = clients
        self._facts = facts
        self._people = people
        self._store = store
        self._commands = commands
        self._hearing = hearing
        self._triage = triage
        self._submissions = submissions
        self._answers = answers
        self._dependents = dependents
        self._clock = clock
        self._sources = sources

    async def changed(self, subject: Subject, payloads: Sequence[tuple[Delivery, Payload]]) -> None:
        """Handle a batch of events of one issue; one that asks for nothing costs no request.

        Raises:
            GitHubFailure: GitHub cannot be read or written now; the batch is to be repeated.
        """
        await self._submissions.heard(subject, payloads)
        if any(read.is_gone(payload, delivery.event) for delivery, payload in payloads):
            return
        for delivery, payload in payloads:
            if (delivery.event, delivery.action) == ("issues", "opened"):
                await self._triage.opened(subject, payload, delivery)
        texts = await texts_of(subject, payloads, self._hearing)
        if not texts:
            return
        delivery, payload = payloads[-1]
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        told = read.default_branch(payload)
        if not (await self._facts.at(client, subject.repository, default=told)).keeps_peps:
            _log.info("no PEPs are kept here; commands are not for the bot", subject=subject.key)
            return
        # What the event says of it may be long ago, and so may the rights that stood there.
        branch = await self._facts.default_branch(client, subject.repository)
        facts = await self._facts.at(client, subject.repository, default=branch)
        editors = await self._people.editors(
            client, subject.repository, facts.policy, facts.default_codeowners
        )
        core_team = await self._people.core_team(client, subject.repository, facts.policy)
        listed = listed_in(facts.policy, editors, core_team.team)
        accounts = await self._meet(subject, listed, [text.actor for text in texts])
        scenes = await self._scenes(client, subject, facts, branch, editors.logins, accounts)
        ears = await self._hearing.ears(subject)
        for text in texts:
            named = text.by_name(accounts)
            await self._hearing.hear(client, subject, named, ears, scenes, delivery.id)
        if NUMBERS_MOVED in await self._store.intents(subject):
            await self._dependents.review(subject.repository, delivery.id)
            await self._store.fulfil(subject, NUMBERS_MOVED)
        own = await self._own_comments(client, subject, ears)
        await self._hearing.answer(client, subject, ears, own, delivery.id)

    async def _scenes(
        self,
        client: Client,
        subject: Subject,
        facts: BaseBranch,
        branch: str,
        editors: frozenset[Login] | None,
        accounts: Accounts,
    ) -> IssueContexts:
        repository = subject.repository
        claims, complete = await self._store.claims(repository)
        # Read anew: the labels in the payload may be those of an hour ago.
        issue = await client.get(
            "/repos/{owner}/{repo}/issues/{number}", variables(repository, number=subject.number)
        )
        author = text_at(issue, "user", "login")
        return IssueContexts(
            client,
            self._commands,
            subject,
            author=accounts.name(Actor(Login(author), id_at(issue, "user", "id")))
            if author
            else None,
            labels=frozenset(
                name for label in items_at(issue, "labels") if (name := text_at(label, "name"))
            ),
            facts=facts,
            branch=branch,
            people=self._people,
            numbers=ledger_of(
                facts.policy,
                facts.published,
                claims,
                claims_complete=complete,
                reservations=await self._commands.reservations(repository),
            ),
            editors=editors,
            now=self._clock(),
            sources=self._sources,
        )

    async def _own_comments(
        self, client: Client, subject: Subject, ears: CommandSession
    ) -> dict[str, int]:
        """Our comments by marker, asked for only where one was begun and its end is unknown."""
        begun = {intent.detail for intent in await self._store.intents(subject)}
        if not any(heard.marker in begun for heard in ears.owed.values()):
            return {}
        return await self._answers.standing(client, subject)
