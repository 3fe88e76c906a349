"""Whose turn it is: one state machine over what is missing, said, asked for and drafted.

It has no memory: the stage follows from how the pull request stands, so that lost and shuffled
events cannot lead it astray. A person may set another one, by command or by label; that holds until
what the bot works out changes, in stage or in cause. docs/labels.md draws it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from bot.peps.people import Login, same_login
from bot.policy.labels import LabelNames
from bot.review.overrides import Overrides
from bot.review.snapshot import ManualLabel, Memory, Since, Snapshot
from bot.rules.engine.assessment import ConsentState, SponsorAssessment
from bot.rules.engine.eligibility import has_write_access
from bot.rules.engine.finding import Finding
from bot.rules.engine.kind import ChangeKind

DRAFT = "draft"
"""In a cause: the pull request is a draft."""

CHANGES_REQUESTED = "changes requested by"
"""How a cause begins that is a review which asks for changes."""

SET_BY_PERSON = "set, while"
"""How a cause begins that is a person's word against what the bot worked out."""


class Stage(StrEnum):
    """Whose turn it is, in the order of precedence (contract)."""

    AUTHOR = "author"
    SPONSOR = "sponsor"
    EDITOR = "editor"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class StageChoice:
    """A person's word on whose turn it is: theirs, and where it stands if it is a command."""

    by: Login
    url: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is.

    Attributes:
        stage: Whose.
        cause: Why, in a short stable form that changes when the reason does.
        choice: The person's word that holds, be it against what the bot worked out or not.
    """

    stage: Stage
    cause: str
    choice: StageChoice | None = None

    def __str__(self) -> str:
        """Both, as they are remembered."""
        return f"{self.stage}: {self.cause}"


def stage_labels(names: LabelNames) -> dict[Stage, str]:
    """The label of each stage; empty where the policy switched it off."""
    return {
        Stage.AUTHOR: names.awaiting_author,
        Stage.SPONSOR: names.awaiting_sponsor,
        Stage.EDITOR: names.awaiting_editor,
        Stage.DECISION: names.awaiting_decision,
    }


def compute_turn(
    snapshot: Snapshot,
    kind: ChangeKind,
    sponsors: tuple[SponsorAssessment, ...],
    findings: tuple[Finding, ...],
    waived: frozenset[str],
) -> Turn | None:
    """Whose turn it is by all that the bot can see; None where no PEP is touched.

    Args:
        snapshot: How the pull request stands.
        kind: The kind of change.
        sponsors: How the sponsors of new PEPs stand.
        findings: What stands against it.
        waived: Rules that were set aside.
    """
    if kind in (ChangeKind.INFRASTRUCTURE, ChangeKind.OWNERS, ChangeKind.POLICY):
        return None
    draft = snapshot.change.draft
    to_fix = sorted({finding.rule for finding in findings if finding.is_step})
    if draft or to_fix:
        return Turn(Stage.AUTHOR, " ".join([DRAFT] * draft + to_fix))
    if asking := _asking_for_changes(snapshot, sponsors):
        return Turn(Stage.AUTHOR, " ".join([CHANGES_REQUESTED, *asking]))
    awaited = [
        sponsor
        for sponsor in sponsors
        if sponsor.consent in (ConsentState.AWAITED, ConsentState.WITHDRAWN)
    ]
    if awaited and "sponsor-consent" not in waived:
        return Turn(Stage.SPONSOR, " ".join(sponsor.login or sponsor.name for sponsor in awaited))
    if kind.moves_status:
        return Turn(Stage.DECISION, "status")
    return Turn(Stage.EDITOR, "review")


def effective_turn(
    computed: Turn | None, overrides: Overrides, by_hand: Mapping[Stage, ManualLabel]
) -> Turn | None:
    """The stage a person set, by the later of command and label; the computed one if none holds."""
    if computed is None:
        return None
    choices = [
        (manual_label.at, stage, StageChoice(manual_label.by))
        for stage, manual_label in by_hand.items()
    ]
    stage_override = overrides.stage
    if stage_override is not None and stage_override.overridden == str(computed):
        choices.append(
            (
                stage_override.at,
                Stage(stage_override.stage),
                StageChoice(stage_override.by, stage_override.url),
            )
        )
    if not choices:
        return computed
    _, stage, choice = max(choices, key=lambda one: one[0])
    if stage is computed.stage:
        return replace(computed, choice=choice)
    return Turn(stage, f"{SET_BY_PERSON} {computed}", choice)


def manual_stage_labels(
    snapshot: Snapshot, memory: Memory, computed: Turn | None
) -> dict[Stage, ManualLabel]:
    """The stage labels that a person set and that hold, with what was computed then.

    A label is a person's if a person was seen setting it, and it still stands. It holds on where
    the bot comes to agree: nobody's label is taken off at the moment at which it becomes right.
    """
    if computed is None:
        return {}
    labels = stage_labels(snapshot.context.policy.labels)
    return {
        stage: manual_label
        for stage, label in labels.items()
        if label
        and (
            manual_label := current_manual_label(
                snapshot, memory, label, str(computed), agreed=stage is computed.stage
            )
        )
        is not None
    }


def current_manual_label(
    snapshot: Snapshot, memory: Memory, label: str, computed: str, *, agreed: bool = False
) -> ManualLabel | None:
    """Since when a person's label holds against what the bot worked out; None if it does not.

    Args:
        snapshot: How the pull request stands.
        memory: What is remembered of it.
        label: The label.
        computed: What the bot works out now.
        agreed: Whether that comes to what the label says.
    """
    folded = label.casefold()
    by = snapshot.set_by_people.get(folded)
    if by is None or folded not in {name.casefold() for name in snapshot.labels}:
        return None
    known, now = memory.by_hand.get(label), snapshot.set_at.get(folded)
    if known is None or now is not None:
        at = now or snapshot.updated_at
        return None if at is None else ManualLabel(computed, at, by)
    return replace(known, overridden=computed) if agreed or known.overridden == computed else None


def _asking_for_changes(snapshot: Snapshot, sponsors: tuple[SponsorAssessment, ...]) -> list[Login]:
    """Editors and people with write access whose review of the present head asks for changes.

    A push answers them. A sponsor who asks for changes takes the consent back, which is told as
    such.
    """
    return sorted(
        login
        for login, head in snapshot.conversation.changes_requested.items()
        if head == snapshot.head_sha
        and has_write_access(login, snapshot.context)
        and not any(one.login and same_login(one.login, login) for one in sponsors)
    )


def label_key(label: str) -> str:
    """Under what a label is remembered."""
    return f"label:{label}"


def finding_key(finding: Finding) -> str:
    """Under what a finding is remembered: its line may move, its words make it another."""
    text = f"{finding.path}\n{finding.message}"
    return f"finding:{finding.rule}:{sha256(text.encode()).hexdigest()[:12]}"


def update_since(
    known: Mapping[str, Since], labels: Iterable[str], findings: Iterable[Finding], now: Since
) -> dict[str, Since]:
    """What stands now, each with the time it is known for; what is gone is forgotten."""
    keys = [*map(label_key, labels), *map(finding_key, findings)]
    return {key: known.get(key, now) for key in keys}
