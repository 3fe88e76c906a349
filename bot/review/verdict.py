"""The verdict on a pull request: findings, how each new PEP stands, whose turn it is."""

from dataclasses import dataclass
from enum import StrEnum

from bot.review.decider import Decision, decision_on
from bot.review.desired import Conclusion
from bot.review.snapshot import PullRequestState, Snapshot
from bot.rules.codeowners import codeowners_standing
from bot.rules.finding import Finding, Severity
from bot.rules.kind import ChangeKind, kind_of
from bot.rules.new_pep import new_peps
from bot.rules.number_standing import number_standing
from bot.rules.pep_edit import PepEdit, pep_edits
from bot.rules.registry import run_rules
from bot.rules.sponsor import sponsor_standing
from bot.rules.standing import (
    CodeownersStanding,
    ConsentState,
    NewPep,
    NumberStanding,
    SponsorStanding,
)


class Stage(StrEnum):
    """Whose turn it is, in the order of precedence (contract)."""

    AUTHOR = "author"
    SPONSOR = "sponsor"
    EDITOR = "editor"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class PepStanding:
    """How one new PEP stands on the three checks, and who decides on it."""

    pep: NewPep
    sponsor: SponsorStanding
    number: NumberStanding
    codeowners: CodeownersStanding
    decision: Decision


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bot makes of a pull request.

    Attributes:
        kind: The kind of change.
        peps: How each new PEP stands.
        edits: What happens to PEPs that exist already.
        findings: What stands against it or is to be told, waived ones left out.
        waived: Findings an editor set aside.
        paused: Whether an editor told the bot to keep out.
        stage: Whose turn it is; None for a pull request without a PEP, or closed.
        stage_cause: Why, in a short stable form that changes when the reason does.
        conclusion: How the check run ends.
    """

    kind: ChangeKind
    peps: tuple[PepStanding, ...]
    edits: tuple[PepEdit, ...]
    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    paused: bool
    stage: Stage | None
    stage_cause: str
    conclusion: Conclusion

    @property
    def steps(self) -> tuple[Finding, ...]:
        """Findings somebody has to mend: errors and warnings, in their order."""
        return tuple(finding for finding in self.findings if finding.is_step)

    @property
    def notices(self) -> tuple[Finding, ...]:
        """Findings for information."""
        return tuple(
            finding
            for finding in self.findings
            if finding.severity is Severity.NOTICE and not finding.waits_for_person
        )


def judge(snapshot: Snapshot) -> Verdict:
    """Judge an open pull request by every registered rule.

    A closed or merged one is no longer judged: its PEPs are known, but nothing is held against it
    (its own number, for one, is published by then).
    """
    change, context = snapshot.change, snapshot.context
    labels = context.policy.labels
    # GitHub tells labels apart without case.
    instructions = frozenset(label.casefold() for label in snapshot.instructions)
    prefix = labels.skip_prefix.casefold()
    skipped = frozenset(
        label.removeprefix(prefix).strip()
        for label in instructions
        if prefix and label.startswith(prefix)
    )
    is_open = snapshot.state is PullRequestState.OPEN
    found = run_rules(change, context) if is_open else ()
    findings = tuple(finding for finding in found if finding.rule not in skipped)
    kind = kind_of(change, context.numbers.placeholders)
    peps = tuple(
        PepStanding(
            pep=pep,
            sponsor=sponsor_standing(pep, change, context),
            number=number_standing(pep, change, context),
            codeowners=codeowners_standing(pep, change, context),
            decision=decision_on(pep.preamble, context.policy, context.today),
        )
        for pep in new_peps(change, context.numbers.placeholders)
    )
    paused = bool(labels.paused) and labels.paused.casefold() in instructions
    stage, cause = _stage(kind, peps, findings, draft=change.draft, waived=skipped)
    return Verdict(
        kind=kind,
        peps=peps,
        edits=pep_edits(change),
        findings=findings,
        waived=tuple(finding for finding in found if finding.rule in skipped),
        paused=paused,
        stage=stage if is_open else None,
        stage_cause=cause,
        conclusion=_conclusion(findings, stage, draft=change.draft, paused=paused),
    )


def _stage(
    kind: ChangeKind,
    peps: tuple[PepStanding, ...],
    findings: tuple[Finding, ...],
    *,
    draft: bool,
    waived: frozenset[str],
) -> tuple[Stage | None, str]:
    if kind in (ChangeKind.INFRASTRUCTURE, ChangeKind.OWNERS, ChangeKind.POLICY):
        return None, ""
    to_mend = sorted({finding.rule for finding in findings if finding.is_step})
    if draft or to_mend:
        return Stage.AUTHOR, " ".join(["draft"] * draft + to_mend)
    awaited = [
        standing.sponsor
        for standing in peps
        if standing.sponsor.consent in (ConsentState.AWAITED, ConsentState.WITHDRAWN)
    ]
    if awaited and "sponsor-consent" not in waived:
        return Stage.SPONSOR, " ".join(sponsor.login or sponsor.name for sponsor in awaited)
    if kind.moves_status:
        return Stage.DECISION, "status"
    return Stage.EDITOR, "review"


def _conclusion(
    findings: tuple[Finding, ...], stage: Stage | None, *, draft: bool, paused: bool
) -> Conclusion:
    if draft or paused:
        return Conclusion.NEUTRAL
    severities = {finding.severity for finding in findings}
    if Severity.ERROR in severities:
        return Conclusion.FAILURE
    if Severity.WARNING in severities or stage is Stage.SPONSOR:
        return Conclusion.NEUTRAL
    return Conclusion.SUCCESS
