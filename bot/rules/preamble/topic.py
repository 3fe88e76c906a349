"""Rule: `Topic` lists some of the four topics, sorted, each once."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from bot.peps.change import Change
from bot.peps.changed_pep import PepText
from bot.rules.engine.context import Context
from bot.rules.engine.finding import Finding, Fix, Severity
from bot.rules.engine.registry import rule
from bot.rules.engine.text_checks import TextFinding, introduced_findings

TOPICS = ("Governance", "Packaging", "Release", "Typing")

_LONGEST = 40


@rule(
    id="topic",
    title="Topic",
    severity=Severity.ERROR,
    source="PEP 1 § PEP Header Preamble",
    link="https://peps.python.org/pep-0001/#pep-header-preamble",
    doc=(
        "`Topic` lists those of `Governance`, `Packaging`, `Release` and `Typing` that "
        "apply, in this order, each once, separated by a comma and a space."
    ),
    bad="Topic: Typing, Packaging",
    good="Topic: Packaging, Typing",
    remedy="List the topics in alphabetical order, or leave the header out.",
)
def check(change: Change, context: Context) -> Iterable[Finding]:
    """Check the topics of every PEP that the change touches."""
    return introduced_findings("topic", change, _check_text, max_severity_if_resolved=None)


def _check_text(text: PepText) -> Iterator[TextFinding]:
    header = text.preamble.header("Topic")
    if header is None:
        return
    entries = {entry.strip().casefold() for entry in header.value.split(",")} - {""}
    meant = ", ".join(one for one in TOPICS if one.casefold() in entries)
    if header.value == meant and meant:
        return
    unknown = sorted(entries - {one.casefold() for one in TOPICS})
    if not entries or unknown:
        near = get_close_matches(unknown[0][:_LONGEST].title(), TOPICS, n=1) if unknown else []
        yield TextFinding(
            header.line,
            "`Topic` can only list `Governance`, `Packaging`, `Release` and `Typing`.",
            Severity.ERROR,
            action=f"Write `{near[0]}`" if near else "",
            columns=text.value_columns(header),
        )
        return
    yield TextFinding(
        header.line,
        (
            f"`Topic` must be written `{meant}`: sorted, each once, with a comma and a space "
            "between them."
        ),
        Severity.ERROR,
        action=f"Write `{meant}`",
        columns=text.value_columns(header),
        fix=Fix(header.line, header.last_line, (f"Topic: {meant}",)),
    )
