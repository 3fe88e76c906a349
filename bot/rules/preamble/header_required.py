"""Rule: a PEP has the headers that every PEP needs from the start."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.headers import REQUIRED, nearest_header
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings


@rule(
    id="header-required",
    title="Required headers",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "Every PEP has `PEP`, `Title`, `Author`, `Status`, `Type` and `Created`, and "
        "none of them is empty. `Discussions-To` and `Post-History` can be added after "
        "the merge."
    ),
    bad="Created:",
    good="Created: 12-May-2025",
    remedy="Add the header, in the order of PEP 1.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for required headers in the PEPs that a change touches."""
    return introduced_findings("header-required", change, _required, max_severity_if_resolved=None)


def _required(pep: PepText) -> Iterator[TextFinding]:
    preamble = pep.preamble
    if not preamble.headers:
        return  # The rule `readable` reports a text without any header.
    # A misspelt name is reported as such; it implies that the right one is missing.
    meant = {nearest_header(header.name) for header in preamble.headers}
    for name in REQUIRED:
        header = preamble.header(name)
        if header is None and name not in meant:
            yield TextFinding(
                line=1,
                message=f"The header `{name}` is missing.",
                severity=Severity.ERROR,
                action=f"Add a `{name}` line",
                whole=True,
            )
        elif header is not None and not header.value and header.name == name != "PEP":
            # The rule `number` reports a missing number.
            yield TextFinding(
                line=header.line,
                message=f"The header `{name}` is empty.",
                severity=Severity.ERROR,
                action=f"Fill in `{name}`",
            )
