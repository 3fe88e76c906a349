"""What the core makes of a snapshot: the verdict, the writes, and what will be remembered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import structlog

from bot.inbox.fault import describe_fault
from bot.metrics import Metrics
from bot.peps.number import PepNumber, number_in_path
from bot.review.desired_state import desired_state
from bot.review.number_inputs import UNNUMBERED, number_inputs
from bot.review.queue.queue import listed
from bot.review.reconcile import Plan, known_comments, may_speak, plan_writes
from bot.review.snapshot import Memory, Since, Snapshot
from bot.review.stage import brought_up_to_date
from bot.review.verdict import Verdict, judge, said_last, to_remember
from bot.rules.assessment import NumberState
from bot.rules.change import FileStatus
from bot.rules.engine import RuleFailed
from bot.rules.kind import ChangeKind

_EACH_FILE = 1_000


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict, the writes, and what will be remembered."""

    verdict: Verdict
    plan: Plan
    memory: Memory


def judged(snapshot: Snapshot, memory: Memory, now: Since) -> Judgement:
    """Judge a snapshot and plan the writes.

    Args:
        snapshot: How the pull request stands.
        memory: What is remembered of it.
        now: When this is, and which event led to it.
    """
    verdict = judge(snapshot, memory)
    desired = desired_state(snapshot, verdict)
    plan = plan_writes(snapshot, desired, memory)
    numbers = _numbers(snapshot, verdict)
    kept = replace(
        memory,
        comments=known_comments(snapshot, desired, memory),
        conversation=snapshot.conversation
        if verdict.kind is not ChangeKind.INFRASTRUCTURE
        else None,
        heard_at=snapshot.heard_at,
        numbers=numbers,
        outlook=number_inputs(
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
        # Who was done long before anybody looked is not reminded because somebody talks there.
        adds=_added(snapshot) if may_speak(snapshot, memory) else memory.adds,
        since=brought_up_to_date(memory.since, plan.labels, verdict.findings, now),
        listed=listed(snapshot, verdict, memory, now),
        said=to_remember(
            (*verdict.findings, *said_last(verdict.waived, snapshot, memory)), verdict.failures
        ),
    )
    return Judgement(verdict, plan, kept)


def _added(snapshot: Snapshot) -> frozenset[int]:
    return frozenset(
        number
        for file in snapshot.change.files
        if file.status is FileStatus.ADDED and (number := number_in_path(file.path)) is not None
    )


def size_of(snapshot: Snapshot) -> int:
    """The characters that rules look at, each file counting for as much as a short text."""
    change = snapshot.change
    texts = [text for file in change.files for text in (file.before, file.after)]
    texts += (change.codeowners_before, change.codeowners_after)
    return _EACH_FILE * len(change.files) + sum(len(text) for text in texts if text is not None)


def claimed_in(snapshot: Snapshot) -> frozenset[PepNumber]:
    """The numbers the pull request claims by its files."""
    return frozenset(
        claim.number
        for claim in snapshot.context.numbers.claims
        if claim.pull_request == snapshot.subject.number
    )


def _numbers(snapshot: Snapshot, verdict: Verdict) -> frozenset[int]:
    """The PEP numbers that the pull request sets, one that stands for a placeholder included."""
    waiting = any(standing.number.state is NumberState.PLACEHOLDER for standing in verdict.peps)
    return claimed_in(snapshot) | ({UNNUMBERED} if waiting else set())


_log = structlog.get_logger()


def tell_failures(failures: Iterable[RuleFailed], metrics: Metrics) -> None:
    """Log and count each, with the id that people on GitHub were given."""
    for failure in failures:
        metrics.rule_failure(failure.rule)
        _log.error(
            "rule failed",
            rule=failure.rule,
            id=failure.id,
            error=describe_fault(failure.fault),
        )
