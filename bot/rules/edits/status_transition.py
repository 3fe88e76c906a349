"""Rule: a change of status is one that PEP 1 allows or that is usual."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import ChangedPep, edited_peps
from bot.peps.dates import FeatureRelease, feature_version, format_pep_date
from bot.peps.status import Status, Transition, TransitionBasis, transition
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity, safe_name
from bot.rules.engine.registry import rule

_ID = "status-transition"
_KNOWN = {status.value: status for status in Status}
_SILENT = frozenset({TransitionBasis.DRAWN, TransitionBasis.WRITTEN, TransitionBasis.USUAL})


@rule(
    id=_ID,
    title="Status changes",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Review & Resolution",
    link="https://peps.python.org/pep-0001/#pep-review-resolution",
    doc=(
        "PEP 1 has a diagram of how a PEP's status may change. The history of "
        "python/peps has further changes, which were deliberate: those made several "
        "times are not reported; those made once or twice, and two steps in one, get a "
        "notice. A change that was never made before is probably a mistake.\n\nIf a "
        'decision no longer counts, the PEP goes back to Draft: "In the event that a '
        "PEP-Delegate is asked to step down, this will overrule any prior acceptance or "
        'rejection of the PEP, and it will revert to Draft status." This gets a notice '
        "that asks for the reason.\n\nAn Accepted PEP may become Rejected or Withdrawn: "
        '"these transitions are only permitted if the accepted proposal has *not* been '
        'included in a Python release". If a version that the PEP names was released, '
        "according to the published release schedules, this gets a warning; if not, "
        "nothing is reported."
    ),
    bad="A pull request that changes a Rejected PEP to Final.",
    good="A pull request that changes an Accepted PEP to Final.",
    remedy="Check both statuses. If the change is intended, say why in the pull request.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check each PEP whose status changes."""
    for edit in edited_peps(change):
        yield from _check_edit(edit, context)


def needs_calendar(change: Change) -> bool:
    """Whether this rule has to know which versions of Python were released."""
    return any(_must_be_unreleased(edit) for edit in edited_peps(change))


def _must_be_unreleased(edit: ChangedPep) -> bool:
    before, after = _KNOWN.get(edit.status_before), _KNOWN.get(edit.status_after)
    if before is None or after is None or before is after:
        return False
    return transition(before, after).basis is TransitionBasis.CONDITIONAL


def _check_edit(edit: ChangedPep, context: Context) -> Iterator[Finding]:
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
    message, help_text = _message(before, after, step), ""
    if step.basis is TransitionBasis.UNKNOWN:
        help_text = "If the change is intended, say why here, and an editor can skip this check."
    elif step.basis is TransitionBasis.CONDITIONAL:
        releases = _releases(edit, context)
        released = [one for one in releases or () if one.is_released(context.today)]
        if released:
            message, help_text = _too_late(before, after, released[0]), _TOO_LATE
        elif releases is not None:
            return
    yield Finding(
        rule=_ID,
        severity=Severity.WARNING if help_text else Severity.NOTICE,
        message=message,
        action="Please check the status" if help_text else "",
        help=help_text,
        path=edit.path,
        line=head.line if head else 1,
        pep=edit.number,
    )


def _message(before: Status, after: Status, step: Transition) -> str:
    steps = f"from {before} to {after}"
    match step.basis:
        case TransitionBasis.CONDITIONAL:
            return f"A PEP changes {steps} {step.condition} (PEP 1)."
        case TransitionBasis.REVERTED:
            return (
                f"This takes the PEP back {steps}. PEP 1 allows this {step.condition}; "
                "which was it?"
            )
        case TransitionBasis.RARE:
            times = "once" if step.times == 1 else "twice"
            return f"The change {steps} is not in PEP 1's diagram; it was made {times} since 2023."
        case TransitionBasis.SHORTCUT:
            return f"The change {steps} is two steps of PEP 1's diagram in one."
        case _:
            return f"No PEP ever changed {steps}, and PEP 1 has no such step."


_TOO_LATE = (
    "A released feature goes through the regular deprecation process, which may need a "
    "PEP of its own. If the proposal was not part of that release, say so here, and an "
    "editor can skip this check."
)


def _too_late(before: Status, after: Status, release: FeatureRelease) -> str:
    day = format_pep_date(release.final) if release.final else ""
    return (
        f"PEP 1 allows a PEP to change from {before} to {after} only before a release, "
        f"but Python {safe_name(release.version)} was released on {day}."
    )


def _releases(edit: ChangedPep, context: Context) -> list[FeatureRelease] | None:
    """The releases of the versions that the PEP names; None if one of them is not known."""
    named = edit.header_before.python_versions or edit.header_after.python_versions
    releases = [context.calendar.get(feature_version(version)) for version in named]
    known = [release for release in releases if release is not None and release.final is not None]
    if any(release.is_released(context.today) for release in known):
        return known
    return known if known and len(known) == len(named) else None
