"""Rule: there are no tabs; PEP 12 forbids them, since every editor shows them differently."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

TAB_WIDTH = 8
"""How many columns a tab has in reStructuredText (docutils, `tab_width`)."""

_MAX_FINDINGS = 20


@rule(
    id="tabs",
    title="Tabs",
    severity=Severity.WARNING,
    source="PEP 12 § General",
    link="https://peps.python.org/pep-0012/#general",
    doc="A PEP is indented with spaces: every text editor shows a tab with a different width.",
    bad="\tindented with a tab",
    good="    indented with blanks",
    remedy="Replace each tab with spaces.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Look for tabs in the lines that a change adds or edits."""
    return introduced_findings("tabs", change, _tabs)


def _tabs(pep: PepText) -> Iterator[TextFinding]:
    if "\t" not in pep.text:
        return
    lines = [number for number, line in enumerate(pep.lines, start=1) if "\t" in line]
    for number in lines[:_MAX_FINDINGS]:
        line = pep.lines[number - 1]
        column = line.index("\t") + 1
        yield TextFinding(
            line=number,
            message="This line contains a tab; PEPs are indented with spaces.",
            action="Replace the tab with spaces",
            columns=(column, column),
            fix=Fix(number, number, (line.expandtabs(TAB_WIDTH),)),
        )
