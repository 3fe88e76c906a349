"""The whole core as one function: a snapshot and what is remembered in, a review out.

The worker, commands, `bot check` and the tests call it. It does no I/O.
"""

from dataclasses import dataclass, replace

from bot.peps.change import FileStatus
from bot.peps.number import number_in_path
from bot.review.desired import Desired
from bot.review.desired_state import desired_state
from bot.review.number_inputs import UNNUMBERED, number_inputs
from bot.review.queue.queue import queue_entry
from bot.review.reconcile import Plan, known_comments, may_comment, plan_writes
from bot.review.snapshot import Memory, Since, Snapshot
from bot.review.stage import update_since
from bot.review.verdict import Verdict, findings_to_remember, judge, remembered_findings
from bot.rules.engine.assessment import NumberState
from bot.rules.engine.kind import ChangeKind


@dataclass(frozen=True, slots=True)
class Review:
    """What the bot makes of a pull request.

    Attributes:
        snapshot: The pull request as it was read.
        known: What was remembered about it before.
        verdict: The findings, whose turn it is, and the assessments of new PEPs.
        desired: What GitHub should show for it.
        plan: The writes that get it there.
        memory: What to remember from now on; the results of the writes are added as they are made.
    """

    snapshot: Snapshot
    known: Memory
    verdict: Verdict
    desired: Desired
    plan: Plan
    memory: Memory


def review(snapshot: Snapshot, memory: Memory, now: Since) -> Review:
    """Review a pull request.

    Args:
        snapshot: The current state of the pull request.
        memory: What is remembered of it.
        now: The current time, and the event that led to the review.
    """
    verdict = judge(snapshot, memory)
    desired = desired_state(snapshot, verdict)
    plan = plan_writes(snapshot, desired, memory)
    numbers = _numbers(snapshot, verdict)
    touched_files = [
        (file, number)
        for file in snapshot.change.files
        if (number := number_in_path(file.path)) is not None
    ]
    added = frozenset(number for file, number in touched_files if file.status is FileStatus.ADDED)
    remembered = replace(
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
        touches=frozenset(number for _, number in touched_files),
        # If it was merged long before the bot saw it, a new comment must not lead to a reminder.
        adds=added if may_comment(snapshot, memory) else memory.adds,
        since=update_since(memory.since, plan.labels, verdict.findings, now),
        queue_entry=queue_entry(snapshot, verdict, memory, now),
        last_findings=findings_to_remember(
            (*verdict.findings, *remembered_findings(verdict.waived, snapshot, memory)),
            verdict.failures,
        ),
    )
    return Review(snapshot, memory, verdict, desired, plan, remembered)


def _numbers(snapshot: Snapshot, verdict: Verdict) -> frozenset[int]:
    """The PEP numbers that the pull request claims, plus `UNNUMBERED` for a placeholder."""
    waiting = any(assessment.number.state is NumberState.PLACEHOLDER for assessment in verdict.peps)
    return snapshot.claimed_numbers | ({UNNUMBERED} if waiting else set())
