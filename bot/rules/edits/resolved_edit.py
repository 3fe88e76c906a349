"""Rule: edits of a resolved PEP are only editorial."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import EDITORIAL_LINES, ChangedPep, edited_peps
from bot.peps.document import specification_headings
from bot.rules.edits.substance import is_amendment
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_name
from bot.rules.engine.kind import BULK, ChangeKind, kind_of
from bot.rules.engine.registry import rule

_ID = "resolved-edit"


@rule(
    id=_ID,
    title="Edits of decided PEPs",
    severity=Severity.NOTICE,
    source="PEP 1 § PEP Maintenance",
    link="https://peps.python.org/pep-0001/#pep-maintenance",
    doc=(
        "An Accepted, Final, Rejected, Withdrawn or Superseded PEP is a historical "
        f"document and should not change in substance. This reports {EDITORIAL_LINES} or "
        "more changed lines, and a heading of the Specification that is added, removed "
        "or reworded. Small fixes, release schedules and clean-ups of many PEPs are not "
        "reported. Changes to the Specification of an Accepted PEP are reported by the "
        "rule `substance`."
    ),
    bad="A pull request that adds a section to the Specification of a Final PEP.",
    good="A pull request that fixes a typo in a Final PEP.",
    remedy=(
        "If the change does not affect what was decided, say so in the pull request. "
        "Otherwise it belongs in a new PEP, or those who decided have to agree to it."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check each PEP that is resolved before and after the change."""
    edits = edited_peps(change)
    if len(edits) >= BULK or kind_of(change, context.numbers.placeholders) is ChangeKind.BULK:
        return
    for pep in edits:
        if not pep.is_resolved or pep.is_release_schedule or pep.is_moved_only:
            continue
        if not is_amendment(pep, context):  # which the rule `substance` looks at
            yield from _check_edit(pep)


def _check_edit(pep: ChangedPep) -> Iterator[Finding]:
    if pep.before is None:
        return
    if not pep.is_editorial:
        what = f"{pep.line_count} lines change"
    elif specification_headings(pep.before.lines) != specification_headings(pep.after.lines):
        what = "a heading in the Specification changes"
    else:
        return
    status = safe_name(pep.status_before)
    yield Finding(
        rule=_ID,
        severity=Severity.NOTICE,
        message=f"This PEP is {status}, and {what}: is that more than editorial?",
        help="PEP 1 asks that decided PEPs do not change in substance.",
        path=pep.path,
        line=min(pep.touched, default=1),
        pep=pep.number,
    )
