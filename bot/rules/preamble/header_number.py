"""Rule: the `PEP` header is a plain number, without leading zeros."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.number import is_placeholder_word
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings


@rule(
    id="header-number",
    title="Number in the header",
    severity=Severity.ERROR,
    source="PEP 12 § Suggested Sections",
    link="https://peps.python.org/pep-0012/#suggested-sections",
    doc=(
        "`PEP` gives the number without leading zeros. The rule `number` checks whether "
        "it is the same as in the file name."
    ),
    bad="PEP: 0791",
    good="PEP: 791",
    remedy="Remove the zeros.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the number in the header of every PEP that a change touches."""
    return introduced_findings("header-number", change, _number, max_severity_if_resolved=None)


def _number(pep: PepText) -> Iterator[TextFinding]:
    header = pep.preamble.header("PEP")
    if header is None or not header.value.startswith("0") or is_placeholder_word(header.value):
        return
    number = pep.preamble.number
    if number is not None:
        yield TextFinding(
            line=header.line,
            message=f"The number has leading zeros; write `PEP: {number}`.",
            severity=Severity.ERROR,
            action="Remove the zeros",
            fix=Fix(header.line, header.last_line, (f"PEP: {number}",)),
        )
