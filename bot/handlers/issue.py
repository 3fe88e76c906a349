"""Handles issues that are not pull requests: triages new ones and runs commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.app import App
from bot.commands.context import BaseBranchPeps, CommandContext, target_numbers
from bot.commands.grammar.parse import ParsedCommand
from bot.commands.log import overrides_of
from bot.commands.result import Effect, SetLabel, TakeLabelOff
from bot.commands.role import Role
from bot.commands.text import LoggedCommand, Text
from bot.github.client.client import Client, id_at, items_at, text_at, variables
from bot.github.read.accounts import collect_listed_logins
from bot.github.read.base_branch import BaseBranch
from bot.github.read.base_branch_reader import read_published
from bot.github.write.command_writes import begun_replies
from bot.github.write.outbox import Destination
from bot.handlers.command_contexts import (
    base_branch_peps,
    completed,
    repository_labels,
    without_label,
)
from bot.handlers.command_runner import (
    RESERVATIONS_CHANGED,
    CommandSession,
    run_commands,
    write_answers,
)
from bot.handlers.event_models import IssueEvent
from bot.handlers.handle import Work
from bot.handlers.invalidator import review_others, review_touching
from bot.handlers.issue_triage import triage
from bot.handlers.payload import Event
from bot.handlers.submissions import received
from bot.logs import get_logger
from bot.peps.number import NumberLedger
from bot.peps.people import Accounts, Actor, Login, same_login
from bot.policy.in_office import editors_to_mention
from bot.policy.labels import LabelNames
from bot.review.number_inputs import ledger_of
from bot.review.snapshot import Base
from bot.review.subject import Subject
from bot.rules.engine.context import Context


@dataclass(slots=True)
class IssueContexts:
    """Contexts of commands on an issue; implements `CommandContexts`.

    Attributes:
        app: The app.
        client: Reads the repository.
        subject: The issue.
        author: Who opened it.
        labels: The labels it has, with those that commands set meanwhile.
        base_branch: The default branch.
        branch: Its name.
        numbers: All that is known about numbers.
        editors: The editors; None if they could not be read.
        now: The present time (UTC).
        known_labels: The repository's labels, once a command needed them.
    """

    app: App
    client: Client
    subject: Subject
    author: Login | None
    labels: frozenset[str]
    base_branch: BaseBranch
    branch: str
    numbers: NumberLedger
    editors: frozenset[Login] | None
    now: datetime
    known_labels: Mapping[str, str] | None = None

    async def command_context(
        self, text: Text, logged: Sequence[LoggedCommand], parsed: ParsedCommand
    ) -> CommandContext:
        """The context of the next command; see `CommandContexts`."""
        commenter, policy = Login(text.author), self.base_branch.policy
        roles = {Role.ANYONE}
        if any(same_login(commenter, editor) for editor in self.editors or ()):
            roles.add(Role.EDITOR)
        is_opener = self.author is not None and same_login(commenter, self.author)
        if is_opener and not parsed.command.needs_peps:  # anybody may open an issue about any PEP
            roles.add(Role.AUTHOR)
        if parsed.command.needs_labels and self.known_labels is None:
            self.known_labels = await repository_labels(self.client, self.subject.repository)
        found = CommandContext(
            subject=self.subject,
            commenter=commenter,
            roles=frozenset(roles),
            now=self.now,
            policy=policy,
            numbers=self.numbers,
            editors_known=self.editors is not None,
            editors=editors_to_mention(policy, self.base_branch.default_codeowners),
            overrides=overrides_of(logged),
            labels=self.labels,
            known_labels=self.known_labels or {},
            published=await self._published_peps(parsed),
        )
        return await completed(self.app, self.client, text, parsed, found)

    async def _published_peps(self, parsed: ParsedCommand) -> BaseBranchPeps | None:
        if not parsed.command.needs_peps:
            return None
        numbers = target_numbers(parsed.arguments, None)
        read = await read_published(
            self.client, self.subject.repository, self.base_branch.blobs, numbers
        )
        core_team = await self.app.people.core_team(
            self.client, self.subject.repository, self.base_branch.policy
        )
        context = Context(
            today=self.now.astimezone(UTC).date(),
            policy=self.base_branch.policy,
            numbers=self.numbers,
            core_team=core_team.team,
            editors=self.editors,
            delegations=await self.app.commands.delegations(self.subject.repository),
        )
        known = await self.app.surroundings.submissions_of(numbers, self.subject.repository)
        return base_branch_peps(
            Base(self.branch, self.base_branch.codeowners), context, read, known
        )

    @property
    def label_names(self) -> LabelNames:
        """What the policy calls the bot's labels."""
        return self.base_branch.policy.labels

    @property
    def size(self) -> int:
        """How many characters a command may have to process."""
        return 0

    def record_effect(self, effect: Effect, by: Login) -> None:  # noqa: ARG002 - no label is a stage here
        """Take into account what a command just changed; see `CommandContexts`."""
        match effect:
            case SetLabel(name):
                self.labels |= {name}
            case TakeLabelOff(name):
                self.labels = without_label(self.labels, name)
            case _:
                pass


_log = get_logger()


async def handle_issue(
    app: App, work: Work[Event], subject: Subject, texts: Sequence[Text]
) -> None:
    """Handle a batch of events on one issue; without `texts` with commands it costs no request.

    Raises:
        GitHubFailure: GitHub cannot be read or written now; the batch must be repeated.
    """
    about_issue = [(one, event) for one, event in work.events if isinstance(event, IssueEvent)]
    await received(app, subject, about_issue)
    if any(event.is_removal for _, event in about_issue):
        return
    for delivery, event in about_issue:
        if event.is_new:
            await triage(app, subject, event, delivery)
    if not texts:
        return
    client = await app.clients.for_repository(
        subject.repository.full_name, subject.repository.installation
    )
    default = work.event.repository.default_branch or "main"
    if not (
        await app.base_branch.at(client, subject.repository, default=default)
    ).is_pep_repository:
        _log.info("repository without PEPs; command ignored", subject=subject.key)
        return
    # The default branch in the event may be out of date, and with it the editors: ask GitHub.
    branch = await app.base_branch.default_branch(client, subject.repository, fresh=True)
    base_branch = await app.base_branch.at(client, subject.repository, default=branch)
    editors = await app.people.editors(
        client, subject.repository, base_branch.policy, base_branch.default_codeowners
    )
    core_team = await app.people.core_team(client, subject.repository, base_branch.policy)
    named_logins = collect_listed_logins(base_branch.policy, editors, core_team.team)
    accounts = await app.resolve_accounts(subject, named_logins, [text.actor for text in texts])
    contexts = await _contexts(app, client, subject, base_branch, branch, editors.logins, accounts)
    to = Destination(client, subject, work.last.id)
    session = CommandSession(to, list(await app.commands.logged(subject)))
    for text in texts:
        text_by_name = text.by_name(accounts)
        await run_commands(app, text_by_name, session, contexts)
    if RESERVATIONS_CHANGED in await app.store.intents(subject):
        await review_others(app, subject.repository, work.last.id)
        await review_touching(app, subject.repository, session.delegated, work.last.id)
        await app.store.fulfil(subject, RESERVATIONS_CHANGED)
    markers = [received.marker for received in session.pending_replies.values()]
    own = await begun_replies(app.outbox, to, markers)
    await write_answers(app, session, own)


async def _contexts(
    app: App,
    client: Client,
    subject: Subject,
    base_branch: BaseBranch,
    branch: str,
    editors: frozenset[Login] | None,
    accounts: Accounts,
) -> IssueContexts:
    repository = subject.repository
    known = await app.store.stored_numbers(repository)
    # Read it again, since the labels in the payload may be an hour old.
    issue = await client.get(
        "/repos/{owner}/{repo}/issues/{number}", variables(repository, number=subject.number)
    )
    author = text_at(issue, "user", "login")
    return IssueContexts(
        app,
        client,
        subject,
        author=accounts.name(Actor(Login(author), id_at(issue, "user", "id"))) if author else None,
        labels=frozenset(
            name for label in items_at(issue, "labels") if (name := text_at(label, "name"))
        ),
        base_branch=base_branch,
        branch=branch,
        numbers=ledger_of(base_branch.policy, base_branch.published, known),
        editors=editors,
        now=app.clock(),
    )
