"""What handles deliveries, put together from its parts: the one place that knows all of them."""

from collections.abc import Callable

from bot.app import WorkParts
from bot.github.client.app import AppIdentity
from bot.github.client.throttle import Limiter, WriteThrottle
from bot.github.read.accounts import KnownAccounts
from bot.github.read.people_reader import PeopleReader
from bot.github.read.repository import BaseBranchReader
from bot.github.read.snapshot_reader import SnapshotReader
from bot.github.write.check_runs import PageLinks
from bot.github.write.command_effects import EffectWriter
from bot.github.write.issues import QueueIssueWriter, SubmissionLineWriter
from bot.github.write.replies import AnswerWriter, ReminderWriter
from bot.github.write.single_write import SingleWrites
from bot.github.write.writer import Writer
from bot.handlers.command_contexts import PepSources
from bot.handlers.command_runner import CommandRunner
from bot.handlers.effects import Effects
from bot.handlers.handle import Handler
from bot.handlers.invalidator import Invalidator
from bot.handlers.issue import IssueWork
from bot.handlers.issue_triage import IssueTriage
from bot.handlers.judgement import Claims
from bot.handlers.names import Names
from bot.handlers.published_peps import RegisterWork
from bot.handlers.redelivery import Redelivery
from bot.handlers.reminders import QueueIssue, Reminders
from bot.handlers.repository import RepositoryWork
from bot.handlers.review import Reviewer
from bot.handlers.submission_work import SubmissionWork
from bot.handlers.submissions import SubmissionLines, Submissions
from bot.store.listings import WholeQueue
from bot.store.visibility import Visibility


def handler_of(parts: WorkParts, identity: AppIdentity, pace: Callable[[int], Limiter]) -> Handler:
    """What handles batches, with nothing read or cached yet.

    Args:
        parts: What it works with.
        identity: Who the app is.
        pace: Makes what spaces the writes to an installation, given its id.
    """
    clients, store, clock = parts.clients, parts.store, parts.clock
    facts = BaseBranchReader(store)
    dependents = Invalidator(
        clients=clients,
        facts=facts,
        store=store,
        reservations=parts.commands.reservations,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    people = PeopleReader(clients, store, clock, on_changed_list=dependents.core_team_changed)
    commands, shared = parts.commands, WriteThrottle(pace)
    writes = SingleWrites(
        store,
        pace=shared,
        dry_run=parts.settings.dry_run,
        clock=clock,
        on_write=parts.metrics.write,
    )
    effects, answers = EffectWriter(writes, identity), AnswerWriter(writes, identity)
    hearing = CommandRunner(commands, store, Effects(effects, store), answers, parts.metrics)
    names = Names(
        clients=clients,
        store=store,
        names=parts.names,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    repository_work = RepositoryWork(
        clients=clients,
        facts=facts,
        people=people,
        dependents=dependents,
        names=names,
        store=store,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    sources = PepSources(parts.submissions.of, parts.forum.read)
    meet = KnownAccounts(parts.accounts, parts.digest, clock).meet
    pages = PageLinks(parts.settings.public_url, Visibility(store, clock))
    reviewer = Reviewer(
        clients=clients,
        app=identity,
        reader=SnapshotReader(
            clients,
            store,
            facts,
            people,
            identity,
            parts.markup,
            clock,
            reservations=commands.reservations,
            submitted=parts.submissions.of,
            forum=parts.forum.read,
            meet=meet,
        ),
        facts=facts,
        writer=Writer(store, dry_run=parts.settings.dry_run, pace=shared, page_of=pages.of),
        hearing=hearing,
        commands=commands,
        store=store,
        claims=Claims(store, dependents),
        dependents=dependents,
        metrics=parts.metrics,
        clock=clock,
        sources=sources,
    )
    triage = IssueTriage(
        clients=clients,
        facts=facts,
        store=store,
        commands=commands,
        digest=parts.digest,
        effects=effects,
        answers=answers,
        clock=clock,
    )
    heard = Submissions(
        store=store,
        submissions=parts.submissions,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    issues = IssueWork(
        clients=clients,
        facts=facts,
        people=people,
        store=store,
        commands=commands,
        hearing=hearing,
        triage=triage,
        submissions=heard,
        answers=answers,
        dependents=dependents,
        clock=clock,
        sources=sources,
        meet=meet,
    )
    redelivery = Redelivery(
        clients=clients,
        inbox=parts.inbox,
        store=store,
        # The app's own requests have a bucket beside those of the installations.
        turn=lambda: shared.of(0).acquire(),
        metrics=parts.metrics,
        dry_run=parts.settings.dry_run,
        clock=clock,
    )
    register = RegisterWork(
        clients=clients, facts=facts, store=store, register=parts.register, clock=clock
    )
    whole = WholeQueue(store, parts.register, commands, parts.submissions.to_deciders)
    reminders = Reminders(
        clients=clients,
        facts=facts,
        people=people,
        store=store,
        register=parts.register,
        whole=whole,
        writer=ReminderWriter(writes, identity),
        app=identity,
        enqueue=parts.inbox.accept,
        clock=clock,
        meet=meet,
    )
    queue = QueueIssue(
        clients=clients,
        facts=facts,
        store=store,
        reservations=commands.reservations,
        whole=whole,
        writer=QueueIssueWriter(writes, identity),
        clock=clock,
    )
    return Handler(
        clients=clients,
        store=store,
        reviewer=reviewer,
        repository_work=repository_work,
        issues=issues,
        hearing=hearing,
        redelivery=redelivery,
        queue=queue,
        register=register,
        reminders=reminders,
        names=names,
        submissions=SubmissionWork(
            clients=clients,
            facts=facts,
            store=store,
            submissions=parts.submissions,
            heard=heard,
            lines=SubmissionLines(
                clients=clients,
                submissions=parts.submissions,
                writer=SubmissionLineWriter(writes, identity),
                clock=clock,
            ),
            enqueue=parts.inbox.accept,
            clock=clock,
        ),
        clock=clock,
    )
