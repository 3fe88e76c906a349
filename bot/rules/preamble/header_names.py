"""Rule: PEP 1 knows the name of every header, and none occurs twice."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.headers import ORDER, REMOVED, nearest_header
from bot.peps.preamble import Header
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_MAX_FINDINGS = 20


@rule(
    id="header-names",
    title="Header names",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "Each header has a name from PEP 1, spelled as it is there, and appears once. "
        "With any other header the PEP site is not built."
    ),
    bad="Topics: Typing",
    good="Topic: Typing",
    remedy=(
        "Spell the name as PEP 1 does; remove headers that PEP 1 does not have, and any that "
        "is there twice."
    ),
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the name of every header that a change adds or edits."""
    return introduced_findings(
        "header-names", change, partial(_names, context.today), max_severity_if_resolved=None
    )


def _names(today: date, pep: PepText) -> Iterator[TextFinding]:
    seen: dict[str, int] = {}
    reported = 0
    for header in pep.preamble.headers:
        finding = _doubled(header, seen) or _unknown(header, pep, today)
        seen.setdefault(header.name.lower(), header.line)
        if finding is not None and reported < _MAX_FINDINGS:
            reported += 1
            yield finding


def _doubled(header: Header, seen: dict[str, int]) -> TextFinding | None:
    first = seen.get(header.name.lower())
    if first is None:
        return None
    return TextFinding(
        line=header.line,
        last_line=header.last_line,
        message=f"{safe_code(header.name)} is given twice, first on line {first}.",
        severity=Severity.ERROR,
        action="Keep one of the two",
        columns=(1, len(header.name)),
    )


def _unknown(header: Header, pep: PepText, today: date) -> TextFinding | None:
    removed = REMOVED.get(header.name.lower())
    if header.name in ORDER or (removed is not None and today < removed):
        return None
    meant = nearest_header(header.name)
    line = pep.lines[header.line - 1]
    fix: Fix | None = None
    if removed is not None:
        help_text = "PEPs no longer have it: remove the line."
        if header.line == header.last_line:
            fix = Fix(header.line, header.line, ())
    elif meant is not None and pep.preamble.header(meant) not in (None, header):
        help_text = (
            f"Did you mean {safe_code(meant)}? The PEP has one already: keep one of the two."
        )
    elif meant is not None:
        help_text = f"Did you mean {safe_code(meant)}?"
        fix = Fix(header.line, header.line, (meant + line[len(header.name) :],))
    else:
        help_text = "Remove the line, or move what it says into the text."
    return TextFinding(
        line=header.line,
        last_line=header.last_line,
        message=f"There is no header {safe_code(header.name)}.",
        severity=Severity.ERROR,
        action="Fix the name",
        help=help_text,
        columns=(1, len(header.name)),
        fix=fix,
    )
