"""Rule: a change in substance is noted in the PEP, or told to those who are reading it.

The number of changed lines of the Specification and its headings decide, so that small corrections
are never reported, wherever they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, edited_peps
from bot.peps.dates import format_pep_date
from bot.peps.document import (
    is_change_history,
    is_specification,
    specification_headings,
    thread_url,
)
from bot.peps.status import Status
from bot.policy.in_office import final_authority
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_code
from bot.rules.engine.kind import BULK, ChangeKind, kind_of
from bot.rules.engine.pull_request_text import (
    MAX_DESCRIPTION_LENGTH,
    linked_issue,
    without_comments,
)
from bot.rules.engine.registry import rule

_ID = "substance"
_STANDARDS = "Standards Track"
_AMENDED = frozenset({Status.PROVISIONAL, Status.ACCEPTED})


@rule(
    id=_ID,
    title="Changes in substance",
    severity=Severity.NOTICE,
    source="PEP 1 § PEP Maintenance",
    link="https://peps.python.org/pep-0001/#pep-maintenance",
    doc=(
        '"If changes based on implementation experience and user feedback are made to '
        "Standards track PEPs while in the Provisional or (with SC approval) Accepted "
        "state, they should be noted in the PEP, such that the PEP accurately describes "
        'the implementation at the point where it is marked Final." A change of the '
        "Specification gets a notice unless it comes with an entry in `Change History` "
        "or a similar section or, for an Accepted PEP, with a link to a Steering Council "
        "issue, in the description or in the PEP. At least ten lines (`amendment_lines` "
        "in the policy), or a heading, have to change.\n\nIf at least a hundred lines of "
        "a Draft's Specification change (`draft_lines`), the details of the check run "
        'link its thread: "Substantive content changes should generally be first '
        'proposed on the PEP\'s discussion thread". A Draft is open for changes "until '
        'submitted to the Steering Council or PEP-Delegate for review and resolution": '
        "while an open issue submits it, such a change gets a notice."
    ),
    bad="A pull request that rewrites the Specification of a Provisional PEP.",
    good="The same pull request, with an entry in the PEP's `Change History`.",
    remedy="Note in the PEP what changes and why, or tell the people who are reviewing it.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check each PEP whose status stays as it is."""
    for pep in _considered(change, context):
        if pep.status_after == Status.DRAFT:
            yield from _submitted(pep, context)
        elif is_amendment(pep, context):
            yield from _amended(pep, change, context)


@dataclass(frozen=True, slots=True)
class DiscussedDraft:
    """A Draft that changes much, with its discussion thread.

    Attributes:
        pep: The PEP.
        lines: How many lines of its Specification change.
        thread: The address of the thread that its header names.
    """

    pep: ChangedPep
    lines: int
    thread: str


def discussed_drafts(change: Change, context: Context) -> tuple[DiscussedDraft, ...]:
    """The Drafts that change so much that it should be proposed in their threads first."""
    found = []
    for pep in _considered(change, context):
        thread = thread_url(pep.header_after.value("Discussions-To") or "")
        if pep.status_after == Status.DRAFT and thread is not None:
            lines = _changed_much(pep, context)
            found += [DiscussedDraft(pep, lines, thread)] if lines else []
    return tuple(found)


def is_amendment(pep: ChangedPep, context: Context) -> bool:
    """Whether the change amends the Specification of a Provisional or Accepted PEP."""
    if pep.before is None or pep.status_after not in _AMENDED:
        return False
    if pep.header_after.type != _STANDARDS:
        return False
    return _changes_heading(pep) or _is_amended(pep, context)


def _considered(change: Change, context: Context) -> Iterator[ChangedPep]:
    edits = edited_peps(change)
    if len(edits) >= BULK or kind_of(change, context.numbers.placeholders) is ChangeKind.BULK:
        return
    for pep in edits:
        if not (pep.changes_status or pep.is_moved_only or pep.is_release_schedule):
            yield pep


def _submitted(pep: ChangedPep, context: Context) -> Iterator[Finding]:
    issue = None if pep.number is None else context.submitted.get(pep.number)
    if issue is None or not _changed_much(pep, context):
        return
    yield Finding(
        rule=_ID,
        severity=Severity.NOTICE,
        message=(
            f"The {issue.body} has been reviewing PEP {pep.number} since "
            f"{format_pep_date(issue.since)} ({safe_code(issue.reference)}): report the "
            "change there."
        ),
        help=f"{_count(_specification_lines(pep))} of the Specification change.",
        path=pep.path,
        line=_first_line(pep),
        pep=pep.number,
    )


def _amended(pep: ChangedPep, change: Change, context: Context) -> Iterator[Finding]:
    if _is_noted(pep):
        return
    is_accepted = pep.status_after == Status.ACCEPTED
    final = final_authority(context.policy, context.today)
    council = final[1] if is_accepted and final is not None else None
    if council is not None and linked_issue(council, _text_with_links(pep, change)) is not None:
        return
    lines = _specification_lines(pep)
    what = (
        "A heading in the Specification changes."
        if _changes_heading(pep)
        else f"{_count(lines)} of the Specification change."
    )
    approval = "" if council is None else f", with the {council.name}'s approval"
    where = "" if council is None else ", or link the approval here"
    yield Finding(
        rule=_ID,
        severity=Severity.NOTICE,
        message=f"{what} PEP 1 says that amendments should be noted in the PEP{approval}.",
        help=f"This PEP is {pep.status_after}. Add an entry to its `Change History`{where}.",
        path=pep.path,
        line=_first_line(pep),
        pep=pep.number,
    )


def _changed_much(pep: ChangedPep, context: Context) -> int:
    """How many lines of a Draft's Specification change; 0 if these are not many."""
    least = context.policy.draft_lines
    lines = _specification_lines(pep) if pep.line_count >= least else 0
    return lines if lines >= least else 0


def _is_amended(pep: ChangedPep, context: Context) -> bool:
    least = context.policy.amendment_lines
    return pep.line_count >= least and _specification_lines(pep) >= least


def _changes_heading(pep: ChangedPep) -> bool:
    before = pep.before.lines if pep.before is not None else ()
    return specification_headings(before) != specification_headings(pep.after.lines)


def _specification_lines(pep: ChangedPep) -> int:
    """How many lines of the Specification change, a replaced line counted once."""
    return sum(
        max(one.added, one.removed) for one in pep.section_changes if is_specification(one.title)
    )


def _is_noted(pep: ChangedPep) -> bool:
    """Whether the change adds something to a section that lists the PEP's changes."""
    return any(one.added and is_change_history(one.title) for one in pep.section_changes)


def _text_with_links(pep: ChangedPep, change: Change) -> str:
    """Where somebody would link an approval: the description, and what changes in the PEP."""
    lines = pep.after.lines
    touched = [lines[line - 1] for line in sorted(pep.touched) if line <= len(lines)]
    return "\n".join([without_comments(change.body[:MAX_DESCRIPTION_LENGTH]), *touched])


def _first_line(pep: ChangedPep) -> int:
    """The first line of the Specification that changes, or of the PEP."""
    starts = [section for section in pep.after.body.sections if section.level == 1]
    ends = [*(section.first_line for section in starts[1:]), len(pep.after.lines) + 1]
    for section, end in zip(starts, ends, strict=False):
        if is_specification(section.title):
            inside = [line for line in pep.touched if section.first_line <= line < end]
            if inside:
                return min(inside)
    return min(pep.touched, default=1)


def _count(lines: int) -> str:
    return f"{lines} line{'' if lines == 1 else 's'}"
