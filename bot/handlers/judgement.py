"""Judges a snapshot: the verdict, the planned writes, and the memory; also records its claims."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import structlog

from bot.inbox.backoff import describe_fault
from bot.metrics import Metrics
from bot.peps.change import FileStatus
from bot.peps.number import PepNumber, number_in_path
from bot.review.desired_state import desired_state
from bot.review.number_inputs import UNNUMBERED, number_inputs
from bot.review.queue.queue import queue_entry
from bot.review.reconcile import Plan, known_comments, may_comment, plan_writes
from bot.review.snapshot import Memory, Since, Snapshot
from bot.review.stage import update_since
from bot.review.verdict import Verdict, findings_to_remember, judge, remembered_findings
from bot.rules.engine.assessment import NumberState
from bot.rules.engine.kind import ChangeKind
from bot.rules.engine.registry import RuleFailed

_CHARACTERS_PER_FILE = 1_000


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a snapshot, the planned writes, and the new memory."""

    verdict: Verdict
    plan: Plan
    memory: Memory


def judge_snapshot(snapshot: Snapshot, memory: Memory, now: Since) -> Judgement:
    """Judge a snapshot and plan the writes.

    Args:
        snapshot: The current state of the pull request.
        memory: What is remembered of it.
        now: The current time, and the event that led to the review.
    """
    verdict = judge(snapshot, memory)
    desired = desired_state(snapshot, verdict)
    plan = plan_writes(snapshot, desired, memory)
    numbers = _numbers(snapshot, verdict)
    new_memory = replace(
        memory,
        comments=known_comments(snapshot, desired, memory),
        conversation=snapshot.conversation
        if verdict.kind is not ChangeKind.INFRASTRUCTURE
        else None,
        conversation_as_of=snapshot.conversation_as_of,
        numbers=numbers,
        number_inputs=number_inputs(
            numbers,
            snapshot.subject.number,
            snapshot.context.numbers,
            snapshot.context.policy,
            snapshot.base.codeowners,
        ),
        base=snapshot.base.branch,
        is_new_pep=verdict.kind is ChangeKind.NEW_PEP,
        by_hand=verdict.by_hand,
        touches=frozenset(
            number
            for file in snapshot.change.files
            if (number := number_in_path(file.path)) is not None
        ),
        # If it was merged long before the bot saw it, a new comment must not lead to a reminder.
        adds=_added(snapshot) if may_comment(snapshot, memory) else memory.adds,
        since=update_since(memory.since, plan.labels, verdict.findings, now),
        queue_entry=queue_entry(snapshot, verdict, memory, now),
        last_findings=findings_to_remember(
            (*verdict.findings, *remembered_findings(verdict.waived, snapshot, memory)),
            verdict.failures,
        ),
    )
    return Judgement(verdict, plan, new_memory)


def _added(snapshot: Snapshot) -> frozenset[int]:
    return frozenset(
        number
        for file in snapshot.change.files
        if file.status is FileStatus.ADDED and (number := number_in_path(file.path)) is not None
    )


def size_of(snapshot: Snapshot) -> int:
    """How many characters rules have to process; each file also counts as a short text."""
    change = snapshot.change
    texts = [text for file in change.files for text in (file.before, file.after)]
    texts += (change.codeowners_before, change.codeowners_after)
    return _CHARACTERS_PER_FILE * len(change.files) + sum(
        len(text) for text in texts if text is not None
    )


def claimed_in(snapshot: Snapshot) -> frozenset[PepNumber]:
    """The numbers the pull request claims by its files."""
    return frozenset(
        claim.number
        for claim in snapshot.context.numbers.claims
        if claim.pull_request == snapshot.subject.number
    )


def _numbers(snapshot: Snapshot, verdict: Verdict) -> frozenset[int]:
    """The PEP numbers that the pull request claims, plus `UNNUMBERED` for a placeholder."""
    waiting = any(assessment.number.state is NumberState.PLACEHOLDER for assessment in verdict.peps)
    return claimed_in(snapshot) | ({UNNUMBERED} if waiting else set())


_log = structlog.get_logger()


def log_failures(failures: Iterable[RuleFailed], metrics: Metrics) -> None:
    """Log and count failed rules, each with the id that people see on GitHub."""
    for failure in failures:
        metrics.rule_failure(failure.rule)
        _log.error(
            "rule failed",
            rule=failure.rule,
            id=failure.id,
            error=describe_fault(failure.fault),
        )


"""The kind of the intent to review others after claims changed."""
