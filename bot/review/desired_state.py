"""Turns the verdict on a pull request into what GitHub should show for it."""

from hashlib import sha256

from bot.peps.change import Change
from bot.policy.labels import LabelNames
from bot.review.desired import Desired
from bot.review.render.check_run import check_run
from bot.review.render.comment import merged_comment, summary_comment
from bot.review.snapshot import PullRequestState, Snapshot
from bot.review.stage import Stage, Turn, stage_labels
from bot.review.verdict import Verdict
from bot.rules.engine.finding import Need
from bot.rules.engine.kind import ChangeKind, touched_topics


def desired_state(snapshot: Snapshot, verdict: Verdict) -> Desired:
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
    names = snapshot.context.policy.labels
    passing = {*need_labels(names).values(), *stage_labels(names).values()} - {""}
    return Desired(
        labels=_desired_labels(names, verdict, snapshot.change),
        # If no PEP is touched, the bot never set a label, so people set those that are there.
        passing=frozenset() if verdict.kind is ChangeKind.INFRASTRUCTURE else frozenset(passing),
        by_hand=frozenset(verdict.by_hand),
        comments=(summary_comment(snapshot, verdict),),
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
