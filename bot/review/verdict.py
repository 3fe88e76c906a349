"""The verdict on a pull request: findings, an assessment of each new PEP, whose turn it is."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, NewPep, edited_peps, new_peps
from bot.peps.people import same_login
from bot.peps.preamble import Preamble
from bot.review.decision.decider import Decision, decision_on, with_delegations
from bot.review.decision.evidence import EvidenceSources, PeopleStatements
from bot.review.decision.status_change import StatusMove, Whose, status_moves
from bot.review.desired import Conclusion
from bot.review.overrides import ManualLabel
from bot.review.snapshot import NO_MEMORY, Memory, PullRequestState, Snapshot
from bot.review.stage import (
    Stage,
    Turn,
    compute_turn,
    current_manual_label,
    effective_turn,
    manual_stage_labels,
    stage_labels,
)
from bot.rules.codeowners import assess_codeowners
from bot.rules.engine.assessment import CodeownersAssessment, NumberAssessment, SponsorAssessment
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.kind import ChangeKind, kind_of
from bot.rules.engine.number_assessment import assess_number
from bot.rules.engine.registry import RuleFailed, enabled_rules, run_rules, sort_findings
from bot.rules.sponsor import assess_sponsor, sponsor_changes


@dataclass(frozen=True, slots=True)
class PepAssessment:
    """The results of the three checks of a new PEP, and who decides on it."""

    pep: NewPep
    sponsor: SponsorAssessment
    number: NumberAssessment
    codeowners: CodeownersAssessment
    decision: Decision


@dataclass(frozen=True, slots=True)
class SponsoredPep:
    """The header of a new PEP, or of a draft whose people change, and its sponsor."""

    preamble: Preamble
    sponsor: SponsorAssessment


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bot makes of a pull request.

    Attributes:
        kind: The kind of change.
        peps: The assessment of each new PEP.
        edits: What changes in existing PEPs.
        findings: What the rules found.
        waived: The rules that an editor waived, sorted; none of them ran.
        paused: Whether somebody who may do so paused the bot.
        sponsored: The PEPs whose sponsor matters here.
        paused_by_editor: Whether an editor did, so that the check run reports no problem.
        turn: Whose turn it is, and why; None for a pull request that touches no PEP or is not open.
        computed: What the bot computed; a person may have set another stage.
        by_hand: Labels that people set and that override what the bot computed.
        conclusion: The conclusion of the check run.
        moves: The PEPs whose status changes, each with who had to decide and what shows it.
        failures: The rules whose code failed; `findings` has what replaces their findings.
    """

    kind: ChangeKind
    peps: tuple[PepAssessment, ...]
    edits: tuple[ChangedPep, ...]
    findings: tuple[Finding, ...]
    waived: tuple[str, ...]
    paused: bool
    turn: Turn | None
    conclusion: Conclusion
    computed: Turn | None = None
    by_hand: Mapping[str, ManualLabel] = field(default_factory=dict)
    moves: tuple[StatusMove, ...] = ()
    failures: tuple[RuleFailed, ...] = ()
    paused_by_editor: bool = False
    sponsored: tuple[SponsoredPep, ...] = ()

    @property
    def stage(self) -> Stage | None:
        """Whose turn it is."""
        return self.turn.stage if self.turn is not None else None

    @property
    def steps(self) -> tuple[Finding, ...]:
        """Findings that somebody has to fix: errors and warnings, in their order."""
        return tuple(finding for finding in self.findings if finding.is_step)

    @property
    def is_ready(self) -> bool:
        """Whether nothing is left to fix, and an editor or those who decide have their turn."""
        return not self.steps and self.stage in (Stage.EDITOR, Stage.DECISION)

    @property
    def notices(self) -> tuple[Finding, ...]:
        """Findings for information."""
        return tuple(
            finding
            for finding in self.findings
            if finding.severity is Severity.NOTICE and not finding.waits_for_person
        )


def judge(snapshot: Snapshot, memory: Memory = NO_MEMORY) -> Verdict:
    """Judge an open pull request by every registered rule.

    For a closed or merged one no rules run: its PEPs are assessed, but there are no findings (its
    own number, for example, is published by then).

    Args:
        snapshot: The pull request as it is now.
        memory: What is remembered: it tells labels that people set from the bot's own, and has the
            last findings of a rule that fails now.
    """
    change, context = snapshot.change, snapshot.context
    labels = context.policy.labels
    # GitHub ignores case in label names.
    instructions = frozenset(label.casefold() for label in snapshot.instructions)
    prefix = labels.skip_prefix.casefold()
    skipped = frozenset(snapshot.overrides.waivers) | frozenset(
        label.removeprefix(prefix).strip()
        for label in instructions
        if prefix and label.startswith(prefix)
    )
    is_open = snapshot.state is PullRequestState.OPEN
    failures: list[RuleFailed] = []
    findings: tuple[Finding, ...] = ()
    if is_open:
        findings = run_rules(change, context, on_failure=failures.append, skipped=skipped)
    if failures:
        findings = sort_findings((*findings, *findings_for_failures(failures, snapshot, memory)))
    running = enabled_rules(context.policy) if is_open else frozenset[str]()
    waived = tuple(sorted(skipped & running))
    seen = kind_of(change, context.numbers.placeholders)
    marked_new = _marked_new(snapshot, memory, seen)
    kind = ChangeKind.NEW_PEP if marked_new else seen
    peps = tuple(
        PepAssessment(
            pep=pep,
            sponsor=assess_sponsor(pep, change, context),
            number=assess_number(pep, change, context),
            codeowners=assess_codeowners(pep, change, context),
            decision=with_delegations(
                decision_on(pep.preamble, context.policy, context.today, is_published=False),
                pep.preamble,
                context,
            ),
        )
        for pep in new_peps(change, context.numbers.placeholders)
    )
    paused = bool(labels.paused) and labels.paused.casefold() in instructions
    by_editor = paused and not _paused_by_others(snapshot)
    changed = tuple(sponsor_changes(change, context))
    sponsors = (*(one.sponsor for one in peps), *(one.assessment for one in changed if one.is_new))
    statements = PeopleStatements(
        snapshot.head_sha, snapshot.conversation.approvals, delegate=snapshot.overrides.delegate
    )
    moves = status_moves(EvidenceSources(change, context, findings, waived, statements))
    needs_deciders = any(move.whose is Whose.DECIDERS for move in moves)
    computed = compute_turn(
        snapshot, kind, sponsors, findings, skipped, needs_deciders=needs_deciders
    )
    manual_stages = manual_stage_labels(snapshot, memory, computed)
    turn = effective_turn(computed, snapshot.overrides, manual_stages)
    by_hand = {stage_labels(labels)[stage]: label for stage, label in manual_stages.items()}
    if marked_new is not None:
        by_hand[labels.new_pep] = marked_new
    return Verdict(
        kind=kind,
        peps=peps,
        edits=edited_peps(change),
        findings=findings,
        waived=waived,
        paused=paused,
        paused_by_editor=by_editor,
        turn=turn if is_open else None,
        # A person's choice of the stage does not change what merging would do.
        conclusion=_conclusion(findings, kind, computed, draft=change.draft, paused=by_editor),
        computed=computed,
        by_hand=by_hand,
        moves=moves,
        failures=tuple(failures),
        sponsored=(
            *(SponsoredPep(one.pep.preamble, one.sponsor) for one in peps),
            *(SponsoredPep(one.pep.header_after, one.assessment) for one in changed),
        ),
    )


def _marked_new(snapshot: Snapshot, memory: Memory, seen: ChangeKind) -> ManualLabel | None:
    """The label by which a person says that this is a new PEP although it does not look like one.

    None if there is no such label.
    """
    label = snapshot.context.policy.labels.new_pep
    if seen is ChangeKind.NEW_PEP or not label:
        return None
    return current_manual_label(snapshot, memory, label, f"kind: {seen}")


def _paused_by_others(snapshot: Snapshot) -> bool:
    """Whether no editor paused the bot, only authors by a command, as far as is known.

    A required check must not pass because an author wants silence.
    """
    setter = snapshot.set_by_people.get(snapshot.context.policy.labels.paused.casefold())
    # For a command the app itself sets the label on GitHub.
    people = [one.by for one in snapshot.overrides.pauses] if setter is None else [setter]
    editors = snapshot.context.editors or ()
    return bool(people) and not any(
        same_login(login, editor) for login in people for editor in editors
    )


def _conclusion(
    findings: tuple[Finding, ...], kind: ChangeKind, turn: Turn | None, *, draft: bool, paused: bool
) -> Conclusion:
    if draft or paused:
        return Conclusion.NEUTRAL
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Conclusion.FAILURE
    # A published draft's new sponsor is only a notice.
    awaits_sponsor = kind is ChangeKind.NEW_PEP and turn and turn.stage is Stage.SPONSOR
    if Severity.WARNING in severities or awaits_sponsor:
        return Conclusion.NEUTRAL
    return Conclusion.SUCCESS


_MOST = 200
"""How many findings of a pull request are remembered, the most severe first."""


def failure_finding(rule: str) -> Finding:
    """The finding that reports a failed rule, which only the bot's maintainers can fix."""
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message="This check failed because of a bug in the bot, not because of this pull request.",
        help=(
            "Its earlier findings still stand. An editor can skip it with "
            f"{safe_code(f'/pep skip {rule} because …')}."
        ),
        waits_for_person=True,
    )


def findings_for_failures(
    failures: Collection[RuleFailed], snapshot: Snapshot, memory: Memory
) -> Iterator[Finding]:
    """The findings that replace those of failed rules."""
    failed = {failure.rule for failure in failures}
    yield from remembered_findings(failed, snapshot, memory)
    yield from map(failure_finding, sorted(failed))


def remembered_findings(
    rules: Collection[str], snapshot: Snapshot, memory: Memory
) -> Iterator[Finding]:
    """What rules reported when they last ran, as far as it is remembered and fits this head."""
    is_same = memory.head_sha == snapshot.head_sha
    for finding in memory.last_findings:
        if finding.rule in rules:
            yield finding if is_same else _on_another_head(finding, snapshot.change)


def findings_to_remember(
    findings: Collection[Finding], failures: Collection[RuleFailed]
) -> tuple[Finding, ...]:
    """The findings to remember, in case a rule fails next time.

    Fixes and columns are left out: they fit only the text they were made for.
    """
    failure_findings = [failure_finding(failure.rule) for failure in failures]
    last_findings = (replace(finding, fix=None, columns=None) for finding in findings)
    return tuple(finding for finding in last_findings if finding not in failure_findings)[:_MOST]


def _on_another_head(finding: Finding, change: Change) -> Finding:
    """The finding without its line, and without its path if that file is no longer there."""
    paths = {change.codeowners_path, *(file.path for file in change.files)}
    return replace(finding, line=None, path=finding.path if finding.path in paths else None)
