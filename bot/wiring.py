"""Builds the handler of deliveries from all its parts; only this file knows all of them."""

from collections.abc import Callable

from bot.app import App
from bot.github.client.app import AppIdentity
from bot.github.client.throttle import Limiter, WriteThrottle
from bot.github.read.accounts import KnownAccounts
from bot.github.read.people_reader import PeopleReader
from bot.github.read.repository import BaseBranchReader
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.write.check_runs import PageLinks
from bot.github.write.command_effects import EffectWriter
from bot.github.write.outbox import Outbox
from bot.github.write.replies import ReplyWriter
from bot.github.write.writer import Writer
from bot.handlers.claims import Claims
from bot.handlers.command_contexts import PepSources
from bot.handlers.command_runner import CommandRunner
from bot.handlers.effects import Effects
from bot.handlers.handle import Handler
from bot.handlers.invalidator import Invalidator
from bot.handlers.issue import IssueHandler
from bot.handlers.issue_triage import IssueTriage
from bot.handlers.names import RepositoryResolver
from bot.handlers.published_peps import PublishedPepsUpdater
from bot.handlers.redelivery import Redelivery
from bot.handlers.reminders import QueueIssue, ReminderHandler
from bot.handlers.repository import RepositoryWork
from bot.handlers.review import Reviewer
from bot.handlers.submission_work import SubmissionUpdater
from bot.handlers.submissions import SubmissionLines, Submissions
from bot.store.listings import PepIndex
from bot.store.visibility import Visibility


def make_handler(parts: App, identity: AppIdentity, throttle: Callable[[int], Limiter]) -> Handler:
    """Make the handler of batches, with nothing read or cached yet.

    Args:
        parts: Store, clients and the rest.
        identity: Who the app is.
        throttle: Makes the throttle of writes to an installation, given its id.
    """
    clients, store, clock = parts.clients, parts.store, parts.clock
    base_branch = BaseBranchReader(store)
    invalidator = Invalidator(
        clients=clients,
        base_branch=base_branch,
        store=store,
        reservations=parts.commands.reservations,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    people = PeopleReader(clients, store, clock, on_changed_list=invalidator.core_team_changed)
    commands, shared = parts.commands, WriteThrottle(throttle)
    outbox = Outbox(
        store,
        identity,
        throttle=shared,
        dry_run=parts.settings.dry_run,
        clock=clock,
        on_write=parts.metrics.write,
    )
    effects, answers = EffectWriter(outbox), ReplyWriter(outbox)
    runner = CommandRunner(commands, store, Effects(effects, store), answers, parts.metrics)
    names = RepositoryResolver(
        clients=clients,
        store=store,
        names=parts.names,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    repository_work = RepositoryWork(
        clients=clients,
        base_branch=base_branch,
        people=people,
        invalidator=invalidator,
        names=names,
        store=store,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    sources = PepSources(parts.submissions.of, parts.forum.read)
    resolve_accounts = KnownAccounts(parts.accounts, parts.digest, clock).resolve_accounts
    pages = PageLinks(parts.settings.public_url, Visibility(store, clock))
    reviewer = Reviewer(
        clients=clients,
        app=identity,
        reader=SnapshotReader(
            clients,
            store,
            base_branch,
            people,
            identity,
            parts.markup,
            clock,
            reservations=commands.reservations,
            submitted=parts.submissions.of,
            forum=parts.forum.read,
            resolve_accounts=resolve_accounts,
        ),
        base_branch=base_branch,
        writer=Writer(store, dry_run=parts.settings.dry_run, throttle=shared, page_of=pages.of),
        runner=runner,
        commands=commands,
        store=store,
        claims=Claims(store, invalidator),
        invalidator=invalidator,
        metrics=parts.metrics,
        clock=clock,
        sources=sources,
    )
    triage = IssueTriage(
        clients=clients,
        base_branch=base_branch,
        store=store,
        commands=commands,
        digest=parts.digest,
        effects=effects,
        answers=answers,
        clock=clock,
    )
    submission_events = Submissions(
        store=store,
        submissions=parts.submissions,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    issues = IssueHandler(
        clients=clients,
        base_branch=base_branch,
        people=people,
        store=store,
        commands=commands,
        runner=runner,
        triage=triage,
        submissions=submission_events,
        answers=answers,
        invalidator=invalidator,
        clock=clock,
        sources=sources,
        resolve_accounts=resolve_accounts,
    )
    redelivery = Redelivery(
        clients=clients,
        inbox=parts.inbox,
        store=store,
        # The app's own requests have a separate bucket from those of the installations.
        throttle=lambda: shared.of(0).acquire(),
        metrics=parts.metrics,
        dry_run=parts.settings.dry_run,
        clock=clock,
    )
    register = PublishedPepsUpdater(
        clients=clients, base_branch=base_branch, store=store, register=parts.register, clock=clock
    )
    pep_index = PepIndex(store, parts.register, commands, parts.submissions.for_deciders)
    reminders = ReminderHandler(
        clients=clients,
        base_branch=base_branch,
        people=people,
        store=store,
        register=parts.register,
        pep_index=pep_index,
        outbox=outbox,
        enqueue=parts.inbox.accept,
        clock=clock,
        resolve_accounts=resolve_accounts,
    )
    queue = QueueIssue(
        clients=clients,
        base_branch=base_branch,
        store=store,
        reservations=commands.reservations,
        pep_index=pep_index,
        outbox=outbox,
        clock=clock,
    )
    return Handler(
        clients=clients,
        store=store,
        reviewer=reviewer,
        repository_work=repository_work,
        issues=issues,
        runner=runner,
        redelivery=redelivery,
        queue=queue,
        register=register,
        reminders=reminders,
        names=names,
        submissions=SubmissionUpdater(
            clients=clients,
            base_branch=base_branch,
            store=store,
            submissions=parts.submissions,
            submission_events=submission_events,
            lines=SubmissionLines(
                clients=clients,
                submissions=parts.submissions,
                outbox=outbox,
                clock=clock,
            ),
            enqueue=parts.inbox.accept,
            clock=clock,
        ),
        clock=clock,
    )
