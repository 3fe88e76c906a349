"""Decides what kind of change a pull request is, from its diff alone. Not a rule: rules use it.

The template of the description is not reliable: people use the new-PEP template for anything.
"""

from enum import StrEnum

from bot.peps.change import Change, FileChange, FileStatus, cached_per_change
from bot.peps.changed_pep import ChangedPep, edited_peps, new_peps
from bot.peps.codeowners import OwnersLine, parse_codeowners
from bot.peps.number import PepNumber, is_misfiled_pep, is_pep_path
from bot.peps.preamble import parse_preamble
from bot.peps.status import Status
from bot.policy.load import POLICY_PATH

BULK = 8
"""A change of at least this many PEPs is a bulk clean-up, not an edit of each (measured)."""

DECIDED = frozenset(
    {
        Status.ACCEPTED,
        Status.PROVISIONAL,
        Status.REJECTED,
        Status.DEFERRED,
        Status.WITHDRAWN,
        Status.SUPERSEDED,
    }
)
"""The statuses that a decision, or the authors' own withdrawal, leads to (PEP 1 § PEP Review &
Resolution)."""


class ChangeKind(StrEnum):
    """The kinds of change that the bot treats differently."""

    NEW_PEP = "new PEP"
    DECISION = "decision"
    FINALISATION = "finalisation"
    STATUS_CHANGE = "status change"
    """To a status that needs no decision: a PEP is reopened, or becomes Active."""
    RELEASE_SCHEDULE = "release schedule"
    BULK = "bulk change"
    AMENDMENT = "amendment"
    """More than an editorial edit of a resolved PEP."""
    DRAFT_UPDATE = "draft update"
    EDITORIAL = "editorial change"
    OWNERS = "owners"
    POLICY = "policy"
    INFRASTRUCTURE = "infrastructure"

    @property
    def moves_status(self) -> bool:
        """Whether a PEP's status changes."""
        return self in (self.DECISION, self.FINALISATION, self.STATUS_CHANGE)


@cached_per_change
def kind_of(change: Change, placeholders: frozenset[PepNumber]) -> ChangeKind:
    """Decide what kind of change this is; the first kind that fits wins.

    `placeholders` are the numbers that mean "not assigned yet".
    """
    if new_peps(change, placeholders):
        return ChangeKind.NEW_PEP
    edits = edited_peps(change)
    if moved := [edit for edit in edits if edit.changes_status]:
        return _status_change_kind(moved)
    if any(_concerns_pep(file) for file in change.files):
        return _edit_kind(change, edits)
    if touches_pep_owners(change):
        return ChangeKind.OWNERS
    if any(POLICY_PATH in (file.path, file.previous_path) for file in change.files):
        return ChangeKind.POLICY
    return ChangeKind.INFRASTRUCTURE


def _status_change_kind(moved: list[ChangedPep]) -> ChangeKind:
    if any(edit.status_after in DECIDED for edit in moved):
        return ChangeKind.DECISION
    if any(edit.status_after == Status.FINAL for edit in moved):
        return ChangeKind.FINALISATION
    return ChangeKind.STATUS_CHANGE


def _edit_kind(change: Change, edits: tuple[ChangedPep, ...]) -> ChangeKind:
    if edits and all(edit.is_release_schedule for edit in edits):
        return ChangeKind.RELEASE_SCHEDULE
    if sum(_concerns_pep(file) for file in change.files) >= BULK:
        return ChangeKind.BULK
    if any(edit.is_resolved and not edit.is_editorial for edit in edits):
        return ChangeKind.AMENDMENT
    if edits and all(edit.is_editorial for edit in edits):
        return ChangeKind.EDITORIAL
    return ChangeKind.DRAFT_UPDATE


@cached_per_change
def touched_topics(change: Change) -> tuple[str, ...]:
    """The topics of the PEPs that a change adds or edits, sorted; none for a bulk clean-up."""
    texts = [file.after for file in change.files if is_pep_path(file.path) and file.after]
    if len(texts) >= BULK:
        return ()
    return tuple(sorted({topic for text in texts for topic in parse_preamble(text).topics}))


def touches_pep_owners(change: Change) -> bool:
    """Whether a PEP's CODEOWNERS line is added, removed, edited or moved among those of PEPs."""
    before, after = change.codeowners_before, change.codeowners_after
    return before != after and _pep_lines(before) != _pep_lines(after)


def _concerns_pep(file: FileChange) -> bool:
    """Whether a file is a PEP, was one, or is added as one in the wrong place."""
    if is_misfiled_pep(file.path) and file.status in (FileStatus.ADDED, FileStatus.RENAMED):
        return True
    return is_pep_path(file.path) or bool(file.previous_path and is_pep_path(file.previous_path))


def _pep_lines(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return tuple(line.text for line in parse_codeowners(text).lines if _names_pep(line))


def _names_pep(line: OwnersLine) -> bool:
    path = line.pattern or line.commented_path
    return path is not None and path.lstrip("/").startswith("peps/pep-")
