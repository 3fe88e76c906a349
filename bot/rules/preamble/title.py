"""Rule: `Title` is one line that is not too long."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

MAX_TITLE_LENGTH = 79
"""How long a title may be. PEP 1 says 44 characters, but its template and check-peps.py use 79."""


@rule(
    id="title",
    title="Title",
    severity=Severity.ERROR,
    source="python/peps' template for a new PEP; check-peps.py",
    link="https://github.com/python/peps/blob/main/.github/PULL_REQUEST_TEMPLATE/Add%20a%20new%20PEP.md",
    doc="A title has at most 79 characters, so that it fits in the index.",
    bad="Title: A title that says all there is to say about a PEP, and then some more of the same",
    good="Title: A title that fits",
    remedy="Shorten the title to what sets the PEP apart.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the length of titles that a change adds or edits."""
    return introduced_findings("title", change, _title, max_severity_if_resolved=None)


def _title(pep: PepText) -> Iterator[TextFinding]:
    header = pep.preamble.header("Title")
    if header is None:
        return
    length = len(" ".join(header.value.split()))
    if length > MAX_TITLE_LENGTH:
        yield TextFinding(
            line=header.line,
            last_line=header.last_line,
            message=f"The title has {length:,} characters; at most {MAX_TITLE_LENGTH} are allowed.",
            severity=Severity.ERROR,
            action="Shorten the title",
            columns=pep.value_columns(header),
        )
