"""Rule: `Author`, `Sponsor` and `PEP-Delegate` name people in PEP 1's form."""

import re
from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.preamble import Header
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

HEADERS = ("Author", "Sponsor", "PEP-Delegate", "BDFL-Delegate")
"""The headers that name people."""

MAX_INDENT = 8
"""How many spaces may indent a continuation line: as many as `Author: ` is long (PEP 1)."""

_MAX_FINDINGS = 20
_ADDRESS = re.compile(r"[^\s<>@]{1,200}(?:@| at )[^\s<>@]{1,200}")


@rule(
    id="people",
    title="People in the header",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Author`, `Sponsor` and `PEP-Delegate` name people as `Name` or `Name "
        "<address>`, one per line, with a comma after each but the last. Continuation "
        "lines are indented by at most eight spaces."
    ),
    bad="Author: A. N. Other <a@example.org",
    good="Author: A. N. Other <a@example.org>",
    remedy=(
        "Write each person as `Name <address>`, on a line of their own, with a comma after "
        "each but the last."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the people in every header that a change adds or edits."""
    return introduced_findings("people", change, _people, max_severity_if_resolved=None)


def _people(pep: PepText) -> Iterator[TextFinding]:
    reported = 0
    for name in HEADERS:
        header = pep.preamble.header(name)
        if header is None or not header.value:
            continue
        for finding in _header(pep, header):
            if reported < _MAX_FINDINGS:
                reported += 1
                yield finding


def _header(pep: PepText, header: Header) -> Iterator[TextFinding]:
    for number in range(header.line, header.last_line + 1):
        line = pep.lines[number - 1]
        content = line.partition(":")[2] if number == header.line else line
        entry = content.strip()
        if not entry:
            continue
        if number > header.line and len(line) - len(line.lstrip(" \t")) > MAX_INDENT:
            yield TextFinding(
                line=number,
                message=f"This line is indented by more than {MAX_INDENT} spaces.",
                severity=Severity.ERROR,
                action="Remove some spaces",
                fix=Fix(number, number, (" " * MAX_INDENT + entry,)),
            )
        if number < header.last_line and not entry.endswith(","):
            yield TextFinding(
                line=number,
                message="A comma is missing: each person but the last needs one after the name.",
                severity=Severity.ERROR,
                action="Add the comma",
                columns=(len(line), len(line)),
                fix=Fix(number, number, (f"{line.rstrip()},",)),
            )
        wrong = [part for one in entry.split(", ") if (part := one.strip().rstrip(","))]
        if fault := next((problem for part in wrong if (problem := _fault(part))), ""):
            yield TextFinding(
                line=number,
                message=fault,
                severity=Severity.ERROR,
                action="Fix the entry",
                help="Write `Name` or `Name <address>`.",
            )


def _fault(entry: str) -> str:
    """What is wrong with one person's entry; empty if nothing is. Never quotes the address."""
    opened, closed = entry.count("<"), entry.count(">")
    if opened != closed:
        return "A person's address lacks one of its brackets `<` and `>`."
    if opened > 1:
        return "There are two addresses in one entry; a comma may be missing between two people."
    if not opened:
        return "An address lacks its brackets `<` and `>`." if "@" in entry else ""
    name, _, rest = entry.partition("<")
    address, _, behind = rest.partition(">")
    if not name.strip():
        return "An address has no name before it."
    if not name.endswith(" "):
        return "A space is missing between a name and its address."
    if behind.strip():
        return "There is something after a person's address; a comma may be missing."
    if not _ADDRESS.fullmatch(address.strip()):
        return "What is between `<` and `>` is not an address."
    return ""
