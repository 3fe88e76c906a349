"""Rule: the status is one that a PEP of this type can have; the PEP site's build refuses others."""

from collections.abc import Iterable, Iterator

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.peps.preamble import Preamble
from bot.peps.status import Status
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings
from bot.rules.preamble.type import TYPES


@rule(
    id="status-for-type",
    title="Status and type",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Review & Resolution",
    link="https://peps.python.org/pep-0001/#pep-review-resolution",
    doc=(
        "Only an Informational or Process PEP can be `Active`, and only a Standards Track PEP "
        "`Provisional`. The build of the PEP site enforces both."
    ),
    bad="Type: Standards Track, with Status: Active",
    good="Type: Process, with Status: Active",
    remedy="Choose a status that this type of PEP can have, or correct the type.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the status and type of every PEP that the change touches."""
    return introduced_findings(
        "status-for-type", change, _check_text, max_severity_if_resolved=None
    )


def contradicts_type(preamble: Preamble) -> bool:
    """Whether a PEP of this type cannot have this status."""
    kind = preamble.type
    if kind not in TYPES:
        return False
    wrong = Status.ACTIVE if kind == "Standards Track" else Status.PROVISIONAL
    return preamble.status == wrong


def _check_text(text: PepText) -> Iterator[TextFinding]:
    header = text.preamble.header("Status")
    if header is None or not contradicts_type(text.preamble):
        return
    message = "Only an Informational or Process PEP can be `Active`."
    if header.value == Status.PROVISIONAL:
        message = "Only a Standards Track PEP can be `Provisional`."
    # `whole`, because the change may have edited the type instead.
    columns = text.value_columns(header)
    yield TextFinding(header.line, message, Severity.ERROR, columns=columns, whole=True)
