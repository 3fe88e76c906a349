"""Rule: each line of the header is `Name: value`, or continues the one above."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity, safe_code
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

_MAX_FINDINGS = 20


@rule(
    id="header-form",
    title="Header form",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "The first line of a PEP starts with `PEP:`. Every line up to the first blank "
        "line is `Name: value`, with a space after the colon, or is indented and "
        "continues the line above."
    ),
    bad="Status:Draft",
    good="Status: Draft",
    remedy="Write each header as `Name: value`, and end the block with a blank line.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check every line of the headers that a change touches."""
    return introduced_findings("header-form", change, _form, max_severity_if_resolved=None)


def _form(pep: PepText) -> Iterator[TextFinding]:
    headers = pep.preamble.headers
    if not headers:
        return  # The rule `readable` reports a text without any header.
    if headers[0].line > 1 or pep.text.startswith("\ufeff"):
        yield TextFinding(
            line=1,
            message="The header has to start on the first line, with `PEP:`.",
            severity=Severity.ERROR,
            action="Remove what is before it",
            whole=True,
        )
    yield from [*_not_headers(pep), *_tight(pep)][:_MAX_FINDINGS]


def _not_headers(pep: PepText) -> Iterator[TextFinding]:
    for problem in pep.preamble.problems:
        if "is given twice" in problem.message:
            continue
        yield TextFinding(
            line=problem.line,
            message=problem.message,
            severity=Severity.ERROR,
            action="Fix the line",
            help="A blank line ends the header; a long value continues on an indented line.",
        )


def _tight(pep: PepText) -> Iterator[TextFinding]:
    for header in pep.preamble.headers:
        line = pep.lines[header.line - 1].removeprefix("\ufeff")
        name, _, rest = line.partition(":")
        if name != name.rstrip() or (rest and not rest.startswith(" ")):
            fixed_line = f"{name.rstrip()}: {rest.strip()}".rstrip()
            yield TextFinding(
                line=header.line,
                message=(
                    f"{safe_code(header.name)} needs a space after its colon, and none before it."
                ),
                severity=Severity.ERROR,
                action="Fix the space",
                columns=(len(name) + 1, len(name) + 1),
                fix=Fix(header.line, header.line, (fixed_line,)),
            )
