"""Rule: `Status` is one of PEP 1's statuses."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from bot.peps.change import Change
from bot.peps.changed_pep import PepText, new_peps
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings
from bot.rules.preamble.status_for_type import contradicts_type

STATUSES = tuple(one for one in Status if one is not Status.APRIL_FOOL)
_APRIL_FOOL_PEP = 401

_LONGEST = 40


@rule(
    id="status",
    title="Status",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Status` is one of the nine that PEP 1 lists; `April Fool!` is for PEP 401 "
        "only. A new PEP is a `Draft`, unless it is a release schedule or an election."
    ),
    bad="Status: draft",
    good="Status: Draft",
    remedy="Use one of the statuses in PEP 1; a new PEP is a `Draft`.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the status of every PEP that the change touches."""
    yield from introduced_findings("status", change, _check_text, max_severity_if_resolved=None)
    for pep in new_peps(change, context.numbers.placeholders):
        header = pep.preamble.header("Status")
        if header is None or header.value not in STATUSES or header.value == Status.DRAFT:
            continue
        if contradicts_type(pep.preamble):
            continue  # `status-for-type` says more.
        if "Release" in pep.preamble.topics or pep.number in context.policy.numbers.elections:
            continue
        yield Finding(
            rule="status",
            severity=Severity.WARNING,
            message=f"A new PEP starts as a `Draft`, but this one is `{header.value}`.",
            action="Write `Draft`",
            path=pep.path,
            line=header.line,
            pep=pep.number,
            columns=PepText(pep.text).value_columns(header),
        )


def _check_text(text: PepText) -> Iterator[TextFinding]:
    header = text.preamble.header("Status")
    if header is None or not header.value or header.value in STATUSES:
        return
    if header.value == Status.APRIL_FOOL and text.preamble.number == _APRIL_FOOL_PEP:
        return
    meant = next((one for one in STATUSES if one.casefold() == header.value.casefold()), None)
    if meant is not None:
        yield TextFinding(
            header.line,
            f"The status is spelled `{meant}`.",
            Severity.ERROR,
            action=f"Write `{meant}`",
            columns=text.value_columns(header),
            fix=Fix(header.line, header.last_line, (f"Status: {meant}",)),
        )
        return
    near = get_close_matches(header.value[:_LONGEST].capitalize(), STATUSES, n=1)
    known = ", ".join(f"`{one}`" for one in STATUSES)
    yield TextFinding(
        header.line,
        f"`Status` is not one of those in PEP 1: {known}.",
        Severity.ERROR,
        action=f"Write `{near[0]}`" if near else "",
        columns=text.value_columns(header),
    )
