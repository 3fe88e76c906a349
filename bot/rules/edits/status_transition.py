"""Rule: a change of status is one that PEP 1 allows or that is usual."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, edited_peps
from bot.peps.status import Status, Transition, TransitionBasis, transition
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule

_ID = "status-transition"
_KNOWN = {status.value: status for status in Status}
_SILENT = frozenset({TransitionBasis.DRAWN, TransitionBasis.WRITTEN, TransitionBasis.USUAL})


@rule(
    id=_ID,
    title="Steps of the status",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Review & Resolution",
    link="https://peps.python.org/pep-0001/#pep-review-resolution",
    doc=(
        "PEP 1 draws how a PEP's status may move. Further steps are known from the history of "
        "python/peps and were deliberate: those taken several times are not spoken of, those "
        "taken once or twice, and two steps in one, are a notice. A step nobody ever took is "
        "probably a slip."
    ),
    bad="A pull request that moves a Rejected PEP to Final.",
    good="A pull request that moves an Accepted PEP to Final.",
    remedy="Check both statuses. If the step is meant, say why in the pull request.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check each PEP whose status changes."""
    for edit in edited_peps(change):
        yield from _check_edit(edit)


def _check_edit(edit: ChangedPep) -> Iterator[Finding]:
    # An invalid status, or the one that only PEP 401 has, is reported by the rule `status`.
    before, after = _KNOWN.get(edit.status_before), _KNOWN.get(edit.status_after)
    if after is Status.APRIL_FOOL:
        return
    if before is None or after is None or before is after:
        return
    step = transition(before, after)
    if step.basis in _SILENT:
        return
    head = edit.header_after.header("Status")
    unknown = step.basis is TransitionBasis.UNKNOWN
    yield Finding(
        rule=_ID,
        severity=Severity.WARNING if unknown else Severity.NOTICE,
        message=_message(before, after, step),
        action="Please check the status" if unknown else "",
        help="If the step is meant, say why here, and an editor can waive this." if unknown else "",
        path=edit.path,
        line=head.line if head else 1,
        pep=edit.number,
    )


def _message(before: Status, after: Status, step: Transition) -> str:
    steps = f"from {before} to {after}"
    match step.basis:
        case TransitionBasis.CONDITIONAL:
            return f"A PEP goes {steps} {step.condition} (PEP 1)."
        case TransitionBasis.RARE:
            times = "once" if step.times == 1 else "twice"
            return f"The step {steps} is not drawn in PEP 1; it was taken {times} since 2023."
        case TransitionBasis.SHORTCUT:
            return f"The step {steps} is two steps of PEP 1 in one."
        case _:
            return f"No PEP ever went {steps}, and PEP 1 knows no such step."
