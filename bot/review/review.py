"""The whole core as one function: a snapshot and what is remembered in, a review out.

The worker, commands, `bot check` and the tests call it. It does no I/O.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

from bot.peps.change import Change, FileStatus
from bot.peps.number import number_in_path
from bot.policy.labels import LabelNames
from bot.review.desired import Desired
from bot.review.number_inputs import UNNUMBERED, number_inputs
from bot.review.queue.queue import queue_entry
from bot.review.reconcile import Plan, known_comments, may_comment, plan_writes
from bot.review.render.check_run import check_run
from bot.review.render.comment import merged_comment, summary_comment
from bot.review.snapshot import Memory, PullRequestState, Since, Snapshot
from bot.review.stage import Stage, Turn, stage_labels, update_since
from bot.review.verdict import Verdict, findings_to_remember, judge, remembered_findings
from bot.rules.engine.assessment import NumberState
from bot.rules.engine.finding import Need
from bot.rules.engine.kind import ChangeKind, touched_topics


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
    desired = _desired_state(snapshot, verdict, memory)
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
        merged_at=snapshot.merged_at,
        conflicting_head=snapshot.head_sha if snapshot.conflicts else "",
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


def _desired_state(snapshot: Snapshot, verdict: Verdict, memory: Memory) -> Desired:
    """Decide what GitHub should show.

    After a merge that is one comment with the next steps. A closed pull request is left alone. On
    a paused one only the check run is written, which says that the bot is paused.
    """
    if snapshot.state is not PullRequestState.OPEN:
        merged = snapshot.state is PullRequestState.MERGED
        comment = merged_comment(snapshot, verdict) if merged else None
        return Desired(labels=None, comments=(comment,) if comment else ())
    run = check_run(snapshot, verdict)
    if verdict.paused:
        return Desired(labels=None, check_run=run)
    has_comment = bool(memory.comments or snapshot.conversation.own_comments)
    comment = summary_comment(snapshot, verdict, has_comment=has_comment)
    names = snapshot.context.policy.labels
    passing = {*need_labels(names).values(), *stage_labels(names).values()} - {""}
    return Desired(
        labels=_desired_labels(names, verdict, snapshot.change),
        # If no PEP is touched, the bot never set a label, so people set those that are there.
        passing=frozenset() if verdict.kind is ChangeKind.INFRASTRUCTURE else frozenset(passing),
        by_hand=frozenset(verdict.by_hand),
        comments=(comment,) if comment is not None else (),
        check_run=run,
    )


def need_labels(names: LabelNames) -> dict[Need, str]:
    """The label for each thing that may be missing; empty where the policy turned it off."""
    return {
        Need.SPONSOR: names.needs_sponsor,
        Need.CODEOWNERS: names.needs_codeowners,
        Need.NUMBER: names.needs_number,
    }


def _kind_labels(names: LabelNames, verdict: Verdict) -> dict[str, str]:
    """The label for the kind of change, if the policy has one for it."""
    kind = verdict.kind
    if kind.moves_status:
        return {names.decision: "a status moves"}
    if kind is ChangeKind.INFRASTRUCTURE:
        return {names.infrastructure: "no PEP is touched"}
    if kind is ChangeKind.EDITORIAL:
        return {names.editorial: "wording only"}
    return {}


def _desired_labels(names: LabelNames, verdict: Verdict, change: Change) -> dict[str, str]:
    labels: dict[str, str] = {}
    if verdict.kind is ChangeKind.NEW_PEP:
        labels[names.new_pep] = "new PEP"
    for need, label in need_labels(names).items():
        causes = sorted(finding.message for finding in verdict.findings if finding.need is need)
        if causes:
            labels[label] = f"{need} {sha256(chr(10).join(causes).encode()).hexdigest()[:16]}"
    labels |= _kind_labels(names, verdict)
    for topic in touched_topics(change):
        labels[names.topics.get(topic, "")] = f"topic: {topic}"
    if verdict.turn is not None and _stage_is_written(verdict, verdict.turn):
        labels[stage_labels(names)[verdict.turn.stage]] = str(verdict.turn)
    return {label: cause for label, cause in labels.items() if label}


def _stage_is_written(verdict: Verdict, turn: Turn) -> bool:
    """Whether the stage label is set.

    It is on every new PEP, on status changes that need fixes, and wherever a person chose a stage.
    """
    if verdict.kind is ChangeKind.NEW_PEP or turn.choice is not None:
        return True
    return verdict.kind.moves_status and turn.stage is Stage.AUTHOR
