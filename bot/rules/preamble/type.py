"""Rule: `Type` is one of the three types of PEP."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

TYPES = ("Standards Track", "Informational", "Process")

_LONGEST = 40


@rule(
    id="type",
    title="Type",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Types",
    link="https://peps.python.org/pep-0001/#pep-types",
    doc="`Type` is `Standards Track`, `Informational` or `Process`, and nothing else.",
    bad="Type: Standard Track",
    good="Type: Standards Track",
    remedy="Use one of the three types in PEP 1.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the type of every PEP that the change touches."""
    return introduced_findings("type", change, _check_text, max_severity_if_resolved=None)


def _check_text(text: PepText) -> Iterator[TextFinding]:
    header = text.preamble.header("Type")
    if header is None or not header.value or header.value in TYPES:
        return
    meant = next((one for one in TYPES if one.casefold() == header.value.casefold()), None)
    near = meant or next(iter(get_close_matches(header.value[:_LONGEST].title(), TYPES, n=1)), None)
    yield TextFinding(
        header.line,
        "`Type` must be `Standards Track`, `Informational` or `Process`.",
        Severity.ERROR,
        action=f"Write `{near}`" if near else "",
        columns=text.value_columns(header),
        fix=Fix(header.line, header.last_line, (f"Type: {meant}",)) if meant else None,
    )
