"""Makes one review: read a snapshot, run commands, judge, and write only what differs."""

from collections.abc import Sequence
from dataclasses import replace

from bot.app import App
from bot.commands.log import overrides_of
from bot.commands.text import Text
from bot.concurrency import offload
from bot.github.client.client import Client, Gone
from bot.github.read.conversation_reader import LargeTextPermit
from bot.github.read.pull_request import Hint
from bot.github.write.outbox import Destination, WriteKind
from bot.github.write.planned_writes import may_have_comment
from bot.handlers.command_contexts import PullRequestContexts
from bot.handlers.command_runner import (
    RESERVATIONS_CHANGED,
    CommandSession,
    is_answered_fully,
    log_failures,
    run_commands,
    write_answers,
)
from bot.handlers.invalidator import (
    CLAIMS_CHANGED,
    record_claims,
    review_if_outdated,
    review_others,
    review_touching,
)
from bot.handlers.published_peps import settle_push
from bot.logs import get_logger
from bot.peps.number import is_pep_path
from bot.review.reconcile import force_check_run
from bot.review.review import Review, review
from bot.review.snapshot import Memory, PullRequestState, Since, Snapshot
from bot.review.subject import Subject
from bot.review.verdict import Verdict

_log = get_logger()


async def review_pull_request(app: App, subject: Subject, hint: Hint) -> None:
    """Review one pull request.

    Raises:
        GitHubFailure: GitHub cannot be read or written now; the review must be repeated.
    """
    async with app.large_texts.permit() as permit:
        await _review_with_permit(app, subject, hint, permit)


async def _review_with_permit(
    app: App, subject: Subject, hint: Hint, permit: LargeTextPermit
) -> None:
    client = await app.clients.for_repository(
        subject.repository.full_name, subject.repository.installation
    )
    begun = await app.store.begin_review(subject)
    memory, unfinished = begun.memory, begun.unfinished
    to = Destination(client, subject, hint.delivery)
    session = CommandSession(to, list(begun.logged))
    try:
        reading = await app.reader.read(
            subject,
            memory,
            hint,
            whole_conversation=may_have_comment(unfinished),
            override_logins=overrides_of(session.logged).named,
            permit=permit,
        )
    except Gone:
        if not hint.is_young:
            await record_claims(app, subject, begun, frozenset(), hint.delivery)
            await app.store.fulfil(subject, CLAIMS_CHANGED)
        raise
    plain = reading.snapshot
    merged = plain.state is PullRequestState.MERGED
    await record_claims(app, subject, begun, plain.claimed_numbers, hint.delivery, merged=merged)
    texts = [*hint.texts, *await _find_missed_commands(app, subject, reading.missed_comments, hint)]
    if not plain.base.is_pep_repository and not _touches_peps(plain):
        texts = []  # without PEPs, as in a council's tracker, the bot only reads
    snapshot = await _run_commands(app, client, plain, memory, session, texts)
    if RESERVATIONS_CHANGED in (await app.store.intents(subject) if texts else unfinished):
        repository, number = subject.repository, subject.number
        await review_others(app, repository, hint.delivery, excluding=[number])
        await review_touching(app, repository, session.delegated, hint.delivery, number)
        snapshot = await app.reader.renumbered(snapshot)
    known = await app.writer.with_check_run(client, snapshot, memory, unfinished)
    if hint.rerun:
        known = force_check_run(known)
    now = Since(app.clock(), hint.event)
    result = await offload(snapshot.size, lambda: review(snapshot, known, now))
    log_failures(result.verdict.failures, app.metrics)
    written = await _carry_out(app, to, result)
    own = {comment.marker: comment.id for comment in snapshot.conversation.own_comments}
    await write_answers(app, session, own)
    await review_if_outdated(app, snapshot, result.memory, result.verdict.kind, hint.delivery)
    _log_review(app, result.verdict, written)


async def _find_missed_commands(
    app: App, subject: Subject, missed_comments: Sequence[Text], hint: Hint
) -> list[Text]:
    """Comments with commands that no event reported, neither earlier nor in this batch."""
    reported = {text.node_id for text in hint.texts}
    now = app.clock()
    return [
        text
        for text in missed_comments
        if text.node_id not in reported
        and text.is_recent_enough(now)
        and not await is_answered_fully(app, subject, text)
    ]


async def _run_commands(
    app: App,
    client: Client,
    plain: Snapshot,
    memory: Memory,
    session: CommandSession,
    texts: Sequence[Text],
) -> Snapshot:
    """Carry out the commands; returns the snapshot with all overrides."""
    now = app.clock()
    contexts = PullRequestContexts(app, client, plain, memory, now)
    for text in texts:
        named = text.by_name(plain.accounts)
        await run_commands(app, named, session, contexts)
    return contexts.snapshot(session.logged)


async def _carry_out(app: App, to: Destination, result: Review) -> list[str]:
    """Write what differs, and store the memory; returns the names of the writes made."""
    snapshot = result.snapshot
    subject, labels = snapshot.subject, snapshot.context.policy.labels
    written: list[str] = []

    def on_written(kind: WriteKind) -> None:
        written.append(kind.operation)
        # Log now: if a later write fails, the repeated review does not write this again.
        if kind in (WriteKind.CREATE_CHECK_RUN, WriteKind.UPDATE_CHECK_RUN):
            _log_findings(app, result.verdict)

    def complete(memory: Memory) -> Memory:
        return replace(
            memory,
            state=snapshot.state,
            head_sha=snapshot.head_sha,
            updated_at=snapshot.updated_at,
            comment_count=snapshot.comment_count,
        )

    memory = await app.writer.carry_out(
        to, result.plan, result.memory, labels, on_written, complete
    )
    await settle_push(app, subject.repository, memory)
    return written


def _log_findings(app: App, verdict: Verdict) -> None:
    """Log and count findings; called when a check run with them was written."""
    for finding in verdict.findings:
        app.metrics.finding(finding.rule, finding.severity.value)
        _log.info(
            "finding",
            rule=finding.rule,
            severity=finding.severity.value,
            path=finding.path,
            line=finding.line,
        )


def _log_review(app: App, verdict: Verdict, written: Sequence[str]) -> None:
    """Log and count the result of the review."""
    app.metrics.review(verdict.kind.value, verdict.conclusion.value)
    _log.info(
        "reviewed",
        kind=verdict.kind.value,
        conclusion=verdict.conclusion.value,
        rules=sorted({finding.rule for finding in verdict.findings}),
        writes=list(written),
    )


def _touches_peps(snapshot: Snapshot) -> bool:
    return any(is_pep_path(file.path) for file in snapshot.change.files)
