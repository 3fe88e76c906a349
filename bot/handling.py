"""What handles deliveries, put together from its parts: the one place that knows all of them."""

from collections.abc import Callable

from bot.events.claims import Claims
from bot.events.dependents import Dependents
from bot.events.effects import Effects
from bot.events.handle import Handler
from bot.events.hearing import Hearing
from bot.events.issue import IssueWork
from bot.events.issue_triage import IssueTriage
from bot.events.names import Names
from bot.events.pep_sources import PepSources
from bot.events.queue_issue import QueueIssue
from bot.events.redelivery import Redelivery
from bot.events.register import RegisterWork
from bot.events.reminders import Reminders
from bot.events.repository import RepositoryWork
from bot.events.review import Reviewer
from bot.events.submission_line import SubmissionLines
from bot.events.submission_work import SubmissionWork
from bot.events.submissions import Submissions
from bot.github.answer_writer import AnswerWriter
from bot.github.app_identity import AppIdentity
from bot.github.effect_writer import EffectWriter
from bot.github.known_accounts import KnownAccounts
from bot.github.pace import Limiter, Pace
from bot.github.page_links import PageLinks
from bot.github.people_reader import PeopleReader
from bot.github.queue_issue_writer import QueueIssueWriter
from bot.github.reminder_writer import ReminderWriter
from bot.github.repository_facts import FactsReader
from bot.github.single_write import SingleWrites
from bot.github.snapshot_reader import SnapshotReader
from bot.github.submission_line_writer import SubmissionLineWriter
from bot.github.writer import Writer
from bot.store.visibility import Visibility
from bot.store.whole_queue import WholeQueue
from bot.work_parts import WorkParts


def handler_of(parts: WorkParts, identity: AppIdentity, pace: Callable[[int], Limiter]) -> Handler:
    """What handles batches, with nothing read or cached yet.

    Args:
        parts: What it works with.
        identity: Who the app is.
        pace: Makes what spaces the writes to an installation, given its id.
    """
    clients, store, clock = parts.clients, parts.store, parts.clock
    facts = FactsReader(store)
    dependents = Dependents(
        clients=clients,
        facts=facts,
        store=store,
        reservations=parts.commands.reservations,
        enqueue=parts.inbox.accept,
        clock=clock,
    )
    people = PeopleReader(clients, store, clock, on_changed_list=dependents.core_team_changed)
    commands, shared = parts.commands, Pace(pace)
    writes = SingleWrites(
        store,
        pace=shared,
        dry_run=parts.settings.dry_run,
        clock=clock,
        on_write=parts.metrics.write,
    )
    effects, answers = EffectWriter(writes, identity), AnswerWriter(writes, identity)
    hearing = Hearing(commands, store, Effects(effects, store), answers, parts.metrics)
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
