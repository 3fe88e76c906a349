"""The stage of a pull request: whose turn it is, and why.

The stage is computed from the current state of the pull request alone, so lost or reordered events
cannot make it wrong. A person may set another one by command or label; that holds until the
computed stage or its cause changes. docs/labels.md has a diagram.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256

from bot.peps.people import Login, same_login
from bot.policy.labels import LabelNames
from bot.review.overrides import ManualLabel, Overrides
from bot.review.snapshot import Memory, Since, Snapshot
from bot.rules.edits.ownership import OWNERSHIP, AwaitedAnswer, awaited_answer
from bot.rules.engine.assessment import ConsentState, SponsorAssessment
from bot.rules.engine.eligibility import has_write_access
from bot.rules.engine.finding import Finding
from bot.rules.engine.kind import ChangeKind


class Stage(StrEnum):
    """Whose turn it is, in the order of precedence."""

    AUTHOR = "author"
    SPONSOR = "sponsor"
    EDITOR = "editor"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class StageChoice:
    """A person's choice of the stage: whose, and the comment if it was made by a command."""

    by: Login
    url: str = ""


@dataclass(frozen=True, slots=True)
class FixesNeeded:
    """It is a draft, or rules found something to fix."""

    draft: bool
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The stored form."""
        return " ".join([*["draft"] * self.draft, *self.rules])


@dataclass(frozen=True, slots=True)
class ChangesRequested:
    """Reviews of the current head ask for changes."""

    by: tuple[Login, ...]

    def __str__(self) -> str:
        """The stored form."""
        return " ".join(["changes requested by", *self.by])


@dataclass(frozen=True, slots=True)
class ConsentAwaited:
    """These sponsors, by account or else by name, have not agreed; `names` has their names."""

    sponsors: tuple[str, ...]
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The stored form."""
        return " ".join(self.sponsors)


@dataclass(frozen=True, slots=True)
class StatusMoves:
    """A PEP is decided on, and nothing is left to fix."""

    def __str__(self) -> str:
        """The stored form."""
        return "status"


@dataclass(frozen=True, slots=True)
class NothingLeft:
    """Nothing is left that the bot could check."""

    def __str__(self) -> str:
        """The stored form."""
        return "review"


@dataclass(frozen=True, slots=True)
class SetByPerson:
    """A person chose another stage than the bot computed."""

    computed: "Turn"

    def __str__(self) -> str:
        """The stored form."""
        return f"set, while {self.computed}"


Reason = (
    FixesNeeded
    | ChangesRequested
    | ConsentAwaited
    | AwaitedAnswer
    | StatusMoves
    | NothingLeft
    | SetByPerson
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is.

    Attributes:
        stage: Whose.
        reason: Why.
        choice: The person's choice in force, whether or not it agrees with what the bot computed.
    """

    stage: Stage
    reason: Reason
    choice: StageChoice | None = None

    def __str__(self) -> str:
        """The stored form: short, and it changes when the reason does."""
        return f"{self.stage}: {self.reason}"


def stage_labels(names: LabelNames) -> dict[Stage, str]:
    """The label of each stage; empty where the policy turned it off."""
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
    *,
    needs_deciders: bool,
) -> Turn | None:
    """Whose turn it is, from everything the bot can see; None if no PEP is touched.

    Args:
        snapshot: The pull request as it is now.
        kind: The kind of change.
        sponsors: The assessments of the new PEPs' sponsors.
        findings: What the rules found.
        waived: The rules that were waived.
        needs_deciders: Whether those who decide on PEPs have to agree to a change of status. Final
            after an acceptance needs nobody, a withdrawal its author: an editor merges those.
    """
    if kind in (ChangeKind.INFRASTRUCTURE, ChangeKind.OWNERS, ChangeKind.POLICY):
        return None
    draft = snapshot.change.draft
    to_fix = sorted({finding.rule for finding in findings if finding.is_step})
    answer = awaited_answer(snapshot.change, snapshot.context) if to_fix == [OWNERSHIP] else None
    if answer is not None and not draft:
        is_over = snapshot.context.today >= answer.until
        return Turn(Stage.EDITOR if is_over else Stage.AUTHOR, answer)
    if draft or to_fix:
        return Turn(Stage.AUTHOR, FixesNeeded(draft, tuple(to_fix)))
    if asking := _asking_for_changes(snapshot, sponsors):
        return Turn(Stage.AUTHOR, ChangesRequested(tuple(asking)))
    awaited = [
        sponsor
        for sponsor in sponsors
        if sponsor.consent in (ConsentState.AWAITED, ConsentState.WITHDRAWN)
    ]
    if awaited and "sponsor-consent" not in waived:
        accounts = tuple(sponsor.login or sponsor.name for sponsor in awaited)
        names = tuple(sponsor.name for sponsor in awaited)
        return Turn(Stage.SPONSOR, ConsentAwaited(accounts, names))
    if kind.moves_status and needs_deciders:
        return Turn(Stage.DECISION, StatusMoves())
    return Turn(Stage.EDITOR, NothingLeft())


def effective_turn(
    computed: Turn | None, overrides: Overrides, by_hand: Mapping[Stage, ManualLabel]
) -> Turn | None:
    """The stage a person set, by command or label, whichever is later; else the computed one."""
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
    return Turn(stage, SetByPerson(computed), choice)


def manual_stage_labels(
    snapshot: Snapshot, memory: Memory, computed: Turn | None
) -> dict[Stage, ManualLabel]:
    """The stage labels that a person set and that are in force, with what was computed then.

    A label is a person's if the bot saw a person set it and it is still there. It stays in force
    when the computed stage comes to agree: a label is not removed when it becomes right.
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
    """A person's label that overrides what the bot computed; None if it is not in force."""
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
    """Editors and people with write access whose review of the current head asks for changes.

    A push answers such a review. A sponsor who asks for changes withdraws their consent instead,
    which is reported as that.
    """
    return sorted(
        login
        for login, head in snapshot.conversation.changes_requested.items()
        if head == snapshot.head_sha
        and has_write_access(login, snapshot.context)
        and not any(one.login and same_login(one.login, login) for one in sponsors)
    )


def label_key(label: str) -> str:
    """The key that a label is remembered under."""
    return f"label:{label}"


def finding_key(finding: Finding) -> str:
    """The key that a finding is remembered under: the line may move, but new words make it new."""
    # A file's name need not be valid UTF-8.
    text = f"{finding.path}\n{finding.message}".encode("utf-8", "surrogatepass")
    return f"finding:{finding.rule}:{sha256(text).hexdigest()[:12]}"


def update_since(
    known: Mapping[str, Since], labels: Iterable[str], findings: Iterable[Finding], now: Since
) -> dict[str, Since]:
    """Since when each current label and finding is there; those that are gone are dropped."""
    keys = [*map(label_key, labels), *map(finding_key, findings)]
    return {key: known.get(key, now) for key in keys}
