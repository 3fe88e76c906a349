"""Rule: published PEPs are not deleted and keep their number."""

from collections.abc import Iterable

from bot.peps.change import Change, FileStatus
from bot.peps.changed_pep import renumberings
from bot.peps.number import number_in_path
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule

_ID = "removed-pep"


@rule(
    id=_ID,
    title="Removed PEPs",
    severity=Severity.WARNING,
    source="PEP 1 § PEP Review & Resolution",
    link="https://peps.python.org/pep-0001/#pep-review-resolution",
    doc=(
        "A published PEP stays as a record: one that is given up becomes `Withdrawn`. A "
        "new number breaks links to the old one, so editors get a notice."
    ),
    bad="A pull request that deletes `peps/pep-0842.rst`.",
    good="A pull request that sets `Status: Withdrawn` in `peps/pep-0842.rst`.",
    remedy="Keep the file and set its status to `Withdrawn`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Report PEPs that are no longer where they were."""
    present = {
        number_in_path(file.path) for file in change.files if file.status is not FileStatus.REMOVED
    }
    for file in change.files:
        number = number_in_path(file.path)
        if file.status is not FileStatus.REMOVED or number is None:
            continue
        if number in present or number in context.numbers.placeholders:
            continue
        yield Finding(
            rule=_ID,
            severity=Severity.WARNING,
            message=f"This deletes PEP {number} and would break links to it.",
            action="Keep the PEP",
            help="A PEP that is given up stays as a record, with `Status: Withdrawn`.",
            path=file.path,
            pep=number,
        )
    for moved in renumberings(change, context.numbers.placeholders):
        if moved.pep.number is None or moved.pep.number == moved.previous:
            continue
        yield Finding(
            rule=_ID,
            severity=Severity.NOTICE,
            message=(
                f"PEP {moved.previous} becomes PEP {moved.pep.number}; links to PEP "
                f"{moved.previous} will break."
            ),
            path=moved.pep.path,
            line=1,
            pep=moved.pep.number,
        )
