"""One sentence on what happens to each PEP that exists already, for the check run's summary."""

import re

from bot.review.wording import enumerated
from bot.rules.change import Change
from bot.rules.kind import ChangeKind
from bot.rules.pep_edit import PepEdit
from bot.rules.wording import name as harmless

_MOST_EDITS = 10
_DATED = re.compile(r"`[0-9]{2}-[A-Z][a-z]{2}-[0-9]{4}\s")
_CANONICAL = re.compile(r"^\.\. (canonical-(?:doc|pypa-spec|typing-spec))::", re.MULTILINE)
_DECISIONS = frozenset({"Accepted", "Provisional", "Rejected"})


def edits_told(kind: ChangeKind, edits: tuple[PepEdit, ...], change: Change) -> list[str]:
    """The sentences, in the order of the files; those past the tenth are only counted."""
    if kind is ChangeKind.RELEASE_SCHEDULE and len(edits) <= _MOST_EDITS:
        numbers = [str(edit.number) for edit in edits if edit.number is not None]
        if len(numbers) == len(edits):
            return [f"Release schedule of PEP {enumerated(numbers)}."]
    texts = {file.path: file.after or "" for file in change.files}
    told = [_edit(edit, texts.get(edit.path, "")) for edit in edits[:_MOST_EDITS]]
    if len(edits) > _MOST_EDITS:
        told.append(f"And {len(edits) - _MOST_EDITS} more PEPs changed.")
    return told


def _edit(edit: PepEdit, text: str) -> str:
    name = f"PEP {edit.number}" if edit.number is not None else "A PEP"
    if edit.changes_status:
        return f"{name}: {harmless(edit.before)} to {harmless(edit.after)}{_with(edit, text)}."
    status = f" ({harmless(edit.before)})" if edit.before else ""
    lines = f"{edit.lines} line{'' if edit.lines == 1 else 's'} changed"
    return f"{name}{status}: {lines}{', editorial' if edit.is_editorial else ''}."


def _with(edit: PepEdit, text: str) -> str:
    """What the new status should come with, if it is there."""
    if edit.after in _DECISIONS:
        resolution = edit.header_after.value("Resolution") or ""
        return ", with a dated Resolution" if _DATED.match(resolution) else ""
    if edit.after == "Final":
        found = _CANONICAL.search(text)
        return f", with {found[1]}" if found else ""
    return ""
