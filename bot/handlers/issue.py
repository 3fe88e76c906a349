"""Handles issues that are not pull requests: triages new ones and runs commands."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from bot.commands.context import BaseBranchPeps, CommandContext, target_numbers
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import overrides_of
from bot.commands.logged_command import LoggedCommand
from bot.commands.result import Effect, SetLabel, TakeLabelOff
from bot.commands.role import Role
from bot.github.client.client import Client, Clients
from bot.github.client.response import id_at, items_at, text_at, variables
from bot.github.read.accounts import AccountResolver, collect_listed_logins, trust_logins
from bot.github.read.base_branch import BaseBranch
from bot.github.read.people_reader import PeopleReader
from bot.github.read.published_peps import read_published
from bot.github.read.repository import BaseBranchReader
from bot.github.write.replies import ReplyWriter
from bot.handlers import payload as read
from bot.handlers.batch import texts_of
from bot.handlers.command_contexts import (
    PepSources,
    base_branch_peps,
    repository_labels,
    roles_on_peps,
    with_forum_post,
    without_label,
)
from bot.handlers.command_runner import RESERVATIONS_CHANGED, CommandRunner
from bot.handlers.invalidator import Invalidator
from bot.handlers.issue_triage import IssueTriage
from bot.handlers.payload import Payload
from bot.handlers.submissions import Submissions
from bot.inbox.delivery import Delivery
from bot.peps.number import NumberLedger
from bot.peps.people import Accounts, Actor, Login, same_login
from bot.policy.labels import LabelNames
from bot.review.number_inputs import ledger_of
from bot.review.snapshot import Base
from bot.review.subject import Subject
from bot.rules.engine.context import Context
from bot.store.commands import CommandStore
from bot.store.protocol import Store


class IssueContexts:
    """Contexts of commands on an issue; implements `CommandContexts`."""

    def __init__(
        self,
        client: Client,
        commands: CommandStore,
        subject: Subject,
        *,
        author: Login | None,
        labels: frozenset[str],
        base_branch: BaseBranch,
        branch: str,
        people: PeopleReader,
        numbers: NumberLedger,
        editors: frozenset[Login] | None,
        now: datetime,
        sources: PepSources,
    ) -> None:
        """Start from what is known of the issue and its repository."""
        self._client = client
        self._commands = commands
        self._subject = subject
        self._author = author
        self._labels = labels
        self._base_branch = base_branch
        self._branch = branch
        self._people = people
        self._policy = base_branch.policy
        self._numbers = numbers
        self._editors = editors
        self._now = now
        self._sources = sources
        self._label_names: Mapping[str, str] | None = None

    async def command_context(
        self, commenter: Login, logged: Sequence[LoggedCommand], parsed: ParsedCommand
    ) -> CommandContext:
        """The context of the next command; see `CommandContexts`."""
        roles = {Role.ANYONE}
        if any(same_login(commenter, editor) for editor in self._editors or ()):
            roles.add(Role.EDITOR)
        is_opener = self._author is not None and same_login(commenter, self._author)
        if is_opener and not parsed.command.needs_peps:  # anybody may open an issue about any PEP
            roles.add(Role.AUTHOR)
        if parsed.command.needs_labels and self._label_names is None:
            self._label_names = await repository_labels(self._client, self._subject.repository)
        published = await self._published(parsed)
        roles |= roles_on_peps(commenter, published)
        published = await with_forum_post(published, parsed, roles, self._sources)
        return CommandContext(
            subject=self._subject,
            commenter=commenter,
            roles=frozenset(roles),
            now=self._now,
            policy=self._policy,
            numbers=self._numbers,
            reservations=await self._commands.reservations(self._subject.repository),
            editors_known=self._editors is not None,
            overrides=overrides_of(logged),
            labels=self._labels,
            known_labels=self._label_names or {},
            published=published,
        )

    async def _published(self, parsed: ParsedCommand) -> BaseBranchPeps | None:
        if not parsed.command.needs_peps:
            return None
        numbers = target_numbers(parsed.arguments, None)
        read = await read_published(
            self._client, self._subject.repository, self._base_branch.blobs, numbers
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
        return base_branch_peps(
            Base(self._branch, self._base_branch.codeowners), context, read, known
        )

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""
        return self._policy.labels

    @property
    def size(self) -> int:
        """How many characters a command may have to process."""
        return 0

    def record_effect(self, effect: Effect, by: Login) -> None:  # noqa: ARG002 - no label is a stage here
        """Take into account what a command just changed; see `CommandContexts`."""
        match effect:
            case SetLabel(name):
                self._labels |= {name}
            case TakeLabelOff(name):
                self._labels = without_label(self._labels, name)
            case _:
                pass


_log = structlog.get_logger()


class IssueHandler:
    """Handles events on issues. Every step may be repeated."""

    def __init__(
        self,
        *,
        clients: Clients,
        base_branch: BaseBranchReader,
        people: PeopleReader,
        store: Store,
        commands: CommandStore,
        runner: CommandRunner,
        triage: IssueTriage,
        submissions: Submissions,
        answers: ReplyWriter,
        invalidator: Invalidator,
        clock: Callable[[], datetime],
        sources: PepSources,
        resolve_accounts: AccountResolver = trust_logins,
    ) -> None:
        self._resolve_accounts = resolve_accounts
        self._clients = clients
        self._base_branch = base_branch
        self._people = people
        self._store = store
        self._commands = commands
        self._runner = runner
        self._triage = triage
        self._submissions = submissions
        self._answers = answers
        self._invalidator = invalidator
        self._clock = clock
        self._sources = sources

    async def handle_batch(
        self, subject: Subject, payloads: Sequence[tuple[Delivery, Payload]]
    ) -> None:
        """Handle a batch of events on one issue; without commands it costs no request.

        Raises:
            GitHubFailure: GitHub cannot be read or written now; the batch must be repeated.
        """
        await self._submissions.received(subject, payloads)
        if any(read.removes_issue(payload, delivery.event) for delivery, payload in payloads):
            return
        for delivery, payload in payloads:
            if (delivery.event, delivery.action) == ("issues", "opened"):
                await self._triage.opened(subject, payload, delivery)
        texts = await texts_of(subject, payloads, self._runner)
        if not texts:
            return
        delivery, payload = payloads[-1]
        client = await self._clients.for_repository(
            subject.repository.full_name, subject.repository.installation
        )
        default_branch_of_event = read.default_branch(payload)
        if not (
            await self._base_branch.at(client, subject.repository, default=default_branch_of_event)
        ).is_pep_repository:
            _log.info("no PEPs are kept here; commands are not for the bot", subject=subject.key)
            return
        # The default branch in the event may be out of date, and with it the editors: ask GitHub.
        branch = await self._base_branch.default_branch(client, subject.repository)
        base_branch = await self._base_branch.at(client, subject.repository, default=branch)
        editors = await self._people.editors(
            client, subject.repository, base_branch.policy, base_branch.default_codeowners
        )
        core_team = await self._people.core_team(client, subject.repository, base_branch.policy)
        named_logins = collect_listed_logins(base_branch.policy, editors, core_team.team)
        accounts = await self._resolve_accounts(
            subject, named_logins, [text.actor for text in texts]
        )
        contexts = await self._contexts(
            client, subject, base_branch, branch, editors.logins, accounts
        )
        session = await self._runner.session(subject)
        for text in texts:
            text_by_name = text.by_name(accounts)
            await self._runner.run_commands(
                client, subject, text_by_name, session, contexts, delivery.id
            )
        if RESERVATIONS_CHANGED in await self._store.intents(subject):
            await self._invalidator.review(subject.repository, delivery.id)
            await self._store.fulfil(subject, RESERVATIONS_CHANGED)
        markers = [received.marker for received in session.pending_replies.values()]
        own = await self._answers.begun(client, subject, markers)
        await self._runner.answer(client, subject, session, own, delivery.id)

    async def _contexts(
        self,
        client: Client,
        subject: Subject,
        base_branch: BaseBranch,
        branch: str,
        editors: frozenset[Login] | None,
        accounts: Accounts,
    ) -> IssueContexts:
        repository = subject.repository
        claims, complete = await self._store.claims(repository)
        # Read it again, since the labels in the payload may be an hour old.
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
            base_branch=base_branch,
            branch=branch,
            people=self._people,
            numbers=ledger_of(
                base_branch.policy,
                base_branch.published,
                claims,
                claims_complete=complete,
                reservations=await self._commands.reservations(repository),
            ),
            editors=editors,
            now=self._clock(),
            sources=self._sources,
        )
